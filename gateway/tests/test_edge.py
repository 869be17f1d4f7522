"""What surrounds every request: problems for everything, headers, sizes, limits, health."""

import asyncio
import sys

import httpx
import pytest
from gateway_world import API, gateway_process, ok, pointers, problem, signed_up

from pfa_local import ports
from pfa_local.processes import Child

pytestmark = pytest.mark.stack


async def test_a_path_that_is_not_there_and_a_method_that_is_not_are_problems(nobody):
    problem(await nobody.get("/nothing"), 404, "not-found")
    problem(await nobody.get(f"{API}/nothing"), 404, "not-found")
    response = await nobody.put("/health")
    problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == "GET"


async def test_every_answer_has_the_security_headers_and_a_trace(nobody):
    for path in ("/health", "/nothing", f"{API}/accounts"):
        headers = (await nobody.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"
        assert len(headers["x-trace-id"]) == 32
        assert "server" not in headers
    assert (await nobody.get(f"{API}/accounts")).headers["cache-control"] == "no-store"


async def test_the_callers_trace_goes_on(nobody):
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    response = await nobody.get(f"{API}/accounts", headers=headers)
    assert response.headers["x-trace-id"] == trace
    assert response.json()["trace_id"] == trace


async def test_only_our_own_pages_may_ask_from_a_browser(nobody, stack):
    ours = stack.environment["FRONTEND_URL"]
    asked = {
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-csrf-token",
    }
    allowed = await nobody.options(f"{API}/accounts", headers={"origin": ours, **asked})
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == ours
    assert allowed.headers["access-control-allow-credentials"] == "true"
    other = {"origin": "https://evil.example", **asked}
    refused = await nobody.options(f"{API}/accounts", headers=other)
    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"
    assert "access-control-allow-origin" not in refused.headers


@pytest.mark.parametrize(
    ("content", "media_type", "status", "slug"),
    [
        (b"{", "application/json", 422, "validation-error"),
        (b"\xff\xfe", "application/json", 422, "validation-error"),
        (b'{"email": NaN}', "application/json", 422, "validation-error"),
        (b"[" * 10_000, "application/json", 422, "validation-error"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "application/json", 422, "validation-error"),
        (b"email=x", "application/x-www-form-urlencoded", 415, "unsupported-media-type"),
        (b"{}", "text/plain", 415, "unsupported-media-type"),
        (b'{"email": "a", "email": "b"}', "application/json", 422, "validation-error"),
        (b'"' + b"x" * 20_000 + b'"', "application/json", 413, "body-too-large"),
        (b"", "application/json", 422, "validation-error"),
    ],
    ids=[
        "broken",
        "no text",
        "nan",
        "deep",
        "deep object",
        "form",
        "text",
        "twice",
        "large",
        "empty",
    ],
)
async def test_a_body_that_is_no_json_of_ours_is_refused(nobody, content, media_type, status, slug):
    headers = {"content-type": media_type}
    response = await nobody.post(f"{API}/auth/login", content=content, headers=headers)
    problem(response, status, slug)


async def test_a_body_that_comes_in_pieces_is_stopped_at_the_limit_too(nobody):
    async def pieces():
        for _ in range(20):
            yield b"x" * 100_000

    headers = {"content-type": "application/json"}
    response = await nobody.post(f"{API}/auth/login", content=pieces(), headers=headers)
    problem(response, 413, "body-too-large")


@pytest.mark.parametrize("token", ["", "authorization: Bearer guess\r\n"], ids=["none", "wrong"])
@pytest.mark.parametrize(
    "path", ["/imports:preview", "/transactions:bulkCreate", "/accounts", "/documents"]
)
async def test_without_a_token_no_body_is_waited_for(door, path, token):
    reader, writer = await asyncio.open_connection("127.0.0.1", int(door.rpartition(":")[2]))
    writer.write(
        f"POST {API}{path} HTTP/1.1\r\nhost: x\r\n{token}content-type: application/json\r\n"
        "content-length: 12000000\r\n\r\n".encode()
    )
    async with asyncio.timeout(10):
        assert (await reader.readline()).startswith(b"HTTP/1.1 401 ")
    writer.close()


async def test_the_limit_of_an_address_holds_before_a_body_is_read(stack, tmp_path):
    with gateway_process(stack, tmp_path, RATE_LIMIT_MAX_REQUESTS="1") as url:
        async with httpx.AsyncClient(base_url=url) as nobody:
            await nobody.get(f"{API}/accounts")
            body, headers = b"x" * 20_000, {"content-type": "application/json"}
            for path in ("/auth/login", "/accounts"):
                response = await nobody.post(f"{API}{path}", content=body, headers=headers)
                problem(response, 429, "rate-limited")


async def test_twelve_megabytes_without_a_token_leave_the_gateway_answering(nobody):
    body = b"[" + b"[]," * 4_000_000 + b"[]]"
    headers = {"content-type": "application/json"}
    sending = asyncio.create_task(
        nobody.post(f"{API}/imports:preview", content=body, headers=headers)
    )
    async with asyncio.timeout(20):
        while not sending.done():
            ok(await nobody.get("/health"))
    problem(await sending, 401, "unauthenticated")


async def test_an_answer_names_fifty_faults_at_most(ada):
    response = await ada.request("POST", "/accounts", json={f"field{n}": n for n in range(60)})
    found = problem(response, 422, "validation-error")
    assert len(found["errors"]) == 50
    assert found["detail"].startswith("more than 50")


async def test_a_large_head_is_refused(nobody):
    response = await nobody.get("/health", headers={"x-large": "x" * 40_000})
    assert response.status_code == 431
    assert response.json()["type"] == "/problems/headers-too-large"


async def test_brackets_in_a_text_are_no_depth(nobody):
    body = {"email": "[" * 200, "password": '\\"[{' * 50}
    problem(await nobody.post(f"{API}/auth/login", json=body), 401, "invalid-credentials")


async def test_what_was_sent_is_not_shown_again(nobody):
    body = {"email": "a@example.com", "password": ["very private"], "name": "x"}
    response = await nobody.post(f"{API}/auth/register", json=body)
    assert pointers(problem(response, 422, "validation-error")) == ["/password"]
    assert "very private" not in response.text


async def test_health_says_what_is_away(nobody, stack):
    assert ok(await nobody.get("/health")) == {"status": "ok"}
    detailed = ok(await nobody.get("/health/detailed"))
    assert detailed["status"] == "ok"
    assert set(detailed["services"]) == {"auth", "ledger", "ingest", "ai"}
    assert all(part["latency_ms"] >= 0 for part in detailed["services"].values())

    ai = stack.parts["ai"]
    await asyncio.to_thread(ai.child.kill)
    try:
        await until(nobody, "degraded")
        assert ok(await nobody.get("/health")) == {"status": "ok"}
        async with signed_up(str(nobody.base_url)) as person:
            response = await person.request("GET", "/assistant/consent")
            problem(response, 503, "unavailable")
            assert response.headers["retry-after"]
            await person.get("/accounts")
    finally:
        await asyncio.to_thread(ai.spawn)
        await asyncio.to_thread(ai.wait)
    await until(nobody, "ok")


async def until(client: httpx.AsyncClient, status: str) -> None:
    async with asyncio.timeout(30):
        while ok(await client.get("/health/detailed"))["status"] != status:
            await asyncio.sleep(0.2)


async def test_metrics_are_there_for_prometheus(nobody):
    ok(await nobody.get("/health"))
    await nobody.get(f"{API}/accounts")
    text = (await nobody.get("/metrics")).text
    assert "http_server_" in text
    assert "target_info{" in text


async def test_nothing_that_a_client_sends_becomes_a_label(nobody):
    await nobody.get("/health")
    await nobody.get(f"{API}/accounts")
    before = series((await nobody.get("/metrics")).text)
    for number in range(30):
        headers = {"host": f"host{number}.example", "user-agent": f"agent{number}"}
        for path in (f"{API}/accounts", f"{API}/nothing{number}", f"{API}/accounts/{number}"):
            await nobody.request("GET", path, params={"q": number}, headers=headers)
    text = (await nobody.get("/metrics")).text
    # A histogram of one route and status is about 20 series; there were thousands.
    assert len(series(text) - before) < 300
    for word in ("host1", "agent1", "nothing1", "host12.example"):
        assert word not in text


def series(text: str) -> set[str]:
    return {line.rpartition(" ")[0] for line in text.splitlines() if not line.startswith("#")}


async def test_an_address_has_its_limit_and_a_person_a_wider_one(stack, tmp_path):
    with gateway_process(stack, tmp_path, RATE_LIMIT_MAX_REQUESTS="3") as url:
        async with signed_up(url) as person:
            async with httpx.AsyncClient(base_url=url) as nobody:
                for _ in range(2):
                    problem(await nobody.get(f"{API}/accounts"), 401, "unauthenticated")
                for wrong in ({}, {"authorization": "Bearer guess"}):
                    response = await nobody.get(f"{API}/accounts", headers=wrong)
                    problem(response, 429, "rate-limited")
                    assert 1 <= int(response.headers["retry-after"]) <= 900
                ok(await nobody.get("/health"))
            for _ in range(10):
                await person.get("/accounts")


async def test_without_redis_nobody_is_kept_out_and_a_metric_says_so(stack, tmp_path):
    away = str(ports.anywhere())
    with gateway_process(
        stack, tmp_path, RATE_LIMIT_MAX_REQUESTS="1", REDIS_HOST="127.0.0.1", REDIS_PORT=away
    ) as url:
        async with httpx.AsyncClient(base_url=url) as nobody:
            for _ in range(3):
                problem(await nobody.get(f"{API}/accounts"), 401, "unauthenticated")
            metrics = (await nobody.get("/metrics")).text
            assert "gateway_rate_limit_unchecked" in metrics
            assert ok(await nobody.get("/health/detailed"))["status"] == "degraded"


async def test_it_stops_at_once_though_streams_are_open(stack, tmp_path):
    port = ports.anywhere()
    child = Child(
        "gateway",
        [sys.executable, "-m", "gateway"],
        log=tmp_path / "gateway.log",
        environment={**stack.environment, "PORT": str(port), "ENABLE_RATE_LIMIT": "false"},
    )
    child.start()
    url = f"http://127.0.0.1:{port}"
    try:
        await asyncio.to_thread(child.wait_until, lambda: _answers(url))
        async with (
            signed_up(url) as person,
            person.client.stream("GET", f"{API}/events") as response,
        ):
            assert response.status_code == 200
            child.ask_to_stop()
            async with asyncio.timeout(10):
                async for _ in response.aiter_lines():
                    pass
        async with asyncio.timeout(10):
            while child.running:
                await asyncio.sleep(0.05)
        assert child.exit_code == 0
    finally:
        child.stop()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=1).status_code == 200
    except httpx.TransportError:
        return False


async def test_a_bad_secret_keeps_it_from_starting(tmp_path):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "gateway",
        env={"APP_ENV": "production", "JWT_SECRET": "short", "PATH": "/usr/bin"},
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await process.communicate()
    assert process.returncode == 78
    assert b"JWT_SECRET" in told
