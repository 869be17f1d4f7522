"""The verdicts on lines of files, without a server: what is known, counted, offered, refused."""

from dataclasses import replace

import pytest

from kit.money import Money
from ledger.domain.entry import Origin, Status
from ledger.domain.errors import InvalidFields
from ledger.domain.importing.decisions import (
    Act,
    Choice,
    Decision,
    Outcome,
    Override,
    check_overrides,
    decide,
)
from ledger.domain.importing.holdings import Claim, Holding, Known
from ledger.domain.importing.lines import (
    ImportLine,
    Source,
    check_lines,
    coverage_of,
    positions,
    with_trusted_references,
)
from ledger.domain.importing.payees import are_similar, similarity
from ledger.domain.importing.planning import Refusal, Verdict, Why, plan
from ledger.domain.transaction import TransactionInput

MAIN = "main"
ANYWHERE = Source()
NEW, THERE, TWIN, DELETED, DOUBTFUL = (
    Verdict.NEW,
    Verdict.ALREADY_THERE,
    Verdict.TWIN_KEPT,
    Verdict.DELETED_BEFORE,
    Verdict.DOUBTFUL,
)


def line(
    payee="Café Zoë",
    amount=-450,
    *,
    date="2026-03-14",
    reference="",
    account=MAIN,
    status=Status.CLEARED,
):
    origin = Origin(bank_reference=reference)
    input_ = TransactionInput(
        account, date, Money(amount, "EUR"), payee=payee, status=status, origin=origin
    )
    return ImportLine(1, input_)


def holding(id_, payee="Café Zoë", amount=-450, *, date="2026-03-14", **more):
    return Holding(id_, 1, MAIN, date, Money(amount, "EUR"), payee, **more)


def booked(*pairs):
    """What the book knows: holdings with the lines that they were booked from."""
    claims = [
        Claim(h.transaction_id, h.account_id, ln.fingerprint, ln.reference) for h, ln in pairs
    ]
    return Known(claims, {h.transaction_id: h for h, _ in pairs})


def judged(*lines, known=None, nearby=(), source=ANYWHERE, refusals=None):
    trusted = with_trusted_references(lines)
    found = plan(
        source,
        positions(trusted),
        refusals=refusals or {},
        known=known or Known(),
        nearby=nearby,
    )
    return list(found.values())


def verdicts(*lines, **given):
    return [each.verdict for each in judged(*lines, **given)]


def test_two_that_look_alike_in_one_file_are_both_real():
    assert verdicts(line(), line(), line(amount=-1)) == [NEW, TWIN, NEW]


def test_what_the_book_holds_is_counted_and_only_what_is_missing_is_new():
    known = booked((holding("t1", from_bank=True), line()))
    first, second = judged(line(), line(), known=known)
    assert (first.verdict, first.transaction_id, first.why) == (THERE, "t1", Why.FINGERPRINT)
    assert second.verdict is TWIN


def test_a_file_that_shows_fewer_than_the_book_holds_adds_nothing():
    known = booked((holding("t1"), line()), (holding("t2"), line()))
    assert verdicts(line(), known=known) == [THERE]


def test_the_payees_case_and_accents_make_no_difference():
    known = booked((holding("t1"), line()))
    assert verdicts(line("CAFE ZOE"), known=known) == [THERE]


def test_editing_doesnt_make_a_line_forgotten():
    edited = holding("t1", "Coffee with Ben", -500, date="2026-03-10", from_bank=True)
    assert verdicts(line(), known=booked((edited, line()))) == [THERE]


def test_a_reference_wins_over_looks():
    there = booked((holding("t1", from_bank=True), line("Cafe", reference="A")))
    other, same = judged(line("Cafe", reference="B"), line("ZOE 12", reference="A"), known=there)
    assert other.verdict is NEW
    assert (same.verdict, same.transaction_id, same.why) == (THERE, "t1", Why.REFERENCE)


def test_a_file_with_references_knows_what_was_imported_without():
    without = booked((holding("t1", from_bank=True), line()))
    assert verdicts(line(reference="A"), known=without) == [THERE]
    assert verdicts(line(reference="A"), line(reference="B"), known=without) == [THERE, TWIN]


