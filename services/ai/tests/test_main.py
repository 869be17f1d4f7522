"""`python -m ai`, as it is deployed."""

import sys
import urllib.request
from functools import partial

import ai_bus
import pytest
from ai_bus import extracted
from ai_world import LedgerAtTheOtherEnd, every_category

from ai.events import DOCUMENTS_TOPIC, SUGGESTIONS_TOPIC
from kit.caller import use_caller
from kit.grpc.client import open_channel
from kit.testing import SECRET, Issuer, served, wait_until
from kit.tokens import ServiceTokens
from pfa.ai.v1 import ai_pb2, ai_pb2_grpc
from pfa.ledger.v1 import ledger_pb2_grpc
from pfa_local import ports
from pfa_local.processes import Child


def environment(mongo_server, mongo_database, kafka, ledger_address: str) -> dict[str, str]:
    return {
        "APP_ENV": "test",
        "LISTEN_HOST": "127.0.0.1",
        "GRPC_PORT": str(ports.anywhere()),
        "OPS_PORT": str(ports.anywhere()),
        "MONGODB_URI": mongo_server.uri,
        "MONGODB_DATABASE": mongo_database,
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "KAFKA_TOPIC_PREFIX": kafka.topic_prefix,
        "LEDGER_ADDR": ledger_address,
        "JWT_SECRET": SECRET,
    }


@pytest.fixture
async def ledger_address():
    ledger = LedgerAtTheOtherEnd(every_category())
    register = partial(ledger_pb2_grpc.add_LedgerServiceServicer_to_server, ledger)
    async with served(register, issuer=Issuer(), errors={}) as address:
        yield address


async def test_every_role_in_one_process(
    mongo_server, mongo_database, kafka, ledger_address, tmp_path
) -> None:
    variables = environment(mongo_server, mongo_database, kafka, ledger_address)
    health = f"http://127.0.0.1:{variables['OPS_PORT']}/health"

    async def healthy() -> bool:
        try:
            with urllib.request.urlopen(health, timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False

    child = Child(
        "ai", [sys.executable, "-m", "ai"], log=tmp_path / "ai.log", environment=variables
    )
    child.start()
    try:
        await wait_until(healthy, deadline=60)
        async with ai_bus.opened(kafka, SUGGESTIONS_TOPIC) as bus:
            await bus.tell(DOCUMENTS_TOPIC, "ann", extracted("ann", "doc", [("d", "LIDL", -1)]))
            made = await bus.hear()
        assert made.suggestions[0].category_id == "id-groceries"
        address = f"127.0.0.1:{variables['GRPC_PORT']}"
        async with open_channel(address, name="test") as channel:
            stub = ai_pb2_grpc.AiServiceStub(channel)
            with use_caller(ServiceTokens(SECRET, service="ingest").caller(owner="ann")):
                consent = await stub.GetConsent(ai_pb2.GetConsentRequest())
        assert not consent.gemini
    finally:
        child.stop()
    assert "stopped" in (tmp_path / "ai.log").read_text()
