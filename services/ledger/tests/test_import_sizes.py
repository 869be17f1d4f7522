"""Imports that are larger than a transaction may be: no step writes all lines in one."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from import_world import NEW, REFUSED, add, commit, count, lines_of, preview, row, skip
from ledger_world import Person, coffee

from kit.mongo import Mongo, Tx
from ledger.domain.errors import VersionMismatch
from ledger.domain.importing.batch import Import, ImportCommitted, PlanStale, Stage
from ledger.domain.importing.decisions import Outcome
from ledger.service.import_beginning import LOOKS

LINES = 2_400
# MongoDB refuses a transaction of more than a part of its cache: with the default cache of these
# servers, 256 MB, that is one of 16,854 lines.
CACHE, USUAL_CACHE = "32M", "256M"


@pytest.fixture
async def small_cache(mongo: Mongo) -> AsyncIterator[None]:
    """The server with an eighth of its cache, which stands for files of eight times as many
    lines."""

    async def resize(size: str) -> None:
        await mongo.client.admin.command(
            {"setParameter": 1, "wiredTigerEngineRuntimeConfig": f"cache_size={size}"}
        )

    await resize(CACHE)
    yield
    await resize(USUAL_CACHE)


@pytest.mark.usefixtures("small_cache")
async def test_a_plan_of_any_size_is_made_judged_again_and_decided(anna: Person):
    account = await anna.account()
    lines = [replace(row(account, -1 - i, payee=f"Payee {i}"), row=i) for i in range(LINES)]
    plan = await preview(anna, *lines, key="k")
    assert await preview(anna, *lines, key="k") == plan
    assert len(await lines_of(anna, plan, NEW, limit=500)) == LINES

    # Each line reads differently now.
    await anna.ledger.accounts.close_account(
        owner=anna.id, account_id=account.id, expected_version=0
    )
    with pytest.raises(PlanStale) as stale:
        await commit(anna, plan, version=plan.version)
    assert stale.value.metadata == {"changed": str(LINES)}
    assert len(await lines_of(anna, plan, REFUSED, limit=500)) == LINES
    with pytest.raises(VersionMismatch):
        await commit(anna, plan, version=plan.version)

    # A choice on each line is as much to write as the lines are.
    choices = [skip(i) for i in range(1, LINES + 1)]
    done = await commit(anna, plan, *choices)

    assert (done.stage, count(done, Outcome.SKIPPED)) == (Stage.COMMITTED, LINES)
    assert [line.override for line in await lines_of(anna, plan, limit=500)] == choices


async def test_of_two_commits_with_different_choices_one_counts_whole(anna: Person):
    account = await anna.account()
    plan = await preview(anna, *[row(account, -1 - i) for i in range(20)])
    skipping, adding = ([act(i) for i in range(1, 21)] for act in (skip, add))

    done = await asyncio.gather(
        commit(anna, plan, *skipping), commit(anna, plan, *adding), return_exceptions=True
    )

    (one,) = [each for each in done if isinstance(each, Import)]
    assert sum(isinstance(each, ImportCommitted) for each in done) == 1
    assert max(count(one, Outcome.ADDED), count(one, Outcome.SKIPPED)) == 20
    assert len(await anna.list()) == count(one, Outcome.ADDED)


async def test_a_plan_that_is_overtaken_again_and_again_is_committed_all_the_same(
    anna: Person, monkeypatch
):
    account, other = await anna.account(), await anna.account("Other")
    plan = await preview(anna, row(account))
    judging = anna.ledger.imports._judging
    check, moved = judging.check, 0

    async def overtaken(tx: Tx, *said: object) -> None:
        nonlocal moved
        await check(tx, *said)
        if moved < 5:
            moved += 1
            if not tx.session.in_transaction:
                await anna.post(coffee(other))

    monkeypatch.setattr(judging, "check", overtaken)

    assert count(await commit(anna, plan), Outcome.ADDED) == 1
    assert moved > LOOKS
