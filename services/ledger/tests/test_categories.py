"""Categories: the tree and what may not happen to it, their looks, and how one is merged away."""

import asyncio
from typing import Any

import pytest
from ledger_world import Person, coffee, eur

from ledger.domain.budget import BudgetDraft, Every, Scope, ScopeKind
from ledger.domain.category import (
    MAX_DEPTH,
    Category,
    CategoryBuiltIn,
    CategoryChange,
    CategoryDraft,
    CategoryHasChildren,
    CategoryInUse,
    CategoryKind,
    CategoryTree,
)
from ledger.domain.default_names import LANGUAGES
from ledger.domain.defaults import DEFAULT_TREE
from ledger.domain.errors import (
    CategoryKindMismatch,
    CategoryNotFound,
    InvalidFields,
    LedgerError,
    VersionMismatch,
)
from ledger.domain.operation import Operation
from ledger.domain.posting import Key
from ledger.domain.transaction import Split


async def add(person: Person, name: str, parent: Category | None = None, **fields: Any) -> Category:
    fields = {"kind": CategoryKind.EXPENSE, **fields}
    draft = CategoryDraft(name, parent_id=parent.id if parent else "", **fields)
    return await person.ledger.categories.create_category(owner=person.id, draft=draft, key=Key())


async def change(person: Person, category: Category, version: int = 0, **fields: Any) -> Category:
    return await person.ledger.categories.update_category(
        owner=person.id,
        category_id=category.id,
        expected_version=version,
        change=CategoryChange(**fields),
    )


async def delete(person: Person, category: Category) -> None:
    await person.ledger.categories.delete_category(
        owner=person.id, category_id=category.id, expected_version=0
    )


async def merge(person: Person, source: Category, into: Category, key: str = "") -> Operation:
    operation, _ = await person.ledger.category_merges.merge(
        owner=person.id,
        actor=person.id,
        category_id=source.id,
        into_id=into.id,
        key=Key(key, key),
    )
    return operation


async def undo(person: Person, operation: Operation) -> Operation:
    undone, _ = await person.ledger.operations.undo(
        owner=person.id, actor=person.id, operation_id=operation.id, key=Key()
    )
    return undone


async def listed(person: Person, *, all_of_them: bool = False) -> dict[str, Category]:
    found = await person.ledger.categories.list_categories(
        owner=person.id, include_archived=all_of_them
    )
    return {category.id: category for category in found}


def test_every_default_has_a_name_in_every_language_and_a_look():
    for group in DEFAULT_TREE:
        assert group.names.keys() == set(LANGUAGES)
        assert group.icon
        assert group.colour
        assert all(leaf.icon and leaf.names.keys() == set(LANGUAGES) for leaf in group.leaves)
    for language in LANGUAGES:
        for kind in CategoryKind:
            groups = [group for group in DEFAULT_TREE if group.kind is kind]
            names = [g.names[language] for g in groups]
            names += [leaf.names[language] for g in groups for leaf in g.leaves]
            assert len(set(names)) == len(names)


def test_a_groups_name_means_one_group_in_whatever_language():
    means: dict[tuple[CategoryKind, str], set[str]] = {}
    for group in DEFAULT_TREE:
        for name in group.names.values():
            means.setdefault((group.kind, name), set()).add(group.names["en"])
    assert all(len(groups) == 1 for groups in means.values())


async def test_a_category_is_renamed_moved_and_given_another_look(anna: Person):
    parent, other = await add(anna, "Hobby"), await add(anna, "Music", icon="music")
    moved = await change(
        anna, other, version=1, name=" Vinyl ", parent_id=parent.id, colour="#AABBCC", icon="disc-3"
    )
    assert (moved.name, moved.parent_id, moved.colour, moved.icon, moved.version) == (
        "Vinyl",
        parent.id,
        "#aabbcc",
        "disc-3",
        2,
    )
    assert (await listed(anna))[other.id] == moved
    assert (await change(anna, moved, parent_id="")).parent_id == ""
    with pytest.raises(VersionMismatch):
        await change(anna, other, version=1, name="X")
    with pytest.raises(InvalidFields) as refused:
        await change(anna, other, name="", icon="<svg>", colour="red")
    assert [field for field, _ in refused.value.fields] == ["name", "icon", "colour"]


