"""Sign up, sign in, stay signed in, sign out."""

from typing import Annotated

from fastapi import Body, Request, Response

from gateway import security
from gateway.models.auth import Credentials, NewUser, RefreshBody, Session, User
from gateway.parts import ServicesDep
from gateway.requests import IdempotencyKey, errors
from gateway.routing import Router
from gateway.security import MemberDep
from pfa.auth.v1 import auth_pb2

router = Router(prefix="/auth", tags=["auth"])
OptionalRefresh = Annotated[RefreshBody | None, Body()]


@router.post("/register", status_code=201, responses=errors(409, 415))
async def register(
    body: NewUser,
    request: Request,
    response: Response,
    services: ServicesDep,
    key: IdempotencyKey,
) -> Session:
    """Sign up. With the header `X-Session: cookie` the session goes into cookies."""
    message = auth_pb2.RegisterRequest(**body.model_dump(), idempotency_key=key)
    answer = await services.auth.Register(message)
    return _session(request, response, answer.user, answer.tokens)


@router.post("/login", responses=errors(415))
async def login(
    body: Credentials, request: Request, response: Response, services: ServicesDep
) -> Session:
    """Sign in. With the header `X-Session: cookie` the session goes into cookies."""
    agent = request.headers.get("user-agent", "")[:200]
    message = auth_pb2.LoginRequest(**body.model_dump(), user_agent=agent)
    answer = await services.auth.Login(message)
    return _session(request, response, answer.user, answer.tokens)


@router.post("/refresh", responses=errors(403, 415))
async def refresh(
    request: Request, response: Response, services: ServicesDep, body: OptionalRefresh = None
) -> Session:
    """Go on with a session; the refresh token is used up and the answer has its successor."""
    token, in_cookie = security.refresh_token_of(request, body.refresh_token if body else None)
    answer = await services.auth.Refresh(auth_pb2.RefreshRequest(refresh_token=token))
    return _session(request, response, answer.user, answer.tokens, in_cookies=in_cookie)


@router.post("/logout", status_code=204, responses=errors(403, 415))
async def logout(
    request: Request, response: Response, services: ServicesDep, body: OptionalRefresh = None
) -> None:
    """End the session of this refresh token; ending an ended one is no error."""
    token, _ = security.refresh_token_of(request, body.refresh_token if body else None)
    await services.auth.Logout(auth_pb2.LogoutRequest(refresh_token=token))
    security.clear_cookies(response)


@router.get("/me", responses=errors())
async def get_me(services: ServicesDep, _: MemberDep) -> User:
    """Who is signed in."""
    answer = await services.auth.GetMe(auth_pb2.GetMeRequest())
    return User.of(answer.user)


def _session(
    request: Request,
    response: Response,
    user: auth_pb2.User,
    tokens: auth_pb2.Tokens,
    *,
    in_cookies: bool = False,
) -> Session:
    in_cookies = in_cookies or security.wants_cookies(request)
    if in_cookies:
        security.set_cookies(response, tokens)
    return Session.of(user, tokens, shown=not in_cookies)
