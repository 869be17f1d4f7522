import ast
import re
import sys
from importlib.metadata import packages_distributions

import pytest
from deploy_parts import PARTS, PYTHON_PARTS, ROOT, SERVICES, dockerfile, settings_of


def stages(part: str) -> list[str]:
    return re.split(r"^FROM ", dockerfile(part), flags=re.MULTILINE)[1:]


def instructions(part: str) -> list[str]:
    """Those of the stage that becomes the image, continued lines joined."""
    joined = stages(part)[-1].replace("\\\n", " ")
    return [line for line in joined.splitlines()[1:] if line and not line.startswith("#")]


def value(part: str, instruction: str) -> str:
    found = [
        i.removeprefix(instruction).strip()
        for i in instructions(part)
        if i.startswith(f"{instruction} ")
    ]
    assert len(found) == 1, f"{part} has {len(found)} {instruction}"
    return found[0]


@pytest.mark.parametrize("part", PARTS)
def test_an_image_runs_as_a_number_that_is_not_root(part: str) -> None:
    user, group = value(part, "USER").split(":")
    assert int(user) > 0
    assert int(group) > 0


@pytest.mark.parametrize("part", PARTS)
def test_an_image_says_how_it_is_checked_stopped_and_what_it_is(part: str) -> None:
    assert "/health" in value(part, "HEALTHCHECK")
    assert value(part, "STOPSIGNAL") in {"SIGTERM", "SIGQUIT"}
    assert value(part, "ENTRYPOINT").startswith("[")
    for label in ("title", "description", "licenses", "version", "revision"):
        assert f"org.opencontainers.image.{label}=" in value(part, "LABEL")


@pytest.mark.parametrize("part", PARTS)
def test_an_image_is_built_in_another_stage_and_from_a_named_release(part: str) -> None:
    assert len(stages(part)) == 2
    for base in re.findall(r"^ARG \w+_IMAGE=(\S+)$", dockerfile(part), re.MULTILINE):
        assert re.fullmatch(r"docker\.io/[a-z/-]+:\d[\w.-]+", base), base


@pytest.mark.parametrize("part", PARTS)
def test_no_image_is_handed_a_secret_or_installs_unpinned_packages(part: str) -> None:
    text = dockerfile(part)
    assert not re.search(r"^(ARG|ENV)\b.*(SECRET|PASSWORD|TOKEN|API_KEY)", text, re.MULTILINE)
    assert not re.search(r"\b(apt|apt-get|apk)\b", text)
    for line in re.findall(r"pip\b[^&\n]* install [^&\n]*", text):
        assert "--require-hashes" in line or "--no-index" in line, line


def test_the_python_parts_are_built_alike() -> None:
    def form(part: str) -> str:
        text = dockerfile(part)
        text = re.sub(r"^# .*\n(RUN install -d .*\n)?", "", text, flags=re.MULTILINE)
        text = re.sub(r'image\.description=".*"', "image.description", text)
        text = text.replace(f"services/{part}", "PART").replace(f" {part}/", " PART/")
        text = text.replace(f" {part} ", " PART ").replace(f"/src/{part} ", "/src/PART ")
        text = text.replace(f'"{part}"', '"PART"').replace(f"pfa-{part}", "pfa-PART")
        return re.sub(r"\d{4,5}\b(?!:)", "PORT", text)

    services = {form(part) for part in SERVICES}
    assert len(services) == 1
    gateway = form("gateway").replace("/src/gateway", "/src/PART")
    changed = set(services.pop().splitlines()) ^ set(gateway.splitlines())
    assert all("PORT" in line or "COPY" in line or "RUN" in line for line in changed), changed


@pytest.mark.parametrize("part", PYTHON_PARTS)
def test_an_images_ports_are_those_of_the_settings(part: str) -> None:
    names = ("GRPC_PORT", "OPS_PORT") if part in SERVICES else ("PORT",)
    settings = settings_of(part)
    for name in names:
        assert f"{name}={settings[name]}" in value(part, "ENV").split()
    assert value(part, "EXPOSE").split() == [str(settings[name]) for name in names]


@pytest.mark.parametrize("part", PYTHON_PARTS)
def test_what_a_part_imports_is_in_its_requirements(part: str) -> None:
    folder = ROOT / ("services" if part in SERVICES else "") / part
    locked = {
        re.sub(r"[-_.]+", "-", name).lower()
        for name in re.findall(
            r"^([\w.-]+)==", (folder / "requirements.txt").read_text(), re.MULTILINE
        )
    }
    providers = packages_distributions()
    ours = {*PYTHON_PARTS, "kit", "pfa"}
    missing = set()
    for source in [*(folder / "src").rglob("*.py"), *(ROOT / "libs/kit/src").rglob("*.py")]:
        if source.name == "testing.py":  # for tests, which have their own requirements
            continue
        for module in imports(source.read_text()) - ours - set(sys.stdlib_module_names):
            names = {
                re.sub(r"[-_.]+", "-", name).lower() for name in providers.get(module, [module])
            }
            if not names & locked:
                missing.add(f"{module} ({source.relative_to(ROOT)})")
    assert not missing


def imports(source: str) -> set[str]:
    """Packages imported at the top of a module; inside a function it may be an extra's."""
    found = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def test_the_build_context_leaves_out_all_that_is_not_named() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    assert {"**/.env*", "**/tests", "**/node_modules"} <= set(lines)
    assert not {"!.env", "!.git", "!.local"} & set(lines)
