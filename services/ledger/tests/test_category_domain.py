"""The tree of categories, alone: what may stand where, and in which words the rest is refused."""

from dataclasses import replace

import pytest
from posting_ground import OWNER, category

from ledger.domain.category import (
    MAX_CATEGORIES,
    Category,
    CategoryBuiltIn,
    CategoryChange,
    CategoryDraft,
    CategoryHasChildren,
    CategoryInUse,
    CategoryKind,
    CategoryTree,
    TooManyCategories,
    categories_reordered,
    require_mergeable,
    stands_for,
)
from ledger.domain.errors import (
    CategoryKindMismatch,
    CategoryNotFound,
    InvalidFields,
    VersionMismatch,
)

EXPENSE, INCOME = CategoryKind.EXPENSE, CategoryKind.INCOME
BUILT_IN = category("none", key="uncategorised")
TREE = CategoryTree.of(
    [
        category("food", position=4),
        category("out", parent_id="food", position=7),
        category("cafe", parent_id="out"),
        category("home"),
        category("pay", INCOME),
        category("gone", parent_id="home", merged_into="food"),
        BUILT_IN,
    ]
)
FOOD, HOME = TREE.categories["food"], TREE.categories["home"]


def fields_of(act, *args, **more) -> list[tuple[str, str]]:
    with pytest.raises(InvalidFields) as refused:
        act(*args, **more)
    return list(refused.value.fields)


def created(draft: CategoryDraft, tree: CategoryTree = TREE) -> Category:
    return draft.created(id="new", owner=OWNER, tree=tree)


def test_a_category_is_added_as_its_draft_says_and_stands_last():
    draft = CategoryDraft(" Tea ", EXPENSE, "out", " tea-cup ", " #AABBCC ")
    assert created(draft) == Category(
        "new", OWNER, "Tea", EXPENSE, "out", icon="tea-cup", colour="#aabbcc", position=8
    )  # fmt: skip
    unordered = CategoryTree.of([category("a"), category("b")])
    assert created(CategoryDraft("T", INCOME), unordered).position == 0
    first = created(CategoryDraft("T", INCOME), CategoryTree.of([]))
    assert (first.kind, first.position) == (INCOME, 0)


def test_labels_at_their_limits_and_beyond():
    taken = created(CategoryDraft("n" * 100, EXPENSE, "", "i" * 40, "#000000"))
    assert (taken.icon, taken.parent_id) == ("i" * 40, "")
    icon = ("icon", "the name of an icon, such as shopping-basket")
    assert fields_of(created, CategoryDraft("n" * 101, None, "", "i" * 41, "#00000")) == [
        ("name", "at most 100 characters"),
        icon,
        ("colour", "#rrggbb"),
        ("kind", "expense or income"),
    ]
    assert fields_of(created, CategoryDraft(" ", EXPENSE, "", "A b")) == [
        ("name", "must not be empty"), icon,
    ]  # fmt: skip


def test_a_book_has_at_most_2000_categories():
    full = CategoryTree.of([category(str(n)) for n in range(MAX_CATEGORIES)])
    with pytest.raises(TooManyCategories) as refused:
        created(CategoryDraft("T", EXPENSE), full)
    assert str(refused.value) == "a book has at most 2,000 categories"
    room = CategoryTree.of(list(full.categories.values())[1:])
    assert created(CategoryDraft("T", EXPENSE), room).name == "T"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (CategoryChange(), {}),
        (CategoryChange(name=" N "), {"name": "N"}),
        (CategoryChange(parent_id="food"), {"parent_id": "food"}),
        (CategoryChange(icon="x"), {"icon": "x"}),
        (CategoryChange(colour="#ABCDEF"), {"colour": "#abcdef"}),
        (CategoryChange(archived=True), {"archived": True}),
    ],
)
def test_a_change_leaves_what_it_does_not_name(change, expected):
    old = replace(HOME, icon="house", colour="#010203")

    assert old.changed_by(change, TREE) == replace(old, version=2, **expected)
    archived = replace(old, archived=True)
    assert archived.changed_by(CategoryChange(), TREE).archived


def test_a_change_is_checked_and_what_nobody_has_categorised_must_go_somewhere():
    assert fields_of(HOME.changed_by, CategoryChange(name=""), TREE) == [
        ("name", "must not be empty")
    ]  # fmt: skip
    with pytest.raises(CategoryBuiltIn) as refused:
        BUILT_IN.changed_by(CategoryChange(archived=True), TREE)
    assert str(refused.value) == "the category for what is uncategorised stays as it is"
    assert BUILT_IN.changed_by(CategoryChange(name="Other"), TREE).name == "Other"
    HOME.expect(0)
    HOME.expect(1)
    with pytest.raises(VersionMismatch) as changed:
        HOME.expect(2)
    assert changed.value.metadata == {"current_version": "1"}