def test_a_file_without_references_knows_what_was_imported_with():
    with_one = booked((holding("t1", from_bank=True), line(reference="A")))
    assert verdicts(line(), line(), known=with_one) == [THERE, TWIN]


def test_lines_with_references_choose_before_those_without():
    both = booked((holding("t1"), line(reference="A")), (holding("t2"), line()))
    plain, named = judged(line(), line(reference="B"), known=both)
    assert (plain.transaction_id, named.transaction_id) == ("t1", "t2")


def test_a_line_that_the_file_repeats_under_one_reference_is_one():
    first, again = judged(line(reference="A"), line(reference="A"))
    assert (first.verdict, again.verdict, again.why) == (NEW, THERE, Why.REPEATED)


@pytest.mark.parametrize("reference", ["NONREF", "NOTPROVIDED", "0", " "])
def test_what_banks_write_for_no_reference_is_none(reference):
    assert verdicts(line(reference=reference), line(reference=reference)) == [NEW, TWIN]


def test_a_reference_that_names_several_lines_names_none():
    lines = line(reference="A"), line("Rent", reference="A"), line("Rent", reference="A")
    assert verdicts(*lines) == [NEW, NEW, TWIN]


def test_one_reference_in_two_accounts_is_two():
    assert verdicts(line(reference="A"), line(reference="A", account="other")) == [NEW, NEW]


def test_what_a_person_deleted_is_offered_and_not_brought_back_by_itself():
    gone = booked((holding("t1", deleted=True), line()))
    (found,) = judged(line(), known=gone)
    assert (found.verdict, found.transaction_id) == (DELETED, "t1")
    assert decide(found, None) == Decision(Act.LEAVE, Outcome.DELETED_BEFORE, "t1")
    asked = decide(found, Override(1, Choice.ADD))
    assert (asked.act, asked.outcome) == (Act.RESTORE, Outcome.RESTORED)


def test_what_stands_answers_before_what_was_deleted():
    known = booked((holding("t1", deleted=True), line()), (holding("t2"), line()))
    assert verdicts(line(), known=known) == [THERE]
    assert verdicts(line(), line(), known=known) == [THERE, DELETED]


def test_a_transaction_answers_for_one_line():
    known = booked((holding("t1"), line()), (holding("t1"), line("Other")))
    assert verdicts(line(), line("Other"), known=known) == [THERE, NEW]


def test_what_was_entered_by_hand_and_is_alike_is_offered():
    noted = holding("t1", "Zoe", date="2026-03-12")
    (found,) = judged(line("CAFE ZOE 0231 BERLIN"), nearby=[noted])
    assert found.verdict is DOUBTFUL
    assert [c.transaction_id for c in found.candidates] == ["t1"]
    assert decide(found, None).outcome is Outcome.DOUBTFUL
    assert decide(found, Override(1, Choice.MATCH, "t1")) == Decision(
        Act.MATCH, Outcome.MATCHED, "t1", 1
    )


@pytest.mark.parametrize(
    "other",
    [
        holding("t1", "Zoe", date="2026-03-10"),
        holding("t1", "Zoe", -451),
        holding("t1", "Electricity"),
        holding("t1", "Zoe", from_bank=True),
    ],
)
def test_what_is_too_far_off_another_amount_payee_or_the_banks_own_is_not_offered(other):
    assert verdicts(line("CAFE ZOE 0231"), nearby=[other]) == [NEW]


def test_what_the_bank_shows_as_pending_is_offered_when_it_is_booked():
    pending = holding("t1", "Zoe", date="2026-03-12", from_bank=True, status=Status.PENDING)
    assert verdicts(line("CAFE ZOE 0231"), nearby=[pending]) == [DOUBTFUL]


def test_a_line_that_moved_within_the_days_that_a_file_covers_is_offered():
    moved = holding("t1", date="2026-03-12", from_bank=True)
    whole_month = Source(from_date="2026-03-01", to_date="2026-03-31")
    assert verdicts(line(), nearby=[moved]) == [NEW]
    assert verdicts(line(), nearby=[moved], source=whole_month) == [DOUBTFUL]
    shown = booked((moved, line(date="2026-03-12")))
    lines = line(), line(date="2026-03-12")
    assert verdicts(*lines, known=shown, nearby=[moved], source=whole_month) == [NEW, THERE]