async def test_the_tree_has_no_rings_and_no_strangers(anna: Person, ben: Person):
    top = await add(anna, "1")
    chain = [top]
    for level in range(2, MAX_DEPTH + 1):
        chain.append(await add(anna, str(level), chain[-1]))
    with pytest.raises(InvalidFields):
        await add(anna, "too deep", chain[-1])
    for below in (top, chain[1], chain[-1]):
        with pytest.raises(InvalidFields):
            await change(anna, top, parent_id=below.id)
    with pytest.raises(InvalidFields):
        await change(anna, top, parent_id=(await add(anna, "Root")).id)
    with pytest.raises(CategoryKindMismatch):
        await add(anna, "Gain", top, kind=CategoryKind.INCOME)
    with pytest.raises(CategoryNotFound):
        await add(anna, "Orphan", await add(ben, "Ben's"))
    with pytest.raises(CategoryNotFound):
        await change(ben, top, name="mine")


async def test_two_moves_at_once_make_no_ring(anna: Person):
    a, b = await add(anna, "A"), await add(anna, "B")
    await asyncio.gather(
        change(anna, a, parent_id=b.id), change(anna, b, parent_id=a.id), return_exceptions=True
    )
    tree = CategoryTree(await listed(anna))
    assert sum(1 for c in (a, b) if tree.get(c.id).parent_id == "") == 1


async def test_an_archived_category_is_offered_no_more_and_keeps_what_is_in_it(anna: Person):
    account, category = await anna.account(), await add(anna, "Old")
    posted = await anna.post(coffee(account, category_id=category.id))
    await change(anna, category, archived=True)
    assert category.id not in await listed(anna)
    assert (await listed(anna, all_of_them=True))[category.id].archived
    found = await anna.ledger.transactions.get_transaction(owner=anna.id, transaction_id=posted.id)
    assert found.splits[0].category_id == category.id
    with pytest.raises(CategoryBuiltIn):
        await change(anna, await anna.category("uncategorised"), archived=True)


async def test_categories_stand_in_the_order_that_was_asked_for(anna: Person, ben: Person):
    a, b = await add(anna, "A"), await add(anna, "B")
    reorder = anna.ledger.categories.reorder_categories
    await reorder(owner=anna.id, first=[b.id, a.id])
    assert list(await listed(anna))[:2] == [b.id, a.id]
    newest = await add(anna, "C")
    assert list(await listed(anna))[-1] == newest.id
    with pytest.raises(CategoryNotFound):
        await reorder(owner=anna.id, first=[(await add(ben, "Z")).id])
    with pytest.raises(InvalidFields):
        await reorder(owner=anna.id, first=[a.id, a.id])


async def test_only_what_was_never_used_is_deleted(anna: Person):
    account = await anna.account()
    free, parent = await add(anna, "Free"), await add(anna, "Parent")
    await add(anna, "Child", parent)
    await delete(anna, free)
    assert free.id not in await listed(anna, all_of_them=True)
    with pytest.raises(CategoryNotFound):
        await delete(anna, free)
    with pytest.raises(CategoryHasChildren):
        await delete(anna, parent)
    with pytest.raises(CategoryBuiltIn):
        await delete(anna, await anna.category("uncategorised"))

    used = await add(anna, "Used")
    posted = await anna.post(coffee(account, category_id=used.id))
    await anna.delete(posted)
    # Its history still says so.
    with pytest.raises(CategoryInUse):
        await delete(anna, used)


