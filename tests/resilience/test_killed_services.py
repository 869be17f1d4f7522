"""Each service is killed in the middle of the main job; it ends with exactly one booking."""

import os
import subprocess
import sys
import time

import pytest
from story import Person, patiently, receipt

from pfa_local.environment import ROOT
from pfa_local.rest import Api

SEED = 20261122

# What is killed, and at which step of the job.
KILLS = [
    ("auth", "upload"),
    ("ingest", "upload"),
    ("ai", "upload"),
    ("gateway", "upload"),
    ("ledger", "accept"),
    ("ingest", "accept"),
    ("gateway", "accept"),
    ("ai", "accept"),
]


def kill_and_bring_back(stack, name):
    part = stack.parts[name]
    part.child.kill()
    assert not part.child.running
    part.spawn()


def check_books(stack):
    """`python -m ledger check`, as an operator runs it: its exit status is the answer."""
    return subprocess.run(
        [sys.executable, "-m", "ledger", "check"],
        env={**os.environ, **stack.command_environment("ledger")},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.stack
@pytest.mark.parametrize(("victim", "step"), KILLS)
def test_a_killed_service_costs_no_booking_and_doubles_none(stack, victim, step):
    photo = receipt(SEED + KILLS.index((victim, step)))
    with Api(stack.gateway_url) as api:
        person = Person.signed_up(api)
        document_id = person.upload(photo)
        if step == "upload":
            kill_and_bring_back(stack, victim)
        person.document_with(document_id, "ready")
        if step == "accept":
            (draft,) = patiently(lambda: api.items("/drafts", document_id=document_id))
            kill_while_accepting(stack, victim, api, draft["id"])
        accepted = person.accept(document_id)
        stack.parts[victim].wait()

        (booking,) = person.bookings()
        assert booking["id"] == accepted["transaction_id"]
        assert booking["draft_id"] == accepted["id"]
        assert person.balance() == 50_000 - photo.receipt.total
    checked = check_books(stack)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def kill_while_accepting(stack, victim, api, draft_id):
    """Send the acceptance and kill the victim while it is under way, without reading the answer."""
    headers = {"Authorization": api._client.headers["Authorization"]}
    url = f"{stack.gateway_url}/api/v1/drafts/{draft_id}:accept"
    command = [sys.executable, "-c", _SEND, url, headers["Authorization"]]
    sending = subprocess.Popen(command)
    try:
        time.sleep(0.05)
        kill_and_bring_back(stack, victim)
    finally:
        sending.wait(60)


_SEND = """
import sys, httpx
try:
    httpx.post(sys.argv[1], headers={"Authorization": sys.argv[2]}, timeout=30)
except httpx.TransportError:
    pass
"""
