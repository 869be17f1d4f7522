"""Forged files, each refused with its line, and each harming nobody."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from full_book import live_in
from ledger_world import Person, coffee
from test_exports import exported, restored
from test_restore_fuzz import Line, lines_of, written

from kit.ids import new_id
from kit.mongo import Mongo
from ledger.domain.book_file import BookIdsTaken, InvalidBookFile
from ledger.domain.book_settings import SettingsChange
from ledger.domain.payee import payee_id
from ledger.domain.posting import Key
from ledger.service.exports import ExportFormat

Forge = Callable[[list[Line], Person], None]


@pytest.fixture
async def lines(anna: Person, mongo: Mongo) -> list[Line]:
    await live_in(anna, mongo)
    file = await exported(anna, ExportFormat.NDJSON)
    await anna.ledger.files.erasure.erase(anna.id)
    return lines_of(file)


def first(lines: list[Line], kind: str) -> dict[str, Any]:
    return next(document for name, document in lines if name == kind)


def put(of: str, /, **fields: Any) -> Forge:
    """Other fields in the first document of the kind."""

    def forge(lines: list[Line], _: Person) -> None:
        first(lines, of).update(fields)

    return forge


def without(kind: str, name: str) -> Forge:
    def forge(lines: list[Line], _: Person) -> None:
        del first(lines, kind)[name]

    return forge


def of_payee(name: str) -> Forge:
    """A payee whose `_id` is that of another person's payee."""

    def forge(lines: list[Line], ben: Person) -> None:
        document = first(lines, "payees")
        document.update(_id=f"{ben.id}/{payee_id(name)}", payee_id=payee_id(name), name=name)

    return forge


def of_item(lines: list[Line], ben: Person) -> None:
    """A line that came one by one, under a key of another person's."""
    item = next(d for kind, d in lines if kind == "import_lines" and "input" not in d)
    item["_id"] = f"{ben.id}/key"


def of_import(lines: list[Line], ben: Person) -> None:
    """An import with the id of another person: its lines would be under their keys."""
    first(lines, "imports")["_id"] = ben.id


def whole_amount(units: int) -> Forge:
    """An entry that balances, of this amount."""

    def forge(lines: list[Line], _: Person) -> None:
        entry = first(lines, "entries")
        entry["amount"] = units
        for place, posting in enumerate(entry["postings"]):
            posting["amount"] = units if place == 0 else -units

    return forge


FORGED: dict[str, tuple[str, Forge]] = {
    "a series with a template of junk": ("recurring", put("recurring", template={"junk": 1})),
    "an operation of an unknown kind": ("operations", put("operations", kind="burn")),
    "another person's payee": ("payees", of_payee("Café Zoë")),
    "a payee that another person will have": ("payees", of_payee("Somebody new")),
    "another person's line": ("import_lines", of_item),
    "an import with a person's id": ("imports", of_import),
    "an amount that is a fraction": ("entries", put("entries", amount=1.5)),
    "an account without a name": ("accounts", without("accounts", "name")),
    "an account with an empty name": ("accounts", put("accounts", name="")),
    "an amount of 65 bits": ("entries", whole_amount(2**64)),
    "an amount beyond the largest": ("entries", whole_amount(10**15 + 1)),
    "a version of 65 bits": ("accounts", put("accounts", version=2**64)),
    "a goal of 65 bits": ("goals", put("goals", started_with=-(2**65))),
    "a flag that is a number": ("accounts", put("accounts", closed=1)),
    "an unknown currency": ("accounts", put("accounts", currency="XXX")),
    "a category below itself": ("categories", put("categories", parent_id="")),
    "a rule that never ends to search": ("recurring", put("recurring", rule="FREQ=SECONDLY")),
    "a budget of a category elsewhere": (
        "budgets",
        put("budgets", scope={"kind": "category", "id": new_id()}),
    ),
    "a search that is none": ("saved_searches", put("saved_searches", searches=[{"id": "x"}])),
    "a date before the calendar": ("goals", put("goals", target_date="0001-01-01")),
    "an instant after the calendar": (
        "accounts",
        put("accounts", created_at={"$date": "9999-12-31T23:59:59Z"}),
    ),
    "code": ("accounts", put("accounts", name={"$code": "x"})),
    "an entry that is not balanced": (
        "entries",
        lambda lines, _: first(lines, "entries")["postings"][0].update(amount=7),
    ),
    "an operation that counts wrong": (
        "operations",
        put("operations", counts={"done": 99, "unchanged": 0, "refused": 0}),
    ),
    "a head that counts wrong": ("books", put("books", seq=1)),
}
# Their own category has no parent to begin with: this one gets itself.
FORGED["a category below itself"] = (
    "categories",
    lambda lines, _: first(lines, "categories").update(parent_id=first(lines, "categories")["_id"]),
)


