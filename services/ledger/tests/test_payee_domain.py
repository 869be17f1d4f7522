"""Who was paid: one payee however its name is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posting_ground import NOW, OWNER, eur

from kit.cursors import InvalidCursor, write_cursor
from ledger.domain.errors import InvalidFields, VersionMismatch
from ledger.domain.payee import (
    Payee,
    PayeeChange,
    PayeeCursor,
    PayeeMove,
    PayeeNotFound,
    PayeeSum,
    PayeeUsage,
    payee_id,
    payee_words,
)

ZOE = Payee(payee_id("Zoë"), OWNER, "Zoë", NOW, "food", 3, "other", "op")


@pytest.mark.parametrize("name", ["CAFÉ ZOË", "cafe-zoe", " Cafe,  Zoe! ", "Café Zoë"])
def test_one_payee_however_its_name_is_written(name):
    assert payee_words(name) == "cafe zoe"
    # As kept in every book until now: it is the id of rollups and of what a person has set.
    assert payee_id(name) == "823070ef-322f-508b-93ee-bcccae842835"


def test_names_without_letters_are_compared_as_they_are():
    assert payee_id("☕") == payee_id(" ☕ ") != payee_id("🍵")
    assert payee_words(" ☕ ") == "☕"
    assert payee_id("") == payee_id("  ") == ""


@given(st.text(max_size=250))
def test_no_name_is_compared_as_nothing(name):
    assert bool(payee_words(name)) == bool(name.strip())


def test_a_payee_is_listed_until_its_transactions_have_another_name():
    moved = ZOE.moved_to("bo", operation_id="op2", also_imports=False)
    used = PayeeUsage(1, "2026-03-14", (PayeeSum(eur(1), eur(0)),))

    assert ZOE.is_listed
    assert (moved.moved, moved.version, moved.is_listed) == (True, 4, False)
    assert (moved.imported_as_id, moved.imported_by) == ("other", "op")
    again = Payee(ZOE.id, OWNER, "Zoë", NOW, moved=True, usage=used)
    assert again.is_listed
    imports_too = ZOE.moved_to("bo", operation_id="op2", also_imports=True)
    assert (imports_too.imported_as_id, imports_too.imported_by) == ("bo", "op2")
    assert (imports_too.moved, imports_too.version, imports_too.name) == (True, 4, "Zoë")


def test_a_change_leaves_what_it_does_not_name():
    for change, expected in [
        (PayeeChange(), ("food", "other", "op")),
        (PayeeChange(default_category_id=""), ("", "other", "op")),
        (PayeeChange(default_category_id="pay"), ("pay", "other", "op")),
        (PayeeChange(imported_as_id=""), ("food", "", "")),
        (PayeeChange(imported_as_id="bo"), ("food", "bo", "")),
    ]:
        changed = ZOE.changed_by(change, expected_version=3)
        told = changed.default_category_id, changed.imported_as_id, changed.imported_by
        assert (told, changed.version) == (expected, 4)


def test_only_the_version_that_was_seen_is_changed():
    assert ZOE.changed_by(PayeeChange(), expected_version=0).version == 4
    with pytest.raises(VersionMismatch) as refused:
        ZOE.changed_by(PayeeChange(), expected_version=1)
    assert refused.value.metadata == {"current_version": "3"}


def test_a_move_names_1_to_100_payees_and_their_new_name():
    PayeeMove(["a"], "n" * 200).check()
    PayeeMove(["a"] * 100, f" {'n' * 200} ").check()
    for move, fields in [
        (PayeeMove([], ""), [("ids", "1 to 100"), ("name", "must not be empty")]),
        (PayeeMove(["a"] * 101, "n" * 201),
         [("ids", "1 to 100"), ("name", "at most 200 characters")]),
        (PayeeMove(["a"], "  "), [("name", "must not be empty")]),
    ]:  # fmt: skip
        with pytest.raises(InvalidFields) as refused:
            move.check()
        assert list(refused.value.fields) == fields
    assert PayeeMove(["a"], "ZOË").target_id == ZOE.id


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30))
def test_a_cursor_comes_back_as_it_was_given_out(words):
    cursor = PayeeCursor(words, ZOE.id)

    assert PayeeCursor.parse(cursor.text()) == cursor
    assert "=" not in cursor.text()


def test_a_cursor_is_at_a_payee():
    assert PayeeCursor.at(ZOE) == PayeeCursor("zoe", ZOE.id)
    assert PayeeCursor.parse("") is None


@pytest.mark.parametrize(
    "text",
    [
        "x",
        write_cursor("payees", "a"),
        write_cursor("payees", " a"),
        write_cursor("register", "a b"),
    ],
)
def test_what_is_no_cursor_is_refused(text):
    with pytest.raises(InvalidCursor):
        PayeeCursor.parse(text)


def test_a_payee_that_there_is_not():
    words = "there is no such payee"
    assert (str(PayeeNotFound()), PayeeNotFound().fields) == (words, (("id", words),))
    assert PayeeNotFound("payee_id").fields == (("payee_id", words),)
