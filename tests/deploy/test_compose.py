import json
from importlib.resources import files

import pytest
from deploy_parts import (
    INTERNAL,
    PARTS,
    PYTHON_PARTS,
    ROOT,
    SERVICES,
    compose,
    names_in_env_example,
    settings_of,
)

STORES = ("mongo", "redis", "kafka")


def service(name: str) -> dict:
    return compose()["services"][name]


def test_the_file_is_valid_by_the_compose_specification() -> None:
    pytest.importorskip("check_jsonschema", reason="check-jsonschema carries the schema")
    jsonschema = pytest.importorskip("jsonschema")
    schema = files("check_jsonschema.builtin_schemas.vendor") / "compose-spec.json"
    jsonschema.validate(compose(), json.loads(schema.read_text()))


def test_every_part_and_every_store_is_there() -> None:
    migrations = {f"{name}-migrate" for name in SERVICES}
    assert set(compose()["services"]) == {*PARTS, *STORES, *migrations, "mongo-init"}


@pytest.mark.parametrize("part", PYTHON_PARTS)
def test_a_part_is_handed_every_variable_that_its_settings_read(part: str) -> None:
    assert set(settings_of(part)) - INTERNAL <= set(service(part)["environment"])


def test_every_variable_of_the_example_is_handed_to_somebody() -> None:
    handed = {name for part in PARTS for name in service(part)["environment"]}
    # Where the browser finds the frontend is the published port.
    published = {"FRONTEND_PORT"}
    assert "${FRONTEND_PORT:-8080}:8080" in service("frontend")["ports"]
    assert names_in_env_example() - handed == published


def test_secrets_have_no_default() -> None:
    for part in PYTHON_PARTS:
        environment = service(part)["environment"]
        assert environment["JWT_SECRET"].startswith("${JWT_SECRET:?")
        assert environment["REDIS_PASSWORD"].startswith("${REDIS_PASSWORD:?")
        for name in ("GEMINI_API_KEY", "MONGODB_PASSWORD", "SENTRY_DSN"):
            assert environment.get(name) is None


@pytest.mark.parametrize("part", PARTS)
def test_a_part_can_write_nothing_and_gain_nothing(part: str) -> None:
    found = service(part)
    assert found["read_only"] is True
    assert found["cap_drop"] == ["ALL"]
    assert found["security_opt"] == ["no-new-privileges:true"]
    assert found["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_starts_after_its_migration_and_its_stores(name: str) -> None:
    waits = {other: how["condition"] for other, how in service(name)["depends_on"].items()}
    assert waits[f"{name}-migrate"] == "service_completed_successfully"
    assert waits["redis"] == waits["kafka"] == "service_healthy"
    migration = service(f"{name}-migrate")
    assert migration["command"] == ["migrate"]
    assert migration["restart"] == "no"
    assert migration["image"] == service(name)["image"]
    assert migration["depends_on"]["mongo-init"]["condition"] == "service_completed_successfully"


def test_only_the_doors_are_open_to_the_world() -> None:
    published = {name for name, found in compose()["services"].items() if "ports" in found}
    assert published == {"frontend", "gateway"}
    assert compose()["networks"]["inside"]["internal"] is True
    for store in STORES:
        assert service(store)["networks"] == ["inside"]


def test_what_must_last_is_in_a_named_volume() -> None:
    assert set(compose()["volumes"]) == {"mongo", "redis", "kafka", "documents"}
    assert "documents:/var/lib/pfa/documents" in service("ingest")["volumes"]
    assert "/var/lib/pfa/documents" in (ROOT / "services/ingest/Dockerfile").read_text()


def test_the_stores_are_the_official_images() -> None:
    images = {name: service(name)["image"].split(":")[0] for name in STORES}
    assert images == {"mongo": "mongo", "redis": "redis", "kafka": "apache/kafka"}


def test_the_gateway_believes_only_the_network_that_no_client_comes_in_by() -> None:
    networks = compose()["networks"]
    (inside,) = networks["inside"]["ipam"]["config"]
    gateway = service("gateway")
    assert networks["inside"]["internal"] is True
    assert gateway["environment"]["FORWARDED_ALLOW_IPS"] == inside["subnet"]
    name = service("frontend")["environment"]["GATEWAY_ADDR"].partition(":")[0]
    assert name in gateway["networks"]["inside"]["aliases"]
    assert not (gateway["networks"]["outside"] or {}).get("aliases")
