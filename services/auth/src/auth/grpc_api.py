"""gRPC: messages to use cases and back, errors to statuses."""
# ruff: noqa: N802, ARG002 - names and signatures are those of the generated servicer

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from auth.domain import (
    EmailTaken,
    InvalidCredentials,
    InvalidRefreshToken,
    InvalidRegistration,
    Person,
    PersonNotFound,
    RefreshTokenReused,
    Tokens,
    TooManyAttempts,
    UserId,
)
from auth.keys import Keyring
from auth.service import Identity
from kit.caller import current_caller
from kit.grpc.server import ErrorRow, ErrorTable
from pfa.auth.v1 import auth_pb2 as pb
from pfa.auth.v1 import auth_pb2_grpc

_SERVICE = "/pfa.auth.v1.AuthService/"
PUBLIC_METHODS = frozenset(
    _SERVICE + method for method in ("Register", "Login", "Refresh", "Logout", "GetJwks")
)

ERRORS: ErrorTable = {
    InvalidRegistration: ErrorRow(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_ARGUMENT"),
    EmailTaken: ErrorRow(grpc.StatusCode.ALREADY_EXISTS, "EMAIL_TAKEN"),
    InvalidCredentials: ErrorRow(grpc.StatusCode.UNAUTHENTICATED, "INVALID_CREDENTIALS"),
    TooManyAttempts: ErrorRow(grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_ATTEMPTS"),
    InvalidRefreshToken: ErrorRow(grpc.StatusCode.UNAUTHENTICATED, "INVALID_REFRESH_TOKEN"),
    RefreshTokenReused: ErrorRow(grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_REUSED"),
    PersonNotFound: ErrorRow(grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED"),
}


class AuthApi(auth_pb2_grpc.AuthServiceServicer):
    """Serves AuthService; errors are the domain's, put into statuses by the table."""

    def __init__(self, identity: Identity, keyring: Keyring) -> None:
        self._identity = identity
        self._keyring = keyring

    def register(self, server: grpc.aio.Server) -> None:
        auth_pb2_grpc.add_AuthServiceServicer_to_server(self, server)

    async def Register(self, request: pb.RegisterRequest, context: object) -> pb.RegisterResponse:
        signed_in = await self._identity.register(
            email=request.email,
            password=request.password,
            name=request.name,
            locale=request.locale,
            key=request.idempotency_key,
        )
        return pb.RegisterResponse(user=_user(signed_in.person), tokens=_tokens(signed_in.tokens))

    async def Login(self, request: pb.LoginRequest, context: object) -> pb.LoginResponse:
        signed_in = await self._identity.log_in(
            email=request.email, password=request.password, user_agent=request.user_agent
        )
        return pb.LoginResponse(user=_user(signed_in.person), tokens=_tokens(signed_in.tokens))

    async def Refresh(self, request: pb.RefreshRequest, context: object) -> pb.RefreshResponse:
        signed_in = await self._identity.refresh(refresh_token=request.refresh_token)
        return pb.RefreshResponse(user=_user(signed_in.person), tokens=_tokens(signed_in.tokens))

    async def Logout(self, request: pb.LogoutRequest, context: object) -> pb.LogoutResponse:
        await self._identity.log_out(refresh_token=request.refresh_token)
        return pb.LogoutResponse()

    async def GetMe(self, request: pb.GetMeRequest, context: object) -> pb.GetMeResponse:
        person = await self._identity.person(user_id=UserId(current_caller().actor))
        return pb.GetMeResponse(user=_user(person))

    async def GetJwks(self, request: pb.GetJwksRequest, context: object) -> pb.GetJwksResponse:
        return pb.GetJwksResponse(jwks_json=await self._keyring.jwks())


def _user(person: Person) -> pb.User:
    created_at = Timestamp()
    created_at.FromDatetime(person.created_at)
    return pb.User(
        id=person.id,
        email=person.email.text,
        name=person.name,
        locale=person.locale,
        created_at=created_at,
    )


def _tokens(tokens: Tokens) -> pb.Tokens:
    return pb.Tokens(
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        expires_in=tokens.expires_in,
        refresh_expires_in=tokens.refresh_expires_in,
    )