def test_a_category_stands_neither_below_itself_nor_deeper_than_four_levels():
    below = [("parent_id", "must not be the category itself or below it")]
    deep = [("parent_id", "at most 4 levels")]

    for parent in ("food", "out", "cafe"):
        assert fields_of(FOOD.changed_by, CategoryChange(parent_id=parent), TREE) == below
    assert FOOD.changed_by(CategoryChange(parent_id="home"), TREE).parent_id == "home"
    assert created(CategoryDraft("T", EXPENSE, "cafe")).parent_id == "cafe"
    nested = CategoryTree.of(
        [*TREE.categories.values(), category("tea", parent_id="cafe")]
    )  # fmt: skip
    assert fields_of(created, CategoryDraft("T", EXPENSE, "tea"), nested) == deep
    assert fields_of(FOOD.changed_by, CategoryChange(parent_id="home"), nested) == deep


def test_a_parent_is_there_and_of_the_same_kind():
    for parent in ("x", "gone"):
        with pytest.raises(CategoryNotFound) as missing:
            created(CategoryDraft("T", EXPENSE, parent))
        assert missing.value.fields == (("parent_id", "there is no such category"),)
    with pytest.raises(CategoryKindMismatch):
        created(CategoryDraft("T", INCOME, "food"))
    with pytest.raises(CategoryKindMismatch):
        HOME.changed_by(CategoryChange(parent_id="pay"), TREE)


def test_a_tree_knows_those_that_were_not_merged_away():
    assert TREE.get("food") is FOOD
    assert [c.id for c in TREE.children("food")] == ["out"]
    assert list(TREE.children("home")) == []
    for id_ in ("gone", "x"):
        with pytest.raises(CategoryNotFound) as missing:
            TREE.get(id_)
        assert missing.value.fields == (("id", "there is no such category"),)


def test_what_is_merged_posts_to_the_other_until_it_is_undone():
    merged = HOME.merged("food", merge_id="op")
    assert merged == replace(
        HOME, merged_into="food", merge_target="food", merge_id="op", version=2
    )  # fmt: skip
    assert (merged.posts_to, HOME.posts_to) == ("food", "home")
    assert (merged.is_offered, HOME.is_offered) == (False, True)
    assert not replace(HOME, archived=True).is_offered
    undone = merged.pointed(merged=False)
    assert undone == replace(merged, merged_into="", version=3)
    assert undone.pointed(merged=True) == replace(merged, version=4)


def test_what_was_merged_stands_for_the_end_of_its_merges_also_in_a_ring():
    merges = {"a": "b", "b": "c", "d": "c", "x": "y", "y": "x"}
    merged = [category(id_, merged_into=into) for id_, into in merges.items()]

    meant = stands_for([*merged, category("c")])
    assert {id_: meant[id_] for id_ in "abd"} == {"a": "c", "b": "c", "d": "c"}
    assert meant.keys() == merges.keys()
    assert {meant["x"], meant["y"]} <= {"x", "y"}


def test_what_may_be_merged():
    assert require_mergeable(TREE, "home", "food") is HOME
    assert fields_of(require_mergeable, TREE, "home", "home") == [
        ("into_id", "must be another category")
    ]  # fmt: skip
    for id_, into, refusal in [
        ("home", "pay", CategoryKindMismatch),
        ("none", "food", CategoryBuiltIn),
        ("food", "home", CategoryHasChildren),
        ("gone", "home", CategoryNotFound),
    ]:
        with pytest.raises(refusal):
            require_mergeable(TREE, id_, into)
    with pytest.raises(CategoryNotFound) as missing:
        require_mergeable(TREE, "home", "x")
    assert missing.value.fields == (("into_id", "there is no such category"),)


def test_those_named_come_first_and_the_others_follow_as_they_stood():
    known = [category(id_) for id_ in "abc"]

    ordered = categories_reordered(known, ["c"])
    assert [(c.id, c.position) for c in ordered] == [("c", 1), ("a", 2), ("b", 3)]
    assert [c.id for c in categories_reordered(known, ["b", "c", "a"])] == ["b", "c", "a"]
    assert fields_of(categories_reordered, known, ["a", "a"]) == [
        ("category_ids", "each only once")
    ]  # fmt: skip
    with pytest.raises(CategoryNotFound) as missing:
        categories_reordered(known, ["x"])
    assert missing.value.fields == (("category_ids", "there is no such category"),)


def test_refusals_are_told_in_these_words():
    assert str(CategoryHasChildren()) == "it has subcategories: move or merge them first"
    words = "2 budgets name it: merge it into another category or archive it instead"
    assert str(CategoryInUse("2 budgets name it")) == words