async def test_what_a_budget_names_is_not_deleted(anna: Person):
    planned = await add(anna, "Planned")
    scope = Scope(ScopeKind.CATEGORY, planned.id)
    draft = BudgetDraft("Plan", scope, Every.MONTH, eur(100), starts_on="2026-01-01")
    await anna.ledger.plans.budgets.create_budget(owner=anna.id, draft=draft, key=Key())
    with pytest.raises(CategoryInUse):
        await delete(anna, planned)


async def test_merging_moves_everything_as_one_operation(anna: Person):
    account = await anna.account()
    source, into = await add(anna, "Coffee bars"), await add(anna, "Cafés")
    whole = await anna.post(coffee(account, -10, category_id=source.id))
    parts = (Split(source.id, eur(-3), "cake"), Split(into.id, eur(-4)), Split("", eur(-5)))
    split = await anna.post(coffee(account, -12, splits=parts))
    gone = await anna.post(coffee(account, -1, category_id=source.id))
    await anna.delete(gone)

    merged = await merge(anna, source, into, key="m")
    assert (merged.kind.value, merged.counts.done, merged.counts.refused) == (
        "merge_category",
        2,
        0,
    )
    again = await merge(anna, source, into, key="m")
    assert (again.id, again.counts) == (merged.id, merged.counts)
    assert await splits(anna, whole.id) == [(into.id, -10)]
    assert await splits(anna, split.id) == [(into.id, -3), (into.id, -4), ("", -5)]
    assert source.id not in await listed(anna)
    assert (await listed(anna, all_of_them=True))[source.id].merged_into == into.id
    # Whoever still names it, be it a rule, means the other.
    late = await anna.post(coffee(account, -7, category_id=source.id))
    assert await splits(anna, late.id) == [(into.id, -7)]
    with pytest.raises(CategoryNotFound):
        await merge(anna, source, into)
    assert not (await anna.audit()).differences

    undone = await undo(anna, merged)
    assert await splits(anna, whole.id) == [(source.id, -10)]
    assert await splits(anna, split.id) == [(source.id, -3), (into.id, -4), ("", -5)]
    assert await splits(anna, late.id) == [(into.id, -7)]
    assert (await listed(anna))[source.id].merged_into == ""
    await undo(anna, undone)
    assert await splits(anna, whole.id) == [(into.id, -10)]
    assert source.id not in await listed(anna)
    assert not (await anna.audit()).differences


async def splits(person: Person, transaction_id: str) -> list[tuple[str, int]]:
    found = await person.ledger.transactions.get_transaction(
        owner=person.id, transaction_id=transaction_id
    )
    return [(s.category_id, s.amount.minor_units) for s in found.splits]


async def test_what_is_posted_beside_a_merge_goes_along(anna: Person):
    account = await anna.account()
    source, into = await add(anna, "A"), await add(anna, "B")
    posting = (anna.post(coffee(account, -1, category_id=source.id)) for _ in range(20))
    results = await asyncio.gather(*posting, merge(anna, source, into))
    for posted in results[:-1]:
        assert await splits(anna, posted.id) == [(into.id, -1)]
    assert not (await anna.audit()).differences


async def test_a_merge_that_cannot_be_is_refused_and_changes_nothing(anna: Person, ben: Person):
    source = await add(anna, "A")
    salary = await anna.category("salary", CategoryKind.INCOME)
    parent = await add(anna, "Parent")
    await add(anna, "Child", parent)
    refusals: list[tuple[Category, Category, type[LedgerError]]] = [
        (source, source, InvalidFields),
        (source, salary, CategoryKindMismatch),
        (source, await add(ben, "B"), CategoryNotFound),
        (await anna.category("uncategorised"), source, CategoryBuiltIn),
        (parent, source, CategoryHasChildren),
    ]
    before = await listed(anna, all_of_them=True)
    for one, into, refusal in refusals:
        with pytest.raises(refusal):
            await merge(anna, one, into)
    assert await listed(anna, all_of_them=True) == before
    page = await anna.ledger.operations.list_operations(owner=anna.id, cursor="", limit=9)
    assert page.operations == []
