"""Who asks: tokens in a header or in cookies, and the proof that a write is from our own pages."""

import hmac
import secrets
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from fastapi.security import HTTPBearer

from gateway import problems
from gateway.limits import Refused
from gateway.parts import parts_of
from gateway.problems import ProblemError
from kit.caller import Caller, Unauthenticated, use_caller
from kit.tokens import Claims
from pfa.auth.v1.auth_pb2 import Tokens

ACCESS_COOKIE = "__Host-pfa_access"
REFRESH_COOKIE = "__Host-pfa_refresh"
CSRF_COOKIE = "__Host-pfa_csrf"
BOOK_HEADER = "X-Book"
CSRF_HEADER = "x-csrf-token"
_READS = frozenset({"GET", "HEAD", "OPTIONS"})

# Only for the OpenAPI document; what follows reads the token itself.
bearer = HTTPBearer(auto_error=False, description="An access token.", scheme_name="bearer")


async def admit_visitor(request: Request) -> None:
    """Count a request that needs no token, by address. Raises ProblemError when there are too
    many."""
    _refuse(await parts_of(request).limiter.address(client_address(request)))


async def admit_member(request: Request) -> None:
    """Verify the token and count the request by person; `member` then finds the claims.

    Without a valid token the request counts by address, so that tokens can't be tried out at
    leisure. Raises ProblemError, Unauthenticated.
    """
    parts = parts_of(request)
    try:
        token = _presented(request)
        claims = await parts.verifier.verify(token)
        if claims.service:
            raise Unauthenticated("the token is not valid")
    except Unauthenticated:
        _refuse(await parts.limiter.address(client_address(request)))
        raise
    _refuse(await parts.limiter.person(claims.subject))
    request.state.claims, request.state.token = claims, token


async def member(
    request: Request,
    _: Annotated[object, Depends(bearer)],
    x_book: Annotated[
        str | None,
        Header(
            alias=BOOK_HEADER,
            max_length=64,
            description="The id of the book that is meant (`Book.id`), where it isn't one's own."
            " Needs a share of its owner: `viewer` reads, `editor` also writes.",
        ),
    ] = None,
) -> AsyncIterator[Caller]:
    """Who was admitted, acting on their own book or on one that is shared with them; calls made
    meanwhile carry both. A route with this dependency needs a token (`routing.GuardedRoute`)."""
    # A browser's EventSource can't send a header.
    book = x_book or request.query_params.get("book", "")
    caller = claims_of(request).caller(book=book, token=request.state.token)
    with use_caller(caller):
        yield caller


MemberDep = Annotated[Caller, Depends(member)]


def claims_of(request: Request) -> Claims:
    """The claims that `admit_member` verified."""
    claims = getattr(request.state, "claims", None)
    if not isinstance(claims, Claims):
        raise Unauthenticated("this needs a token")
    return claims


def client_address(request: Request) -> str:
    """The client's address, which uvicorn takes from X-Forwarded-For of proxies it may believe."""
    return request.client.host if request.client else "unknown"


def wants_cookies(request: Request) -> bool:
    """Browsers of our frontend ask for a session that no script can read."""
    return request.headers.get("x-session", "").lower() == "cookie"


def refresh_token_of(request: Request, in_body: str | None) -> tuple[str, bool]:
    """The refresh token, and whether it came in a cookie. Raises ProblemError."""
    if in_body:
        return in_body, False
    in_cookie = request.cookies.get(REFRESH_COOKIE)
    if in_cookie:
        _check_csrf(request)
        return in_cookie, True
    raise ProblemError(problems.REFRESH_TOKEN_INVALID, "there is no session to go on with")


def set_cookies(response: Response, tokens: Tokens) -> None:
    """Put the session where scripts can't read it; only the CSRF token is theirs to echo."""
    lives = tokens.refresh_expires_in
    _set(response, ACCESS_COOKIE, tokens.access_token, max_age=tokens.expires_in, hidden=True)
    _set(response, REFRESH_COOKIE, tokens.refresh_token, max_age=lives, hidden=True)
    _set(response, CSRF_COOKIE, secrets.token_urlsafe(24), max_age=lives, hidden=False)


def clear_cookies(response: Response) -> None:
    for name in (ACCESS_COOKIE, REFRESH_COOKIE, CSRF_COOKIE):
        _set(response, name, "", max_age=0, hidden=name != CSRF_COOKIE)


def _set(response: Response, name: str, value: str, *, max_age: int, hidden: bool) -> None:
    response.set_cookie(
        name, value, max_age=max_age, path="/", secure=True, httponly=hidden, samesite="lax"
    )


def _presented(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    in_cookie = request.cookies.get(ACCESS_COOKIE)
    if not in_cookie:
        raise Unauthenticated("this needs a token")
    if request.method not in _READS:
        _check_csrf(request)
    return in_cookie


def _check_csrf(request: Request) -> None:
    """Double submit: another site can make a browser send our cookies, but not read them."""
    expected = request.cookies.get(CSRF_COOKIE, "")
    shown = request.headers.get(CSRF_HEADER, "")
    if not expected or not hmac.compare_digest(expected.encode(), shown.encode()):
        raise ProblemError(
            problems.CSRF, f"send the value of the cookie {CSRF_COOKIE} in the header X-CSRF-Token"
        )


def _refuse(verdict: Refused | None) -> None:
    if verdict is not None:
        raise ProblemError(
            problems.RATE_LIMITED,
            f"try again in {verdict.retry_after} s",
            headers={"retry-after": str(verdict.retry_after)},
        )
