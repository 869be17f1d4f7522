"""The process: `python -m gateway` serves, `python -m gateway openapi` writes its document."""

import asyncio
import json
import secrets
import signal
import sys
from types import FrameType

import sentry_sdk
import uvicorn
from pydantic import SecretStr

from gateway.app import create_app
from gateway.connections import LimitedProtocol
from gateway.live import Hub
from gateway.settings import Settings
from kit.logging import configure
from kit.runtime import EX_USAGE
from kit.telemetry import Telemetry


class Server(uvicorn.Server):
    """uvicorn, which lets live streams go when it is told to stop; they'd hold it up for ever."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._hub.send_all_away()


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is in hand."""
    configure(service="gateway", level=settings.log_level, json=settings.json_logs)
    if settings.sentry_dsn:
        sentry_sdk.init(settings.sentry_dsn, environment=settings.app_env, send_default_pii=False)
    telemetry = Telemetry("gateway", settings)
    hub = Hub()
    config = uvicorn.Config(
        create_app(settings, hub),
        host=settings.listen_host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        http=LimitedProtocol,
        ws="none",
        # `forwarded.ClientAddress` reads them.
        proxy_headers=False,
        # A paused upload re-arms the connection inside its own context; without this the caller and
        # the trace of that request would be seen by the next one on the connection.
        reset_contextvars=True,
        timeout_graceful_shutdown=int(settings.shutdown_grace_seconds),
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn handles them while it serves, and raises them again at its end: by then they have
        # been heeded, and the last telemetry is still to be sent.
        signal.signal(number, signal.SIG_IGN)
    try:
        # The loop that uvicorn chooses (uvloop where there is one); asyncio.run would not ask it.
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(Server(config, hub).serve())
    finally:
        telemetry.shutdown()


def openapi_document() -> str:
    """The document as it is committed in gateway/openapi.json."""
    settings = Settings(app_env="test", jwt_secret=SecretStr(secrets.token_hex(32)))
    document = create_app(settings, Hub()).openapi()
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    match sys.argv[1:]:
        case [] | ["serve"]:
            serve(Settings.load())
        case ["openapi"]:
            sys.stdout.write(openapi_document())
        case _:
            sys.stderr.write("gateway: nothing, `serve` or `openapi` comes after it\n")
            raise SystemExit(EX_USAGE)


if __name__ == "__main__":
    main()
