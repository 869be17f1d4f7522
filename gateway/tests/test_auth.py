"""Sessions, by token and by cookie."""

import pytest
from gateway_world import API, PASSWORD, new_email, ok, problem, sign_up

pytestmark = pytest.mark.stack
ACCESS, REFRESH, CSRF = "__Host-pfa_access", "__Host-pfa_refresh", "__Host-pfa_csrf"


def cookies_of(response) -> dict[str, str]:
    """httpx keeps Secure cookies to itself on http; a browser sends them to localhost."""
    pairs = [line.split(";")[0].partition("=") for line in response.headers.get_list("set-cookie")]
    return {name: value for name, _, value in pairs}


def sent(cookies: dict[str, str]) -> dict[str, str]:
    return {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


async def cookie_session(nobody):
    body = {"email": new_email(), "password": PASSWORD, "name": "Ada"}
    return await nobody.post(f"{API}/auth/register", json=body, headers={"x-session": "cookie"})


async def test_a_script_gets_tokens_and_they_work(nobody):
    session = await sign_up(nobody)
    assert session["token_type"] == "Bearer"
    assert session["expires_in"] == 900
    bearer = {"authorization": f"Bearer {session['access_token']}"}
    me = ok(await nobody.get(f"{API}/auth/me", headers=bearer))
    assert me == session["user"]


async def test_without_a_token_the_challenge_is_told(nobody):
    for headers in ({}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic abc"}):
        response = await nobody.get(f"{API}/accounts", headers=headers)
        problem(response, 401, "unauthenticated")
        assert response.headers["www-authenticate"].startswith("Bearer")


async def test_a_browser_gets_cookies_and_no_token_to_read(nobody):
    response = await cookie_session(nobody)
    session = ok(response)
    assert session["access_token"] is None
    assert session["refresh_token"] is None
    lines = response.headers.get_list("set-cookie")
    assert len(lines) == 3
    for line in lines:
        assert line.startswith("__Host-pfa_")
        for word in ("Path=/", "Secure", "SameSite=lax"):
            assert word in line
        assert ("HttpOnly" in line) == (CSRF not in line)
    me = await nobody.get(f"{API}/auth/me", headers=sent(cookies_of(response)))
    assert ok(me) == session["user"]


async def test_a_write_by_cookie_needs_the_csrf_header(nobody):
    cookies = cookies_of(await cookie_session(nobody))
    account = {"name": "Giro", "type": "checking", "currency": "EUR"}
    for wrong in ({}, {"x-csrf-token": "guess"}):
        response = await nobody.post(f"{API}/accounts", json=account, headers=sent(cookies) | wrong)
        problem(response, 403, "csrf")
    right = sent(cookies) | {"x-csrf-token": cookies[CSRF]}
    ok(await nobody.post(f"{API}/accounts", json=account, headers=right))


async def test_a_browser_goes_on_and_out_by_cookie(nobody):
    cookies = cookies_of(await cookie_session(nobody))
    problem(await nobody.post(f"{API}/auth/refresh", headers=sent(cookies)), 403, "csrf")
    headers = sent(cookies) | {"x-csrf-token": cookies[CSRF]}
    response = await nobody.post(f"{API}/auth/refresh", headers=headers)
    assert ok(response)["refresh_token"] is None
    newer = cookies_of(response)
    assert newer[REFRESH] != cookies[REFRESH]

    headers = sent(newer) | {"x-csrf-token": newer[CSRF]}
    response = await nobody.post(f"{API}/auth/logout", headers=headers)
    assert response.status_code == 204
    assert set(cookies_of(response).values()) == {'""'}
    response = await nobody.post(f"{API}/auth/refresh", headers=headers)
    problem(response, 401, "refresh-token-invalid")


async def test_a_script_goes_on_and_out_by_token(nobody):
    session = await sign_up(nobody)
    body = {"refresh_token": session["refresh_token"]}
    newer = ok(await nobody.post(f"{API}/auth/refresh", json=body))
    assert newer["refresh_token"] not in (None, session["refresh_token"])
    body = {"refresh_token": newer["refresh_token"]}
    assert (await nobody.post(f"{API}/auth/logout", json=body)).status_code == 204
    problem(await nobody.post(f"{API}/auth/refresh", json=body), 401, "refresh-token-invalid")


async def test_wrong_password_taken_address_and_weak_password_are_named(nobody):
    body = {"email": new_email(), "password": PASSWORD, "name": "Ada"}
    ok(await nobody.post(f"{API}/auth/register", json=body))
    problem(await nobody.post(f"{API}/auth/register", json=body), 409, "email-taken")
    wrong = {"email": body["email"], "password": "not the password"}
    problem(await nobody.post(f"{API}/auth/login", json=wrong), 401, "invalid-credentials")
    weak = {"email": "nobody", "password": "short", "name": ""}
    found = problem(await nobody.post(f"{API}/auth/register", json=weak), 422, "validation-error")
    assert {error["pointer"] for error in found["errors"]} == {"/email", "/password", "/name"}
    assert "short" not in str(found["errors"][0])


async def test_repeated_failures_are_asked_to_wait(nobody):
    wrong = {"email": new_email(), "password": "not the password"}
    for _ in range(6):
        response = await nobody.post(f"{API}/auth/login", json=wrong)
    response = await nobody.post(f"{API}/auth/login", json=wrong)
    problem(response, 429, "rate-limited")
    assert int(response.headers["retry-after"]) >= 1
