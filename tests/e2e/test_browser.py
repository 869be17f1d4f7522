"""The stories of frontend/e2e in headless Chromium, one test for each file of them."""

import os
import subprocess

import pytest
from story import receipt

from pfa_local import binaries
from pfa_local.environment import ROOT
from specimens import make_statement, ofx_sgml

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.timeout(600)]


STORIES = sorted(path.name for path in (ROOT / "frontend" / "e2e").glob("*.spec.ts"))


@pytest.mark.parametrize("story", STORIES)
def test_a_story_of_the_browser_holds(story, stack, tmp_path):
    if not stack.frontend_url:
        pytest.fail("frontend/dist is missing: `make setup` builds it")
    photo = receipt(20261122)
    paper = tmp_path / "receipt.jpg"
    paper.write_bytes(photo.data)
    statement = tmp_path / "statement.ofx"
    statement.write_bytes(ofx_sgml(make_statement(20261122, currency="USD")))
    node = binaries.node_directory()
    environment = {
        **os.environ,
        "PATH": f"{node}{os.pathsep}{os.environ['PATH']}",
        "BASE_URL": stack.frontend_url,
        "RECEIPT_FILE": str(paper),
        "RECEIPT_CURRENCY": "USD",
        "STATEMENT_FILE": str(statement),
        "STATEMENT_CURRENCY": "USD",
        "E2E_OUT": str(tmp_path / "out"),
        "E2E_SHOTS": str(tmp_path / "shots"),
        "CI": "1",
    }
    played = subprocess.run(
        ["npm", "run", "--silent", "e2e", "--", story],
        cwd=ROOT / "frontend",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    print(played.stdout[-6000:])
    assert played.returncode == 0, played.stdout[-6000:] + played.stderr[-2000:]
