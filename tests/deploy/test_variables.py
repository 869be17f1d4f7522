"""One list of variables: `.env.example`, the settings, the compose file and the charts agree, and
code uses what they set."""

import ast
from functools import cache
from importlib import import_module

import pytest
from deploy_parts import (
    INTERNAL,
    PARTS,
    PYTHON_PARTS,
    ROOT,
    compose,
    names_in_env_example,
    settings_of,
    values,
)
from opentelemetry.sdk import environment_variables as sdk

# Read by botocore, which has no list of its names to compare with.
OF_THE_AWS_LIBRARY = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"}
# Read by infra/nginx/start, by frontend/vite.config.ts and by the compose file itself.
OF_THE_FRONTEND = {"PORT", "GATEWAY_ADDR", "FRONTEND_PORT"}


@cache
def read_by_settings() -> frozenset[str]:
    return frozenset(name for part in PYTHON_PARTS for name in settings_of(part)) - INTERNAL


def read_by_anybody() -> set[str]:
    return {*read_by_settings(), *OF_THE_AWS_LIBRARY, *OF_THE_FRONTEND}


@cache
def attributes_used() -> frozenset[str]:
    """Names of attributes that code reads from an object, in every part and in the kit."""
    folders = [ROOT / "libs/kit/src", ROOT / "gateway/src", *(ROOT / "services").glob("*/src")]
    trees = [ast.parse(path.read_text()) for folder in folders for path in folder.rglob("*.py")]
    return frozenset(
        node.attr
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    )


def test_the_example_lists_exactly_what_is_read() -> None:
    # Where the browser's container finds the gateway is no matter of an installation.
    assert names_in_env_example() == read_by_anybody() - {"GATEWAY_ADDR"}


@pytest.mark.parametrize("part", PARTS)
def test_the_compose_file_sets_nothing_that_nobody_reads(part: str) -> None:
    assert set(compose()["services"][part]["environment"]) <= read_by_anybody()


@pytest.mark.parametrize("part", PARTS)
def test_the_charts_set_nothing_that_nobody_reads(part: str) -> None:
    own = values(part)
    named = {*own["config"], *own["secrets"], *values("pfa")["global"]["config"]}
    assert named <= read_by_anybody()


@pytest.mark.parametrize("part", PYTHON_PARTS)
def test_every_setting_is_used_by_code_or_by_the_exporters(part: str) -> None:
    fields = import_module(f"{part}.settings").Settings.model_fields
    standard = {getattr(sdk, name) for name in dir(sdk) if name.startswith("OTEL_")}
    of_the_exporters = {name for name in fields if name.upper() in standard}
    assert {name for name in fields if name.startswith("otel_")} == of_the_exporters
    assert set(fields) - of_the_exporters - attributes_used() == set()