def test_a_pending_one_that_looks_the_same_is_cleared():
    known = booked((holding("t1", status=Status.PENDING), line()))
    (found,) = judged(line(), known=known)
    assert (found.verdict, found.clears) == (THERE, True)
    assert decide(found, None).act is Act.CLEAR
    (still,) = judged(line(status=Status.PENDING), known=known)
    assert not still.clears


def test_what_was_corrected_by_hand_to_look_the_same_is_it():
    corrected = holding("t1")
    (found,) = judged(line(), nearby=[corrected])
    assert (found.verdict, found.transaction_id) == (THERE, "t1")


def test_the_other_side_of_a_transfer_is_offered_whatever_the_bank_calls_it():
    transfer = replace(
        holding("t1", "To savings", -5000), to_account_id="savings", date="2026-03-13"
    )
    lines = line("From giro", 5000, account="savings")
    assert verdicts(lines, nearby=[transfer]) == [DOUBTFUL]


def test_refused_lines_stand_apart():
    refusal = Refusal("LineUnreadable", "no amount")
    found = judged(line(), line(), refusals={1: refusal})
    assert [f.verdict for f in found] == [Verdict.REFUSED, NEW]
    assert found[0].refusal == refusal


def test_overrides_that_cannot_be_are_all_told():
    found = dict(
        enumerate(
            judged(
                line(),
                line("Bad"),
                line("Other"),
                known=booked((holding("t1"), line())),
                refusals={2: Refusal("X", "x")},
            ),
            start=1,
        )
    )
    overrides = [
        Override(9, Choice.ADD),
        Override(2, Choice.ADD),
        Override(3, Choice.MATCH, "t1"),
        Override(3, Choice.SKIP),
        Override(1, Choice.SKIP, "t1"),
    ]
    with pytest.raises(InvalidFields) as refused:
        check_overrides(overrides, found)
    assert [name for name, _ in refused.value.fields] == [
        "overrides[0].line",
        "overrides[1].choice",
        "overrides[3].line",
        "overrides[4].transaction_id",
    ]
    with pytest.raises(InvalidFields, match="another line"):
        check_overrides([Override(3, Choice.MATCH, "t1")], found)
    check_overrides([Override(1, Choice.ADD), Override(3, Choice.MATCH, "t1")], found)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("REWE SAGT DANKE 4432//BERLIN/DE", "Rewe"),
        ("CAFE ZOE 0231", "Café Zoë"),
        ("PAYPAL *NETFLIX.COM", "Netflix"),
        ("SPOTIFYAB", "Spotify"),
        ("Stadtwerke München GmbH", "Stadtwerke Muenchen"),
        ("", "Anything"),
    ],
)
def test_names_of_one_payee_are_alike(left, right):
    assert are_similar(left, right)
    assert similarity(left, right) == similarity(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [("Rewe", "Edeka"), ("AMZN Mktp DE", "Aldi Markt"), ("Deutsche Bahn", "Deutsche Post")],
)
def test_names_of_two_payees_are_not(left, right):
    assert not are_similar(left, right)


def test_a_file_covers_the_days_it_says_and_those_of_its_lines():
    lines = [line(date="2026-03-14"), line(date="2026-03-02"), line(account="other")]
    said = Source(from_date="2026-03-10", to_date="2026-03-31")
    found = {c.account_id: (c.from_date, c.to_date, c.lines) for c in coverage_of(said, lines)}
    assert found == {
        MAIN: ("2026-03-02", "2026-03-31", 2),
        "other": ("2026-03-10", "2026-03-31", 1),
    }


def test_a_request_that_cannot_be_a_file_is_refused_whole():
    with pytest.raises(InvalidFields, match="at least one"):
        check_lines(ANYWHERE, [])
    with pytest.raises(InvalidFields, match="at most 20000"):
        check_lines(ANYWHERE, [line()] * 20_001)
    with pytest.raises(InvalidFields, match="before the first"):
        check_lines(Source(from_date="2026-02-01", to_date="2026-01-01"), [line()])
