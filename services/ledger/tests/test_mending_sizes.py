"""Mending a book whose sums are more than a transaction may be."""

import pytest
from ledger_world import Person, coffee
from test_import_sizes import small_cache

from kit.mongo import Mongo
from ledger.audit.recount import Fault

__all__ = ["small_cache"]
PLANTED = 8_000


@pytest.mark.usefixtures("small_cache")
async def test_any_number_of_wrong_sums_is_mended(anna: Person, mongo: Mongo):
    account = await anna.account()
    for amount in (-1, -2, -3):
        await anna.post(coffee(account, amount))
    (some,) = await mongo.db.rollups.find({"user_id": anna.id}).limit(1).to_list()
    del some["_id"]
    for start in range(0, PLANTED, 1_000):
        planted = [{**some, "id": f"planted {start + n}"} for n in range(1_000)]
        await mongo.db.rollups.insert_many(planted)
    await mongo.db.rollups.update_many({"user_id": anna.id}, {"$inc": {"debit": 1}})
    await mongo.db.balances.delete_many({"user_id": anna.id})

    found = await anna.audit()
    assert len(found.differences) > PLANTED
    await anna.ledger.auditor.mend(found)

    assert (await anna.audit()).differences == []
    assert Fault.BALANCE in {difference.fault for difference in found.differences}
