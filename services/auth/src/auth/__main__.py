"""The composition root of auth."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from auth.events import SOURCE, TOPIC, OutboxAnnouncements
from auth.grpc_api import ERRORS, PUBLIC_METHODS, AuthApi
from auth.keys import Keyring
from auth.migrations import MIGRATIONS
from auth.passwords import PasswordHasher, load_policy
from auth.repository import People, Sessions, SigningKeys
from auth.service import Identity
from auth.settings import Settings
from auth.tokens import AccessTokens, RefreshTokens
from kit.clock import Clock, SystemClock
from kit.kafka import KafkaSettings
from kit.logging import get_logger
from kit.mongo import Mongo
from kit.outbox import Outbox
from kit.relay import Relay
from kit.runtime import Command, Parts, run

log = get_logger(__name__)


@asynccontextmanager
async def build(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Parts]:
    """Every part of auth, wired."""
    secret = settings.jwt_secret.get_secret_value()
    clock = clock or SystemClock()
    async with Mongo.of(settings, service="auth") as mongo:
        keyring = Keyring(SigningKeys(mongo), secret=secret, clock=clock)
        with PasswordHasher.open(rounds=settings.bcrypt_rounds) as hasher:
            identity = Identity(
                people=People(mongo),
                sessions=Sessions(),
                announcements=OutboxAnnouncements(Outbox(source=SOURCE)),
                hasher=hasher,
                policy=load_policy(),
                access_tokens=AccessTokens(keyring),
                refresh_tokens=RefreshTokens(secret),
                session_life=settings.jwt_expires_in,
                clock=clock,
            )
            yield Parts(
                mongo=mongo,
                register=AuthApi(identity, keyring).register,
                errors=ERRORS,
                public_methods=PUBLIC_METHODS,
                relay=Relay(mongo=mongo, kafka=KafkaSettings.of(settings), source=SOURCE),
                publishes=[TOPIC],
                migrations=MIGRATIONS,
                commands={"rotate-keys": _rotate_keys(keyring)},
                warm_up=[_first_key(keyring)],
                jwks=keyring.jwks,
            )


def _first_key(keyring: Keyring) -> Callable[[], Awaitable[None]]:
    async def warm_up() -> None:
        await keyring.current()

    return warm_up


def _rotate_keys(keyring: Keyring) -> Command:
    async def rotate(_: Sequence[str]) -> int:
        log.info("signing key rotated", kid=await keyring.rotate())
        return 0

    return rotate


def main() -> None:
    run("auth", Settings, build, uses_secret=("rotate-keys",))


if __name__ == "__main__":
    main()