@pytest.mark.parametrize("name", FORGED)
async def test_what_is_forged_is_refused_with_its_line(
    lines: list[Line], ben: Person, mongo: Mongo, name: str
):
    await ben.post(coffee(await ben.account()))
    kind, forge = FORGED[name]
    line = 2 + next(i for i, (found, _) in enumerate(lines) if found == kind)
    if kind == "import_lines":
        line = 2 + next(i for i, (k, d) in enumerate(lines) if k == kind and "input" not in d)
    forge(lines, ben)
    carla = Person(ben.ledger, new_id())
    empty, bens = [await exported(person, ExportFormat.NDJSON) for person in (carla, ben)]

    with pytest.raises(InvalidBookFile) as refused:
        await restored(carla, written(lines))

    assert refused.value.metadata == {"line": str(line)}, str(refused.value)
    assert await exported(carla, ExportFormat.NDJSON) == empty
    assert await exported(ben, ExportFormat.NDJSON) == bens
    await ben.post(coffee(await ben.account("Another"), payee="Somebody new"))
    for person in (ben, carla):
        assert (await person.audit()).differences == []


async def test_amounts_that_add_up_to_more_than_64_bits_are_refused_at_the_line(
    anna: Person, ben: Person
):
    account = await anna.account()
    for _ in range(2):
        await anna.post(coffee(account, -(10**15)))
    lines = lines_of(await exported(anna, ExportFormat.NDJSON))
    await anna.ledger.files.erasure.erase(anna.id)
    template = next(document for kind, document in lines if kind == "entries")
    others = [line for line in lines if line[0] != "entries"]
    many = [
        ("entries", {**template, "_id": new_id(), "transaction_id": new_id(), "seq": seq})
        for seq in range(1, 5_000)
    ]
    place = next(i for i, line in enumerate(others) if line[0] > "entries")

    with pytest.raises(InvalidBookFile) as refused:
        await restored(ben, written([*others[:place], *many, *others[place:]]), chunk=10**6)

    # Each entry has two postings of 10^15.
    assert refused.value.metadata == {"line": str(2 + place + 2**63 // (2 * 10**15))}
    assert "64 bits" in str(refused.value)


async def test_ids_of_another_book_are_refused_and_both_books_stay(lines: list[Line], ben: Person):
    account = await ben.account()
    entry = await ben.post(coffee(account))
    stolen = [("accounts", account.id), ("entries", entry.entry_id)]
    bens = await exported(ben, ExportFormat.NDJSON)
    for kind, id_ in stolen:
        changed = [(k, dict(document)) for k, document in lines]
        victim = first(changed, kind)
        changed = [(k, with_id(document, victim["_id"], id_)) for k, document in changed]
        carla = Person(ben.ledger, new_id())
        empty = await exported(carla, ExportFormat.NDJSON)

        with pytest.raises(BookIdsTaken):
            await restored(carla, written(changed))

        assert await exported(carla, ExportFormat.NDJSON) == empty
        assert await exported(ben, ExportFormat.NDJSON) == bens
        assert (await ben.audit()).differences == []


def with_id(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {name: with_id(inner, old, new) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_id(inner, old, new) for inner in value]
    return new if value == old else value


async def test_a_refusal_leaves_the_empty_book_as_its_person_had_made_it(
    lines: list[Line], ben: Person
):
    await ben.ledger.books.update_settings(
        owner=ben.id, expected_version=0, change=SettingsChange(time_zone="Europe/Berlin")
    )
    await ben.ledger.searches.create_saved(
        owner=ben.id, name="Mine", query="payee:shop", key=Key("k", "h")
    )
    before = await exported(ben, ExportFormat.NDJSON)
    # Found out only when the book is filled: two of one month.
    rates = first(lines, "rates")
    lines.append(("rates", {**rates, "_id": {"$oid": "0" * 24}}))

    with pytest.raises(InvalidBookFile) as refused:
        await restored(ben, written(lines))

    assert int(refused.value.metadata["line"]) in (len(lines) + 1, line_of(lines, rates))
    assert await exported(ben, ExportFormat.NDJSON) == before
    assert not await ben.ledger.files.contents.is_locked(ben.id)
    await ben.post(coffee(await ben.account()))
    assert (await ben.audit()).differences == []


def line_of(lines: list[Line], document: dict[str, Any]) -> int:
    return 2 + next(i for i, line in enumerate(lines) if line[1] is document)


async def test_merges_in_a_ring_hold_up_nobody(lines: list[Line], ben: Person):
    """Merges that were undone and done again in another order make one, too."""
    merged = next(d for kind, d in lines if kind == "categories" and d["merged_into"])
    into = next(d for _, d in lines if d["_id"] == merged["merged_into"])
    into["merged_into"] = into["merge_target"] = merged["_id"]

    await restored(ben, written(lines))

    async with asyncio.timeout(20):
        await ben.ledger.ruling.rules.list_rules(owner=ben.id)
        account = (await ben.ledger.accounts.list_accounts(owner=ben.id, include_closed=True))[
            0
        ].account
        await ben.ledger.ruling.on_import(owner=ben.id, inputs=[coffee(account)])
        await ben.ledger.plans.budgets.progress(owner=ben.id, period=None)
