"""Memories, consents and usage on a real MongoDB."""

from datetime import timedelta

from ai_world import NOW

from ai.domain.consent import Consent
from ai.domain.memory import LESSONS_KEPT, Lesson
from ai.domain.taxonomy import CategoryId
from ai.domain.teaching import Place, Pupil, Teaching
from ai.repository import Consents, Memories, Usage, ensure_indexes
from kit.mongo import Mongo, Tx


async def taught(mongo: Mongo, user: str, *teachings: Teaching) -> None:
    """As the use case does it, in one transaction."""
    places = {teaching.place for teaching in teachings if teaching.place}
    entries = {teaching.reverses for teaching in teachings if teaching.reverses}
    memories = Memories(mongo.db)

    async def learn(tx: Tx) -> None:
        pupil = Pupil.knowing(await memories.kept(tx, user, places, entries))
        for teaching in teachings:
            pupil.take(teaching)
        await memories.put(tx, user, pupil.changed(), pupil.forgotten())

    await mongo.in_transaction(learn)


async def teach(
    mongo: Mongo, user: str, key: str, category: str, entry: str, *, day: int = 0, inflow=False
) -> None:
    lesson = Lesson(entry, CategoryId(category), NOW + timedelta(days=day))
    place = Place(inflow, key)
    await taught(mongo, user, Teaching("", place, (key, "trade:bars"), lesson))


async def forget(mongo: Mongo, user: str, entry: str) -> None:
    await taught(mongo, user, Teaching(entry))


async def test_lessons_come_back_in_the_order_they_were_taught(mongo) -> None:
    await teach(mongo, "ann", "rewe", "a", "e1")
    await teach(mongo, "ann", "rewe", "b", "e2", day=1)
    memories = await Memories(mongo.db).of_payees("ann", ["rewe", "", "lidl"], inflow=False)
    assert list(memories) == ["rewe"]
    assert [lesson.category_id for lesson in memories["rewe"].lessons] == ["a", "b"]
    assert memories["rewe"].lessons[0].at == NOW


async def test_nobody_sees_what_another_taught(mongo) -> None:
    await teach(mongo, "ann", "rewe", "a", "e1")
    repository = Memories(mongo.db)
    assert await repository.of_payees("bob", ["rewe"], inflow=False) == {}
    assert await repository.sharing_traits("bob", ["rewe", "trade:bars"], inflow=False) == []
    await forget(mongo, "bob", "e1")
    assert await repository.of_payees("ann", ["rewe"], inflow=False)


async def test_directions_are_kept_apart(mongo) -> None:
    await teach(mongo, "ann", "acme", "salary", "e1", inflow=True)
    assert await Memories(mongo.db).of_payees("ann", ["acme"], inflow=False) == {}
    assert await Memories(mongo.db).of_payees("ann", ["acme"], inflow=True)


async def test_forgetting_an_entry_undoes_exactly_what_it_taught(mongo) -> None:
    await teach(mongo, "ann", "rewe", "a", "e1")
    before = await Memories(mongo.db).of_payees("ann", ["rewe"], inflow=False)
    await teach(mongo, "ann", "rewe", "b", "e2", day=1)
    await forget(mongo, "ann", "e2")
    assert await Memories(mongo.db).of_payees("ann", ["rewe"], inflow=False) == before
    await forget(mongo, "ann", "e1")
    await forget(mongo, "ann", "e1")
    assert await mongo.db.payee_memories.count_documents({}) == 0


async def test_only_the_latest_lessons_of_a_payee_are_kept(mongo) -> None:
    for at in range(LESSONS_KEPT + 3):
        await teach(mongo, "ann", "rewe", "a", f"e{at}", day=at)
    memories = await Memories(mongo.db).of_payees("ann", ["rewe"], inflow=False)
    kept = [lesson.entry_id for lesson in memories["rewe"].lessons]
    assert kept == [f"e{at}" for at in range(3, LESSONS_KEPT + 3)]


async def test_neighbours_share_a_trait(mongo) -> None:
    await teach(mongo, "ann", "loft", "a", "e1")
    await teach(mongo, "ann", "tap", "b", "e2")
    found = await Memories(mongo.db).sharing_traits("ann", ["loft"], inflow=False)
    assert [memory.key for memory in found] == ["loft"]
    found = await Memories(mongo.db).sharing_traits("ann", ["trade:bars"], inflow=False)
    assert {memory.key for memory in found} == {"loft", "tap"}


async def test_queries_go_by_an_index(mongo) -> None:
    await teach(mongo, "ann", "loft", "a", "e1")
    for query in (
        {"user_id": "ann", "inflow": False, "key": {"$in": ["loft"]}},
        {"user_id": "ann", "inflow": False, "traits": {"$in": ["loft"]}},
        {"user_id": "ann", "lessons.entry_id": "e1"},
    ):
        plan = await mongo.db.payee_memories.find(query).explain()
        assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])


async def test_consent_is_off_until_given_and_can_be_taken_back(mongo) -> None:
    consents = Consents(mongo.db)
    assert await consents.of("ann") == Consent.none()
    await consents.put("ann", Consent(True, NOW))
    assert await consents.of("ann") == Consent(True, NOW)
    assert not (await consents.of("bob")).gemini
    await consents.put("ann", Consent(False, NOW + timedelta(days=1)))
    assert not (await consents.of("ann")).gemini


async def test_a_days_budget_is_spent_once_and_is_a_persons_own(mongo) -> None:
    usage = Usage(mongo.db)
    taken = [await usage.take("ann", payees=40, limit=100, at=NOW) for _ in range(4)]
    assert taken == [40, 40, 20, 0]
    assert await usage.take("bob", payees=40, limit=100, at=NOW) == 40
    assert await usage.take("ann", payees=40, limit=100, at=NOW + timedelta(days=1)) == 40


async def test_indexes_may_be_made_again(mongo) -> None:
    await ensure_indexes(mongo.db)
