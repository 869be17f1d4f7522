import re

from deploy_parts import ROOT, dockerfile

CONF = (ROOT / "infra/nginx/nginx.conf.template").read_text()
HEADERS = dict(
    re.findall(
        r'^add_header ([\w-]+) "(.*)" always;$',
        (ROOT / "infra/nginx/security-headers.conf").read_text(),
        re.MULTILINE,
    )
)


def location(name: str) -> str:
    return re.search(rf"location {re.escape(name)} \{{(.*?)\n    \}}", CONF, re.DOTALL)[1]


def test_the_application_is_served_under_the_headers_that_it_is_developed_under() -> None:
    text = (ROOT / "frontend/headers.ts").read_text()
    policy = "; ".join(re.findall(r'^  "(.*)",$', text, re.MULTILINE))
    developed = {"Content-Security-Policy": policy, **dict(re.findall(r"'([\w-]+)': '(.*)'", text))}
    assert developed == {name: HEADERS[name] for name in developed}


def test_the_content_security_policy_allows_no_script_or_style_but_our_files() -> None:
    policy = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"


def test_every_place_that_serves_files_sends_the_security_headers_of_its_own() -> None:
    # nginx drops inherited add_header lines where a location has any.
    for name in ("/assets/", "/"):
        assert "include @CONF@/security-headers.conf;" in location(name)


def test_files_with_a_hash_in_their_name_are_kept_for_ever_and_pages_never() -> None:
    assert '"public, max-age=31536000, immutable"' in location("/assets/")
    assert "try_files $uri =404" in location("/assets/")
    assert '"no-cache"' in location("/")
    assert "try_files $uri /index.html" in location("/")


def test_events_and_uploads_pass_without_being_collected_first() -> None:
    api = location("/api/")
    assert "proxy_buffering off;" in api
    assert "proxy_request_buffering off;" in api
    assert "text/event-stream" not in re.search(r"gzip_types ([^;]*);", CONF)[1]


def test_every_placeholder_is_filled_in_by_the_start_script() -> None:
    start = (ROOT / "infra/nginx/start").read_text()
    for name in set(re.findall(r"@([A-Z_]+)@", CONF)):
        assert f"s|@{name}@|" in start
    assert "/etc/nginx/pfa/start" in dockerfile("frontend")


def test_nginx_writes_nowhere_but_below_tmp() -> None:
    for path in re.findall(r"^\s*(?:pid|\w+_temp_path) (\S+);", CONF, re.MULTILINE):
        assert path.startswith("/tmp/")
