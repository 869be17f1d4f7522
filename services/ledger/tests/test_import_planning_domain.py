"""The verdicts of a plan alone: by reference, by fingerprint, by looks, by likeness; and their
limits."""

import pytest
from import_ground import holding, judged, known, line, planner
from posting_ground import usd

from ledger.domain.entry import Status
from ledger.domain.importing.holdings import Claim, Known
from ledger.domain.importing.lines import Source
from ledger.domain.importing.payees import SIMILAR, UNKNOWN, are_similar, similarity
from ledger.domain.importing.planning import (
    Candidate,
    Judgement,
    Refusal,
    Verdict,
    Why,
    days_around,
    days_between,
    plan,
    ranked,
    same_verdict,
)

NEW, THERE, TWIN = Verdict.NEW, Verdict.ALREADY_THERE, Verdict.TWIN_KEPT
DELETED, DOUBTFUL, REFUSED = Verdict.DELETED_BEFORE, Verdict.DOUBTFUL, Verdict.REFUSED
NO = Refusal("LineUnreadable", "?")
RECEIPT = Source(is_receipt=True)
MARCH = Source(from_date="2026-03-01", to_date="2026-03-31")


def there(id_: str, why: Why = Why.FINGERPRINT, *, clears: bool = False) -> Judgement:
    return Judgement(THERE, id_, why, clears)


def test_the_first_step_answers_what_is_still_open():
    book = known((holding("t1"), line("A")))
    lines = line("A"), line("B"), line("C")
    first = planner(*lines, book=book, refused={3: NO})

    assert first.recognise() == {2: line("B")}
    assert first.finish([]) == {
        1: there("t1"),
        2: Judgement(NEW),
        3: Judgement(REFUSED, refusal=NO),
    }
    assert list(first.finish([])) == [1, 2, 3]


def test_both_steps_at_once_say_the_same():
    book = known((holding("t1"), line("A")))
    lines = {1: line("X"), 2: line("A"), 5: line("B")}
    found = plan(MARCH, lines, refusals={1: NO}, known=book, nearby=[holding("t2", "B")])

    assert found == {1: Judgement(REFUSED, refusal=NO), 2: there("t1"), 5: there("t2")}


def test_a_receipt_is_nothing_that_a_bank_has_shown_and_may_be_any_of_it():
    booked = line("Zoë", reference="A")
    book = known((holding("t1", from_bank=True, reference="A"), booked))
    near = [
        holding("t1", from_bank=True, reference="A"),
        holding("t2", has_documents=True),
        holding("t3", "Electricity"),
    ]
    (found,) = judged(booked, book=book, source=RECEIPT, nearby=near)

    assert planner(booked, book=book, source=RECEIPT).recognise() == {1: booked}
    assert found == Judgement(DOUBTFUL, candidates=(Candidate("t1", 1, 0, 1.0),))


def test_lines_are_known_by_the_references_of_their_own_account():
    book = Known(
        [
            Claim("t1", "giro", "f1", "A"),
            Claim("t2", "giro", "f2"),
            Claim("t3", "savings", "", "B"),
        ],
        {"t1": holding("t1"), "t2": holding("t2"), "t3": holding("t3", account_id="savings")},
    )
    lines = line("x"), line("y", reference="B"), line("z", reference="A"), line("w", reference="A")

    assert judged(*lines, book=book) == [
        Judgement(NEW), Judgement(NEW), there("t1", Why.REFERENCE), there("t1", Why.REPEATED),
    ]  # fmt: skip


def test_a_repeated_line_that_the_book_has_not_is_there_as_the_first_of_them():
    lines = line(reference="A"), line(), line(reference="A"), line(reference="B")

    assert judged(*lines) == [
        Judgement(NEW), Judgement(TWIN), there("", Why.REPEATED), Judgement(TWIN),
    ]  # fmt: skip


def test_a_reference_stands_for_what_was_deleted_too():
    gone = known((holding("t1", deleted=True, status=Status.PENDING), line(reference="A")))

    assert judged(line("Other", reference="A"), book=gone) == [
        Judgement(DELETED, "t1", Why.REFERENCE)
    ]


@pytest.mark.parametrize(
    ("booked_as", "shown_as", "clears"),
    [
        (Status.PENDING, Status.CLEARED, True),
        (Status.PENDING, Status.PENDING, False),
        (Status.CLEARED, Status.CLEARED, False),
        (Status.RECONCILED, Status.CLEARED, False),
    ],
)
def test_a_line_clears_what_was_pending(booked_as, shown_as, clears):
    book = known((holding("t1", status=booked_as), line(reference="A")))

    assert judged(line(reference="A", status=shown_as), book=book) == [
        there("t1", Why.REFERENCE, clears=clears)
    ]


def test_what_the_bank_calls_otherwise_is_not_found_by_a_named_lines_looks():
    book = known(
        (holding("t1"), line(reference="A")),
        (holding("t2"), line()),
        (holding("t3"), line()),
    )
    lines = line(), line(reference="B"), line(), line(reference="C"), line(reference="D")

    found = judged(*lines, book=book)
    assert [each.transaction_id for each in found] == ["t1", "t2", "", "t3", ""]
    assert [each.verdict for each in found] == [THERE, THERE, TWIN, THERE, TWIN]


def test_a_name_in_one_account_does_not_hide_the_line_of_the_other():
    """A transfer is two banks' lines: one has named it, the other has not."""
    claims = [Claim("t1", "savings", "f", "S"), Claim("t1", "giro", line().fingerprint)]
    book = Known(claims, {"t1": holding("t1", to_account_id="savings")})

    assert judged(line(reference="G"), book=book) == [there("t1")]


def test_what_stands_answers_before_what_was_deleted_in_any_order():
    pairs = [(holding("t1", deleted=True), line()), (holding("t2"), line())]
    for order in (pairs, pairs[::-1]):
        first, second, third = judged(line(), line(), line(), book=known(*order))
        assert first == there("t2")
        assert second == Judgement(DELETED, "t1", Why.FINGERPRINT)
        assert third == Judgement(TWIN)


def test_what_now_has_a_lines_reference_is_it_before_what_looks_the_same():
    near = [holding("t1"), holding("t2", "Else", 99, reference="A", from_bank=True)]
    assert judged(line(reference="A"), nearby=near) == [there("t2", Why.REFERENCE)]
    # The bank's other line has that reference: this one is not what only looks the same.
    other = holding("t3", reference="A", account_id="savings")
    assert judged(line(reference="A"), nearby=[other]) == [Judgement(NEW)]


def test_what_answers_for_one_line_by_name_answers_for_no_other():
    near = [holding("t1", reference="A"), holding("t2", "Electricity")]
    book = known((near[0], line("Rent")))
    found = judged(line("Rent"), line(reference="A"), book=book, nearby=near)

    assert found == [there("t1"), Judgement(NEW)]


def test_what_was_entered_by_hand_answers_one_line_each():
    near = [holding("t1"), holding("t2"), holding("t3", "Other")]
    found = judged(line(), line(), line(), line("Other"), nearby=near)

    assert found == [there("t1"), there("t2"), Judgement(TWIN), there("t3")]


@pytest.mark.parametrize("more", [{"from_bank": True}, {"to_account_id": "savings"}])
def test_a_banks_line_or_a_transfer_is_not_taken_by_its_looks(more):
    found = judged(line(), nearby=[holding("t1", **more)], source=MARCH)

    assert found == [Judgement(DOUBTFUL, candidates=(Candidate("t1", 1, 0, 1.0),))]


def test_a_pending_one_that_looks_the_same_is_cleared_though_nobody_named_it():
    near = [holding("t1", status=Status.PENDING)]
    assert judged(line(), nearby=near) == [there("t1", clears=True)]


@pytest.mark.parametrize(
    ("day", "days"), [("2026-03-11", -3), ("2026-03-17", 3), ("2026-03-10", 0), ("2026-03-18", 0)]
)
def test_what_is_up_to_three_days_off_is_offered(day, days):
    (found,) = judged(line(), nearby=[holding("t1", date=day, version=7)])

    assert found.candidates == ((Candidate("t1", 7, days, 1.0),) if days else ())
    assert found.verdict is (DOUBTFUL if days else NEW)


def test_what_is_offered_has_the_lines_amount_in_its_account():
    one_day_later = {"date": "2026-03-15"}
    near = [
        holding("t1", **one_day_later),
        holding("t2", minor_units=-351, **one_day_later),
        holding("t3", account_id="savings", **one_day_later),
        holding("t4", to_account_id="savings", **one_day_later),
        holding("t5", minor_units=350, account_id="savings", to_account_id="giro",
                to_amount=usd(-350), **one_day_later),
        holding("t6", minor_units=350, account_id="savings", to_account_id="giro", **one_day_later),
    ]  # fmt: skip
    (found,) = judged(line(), nearby=near)

    assert [c.transaction_id for c in found.candidates] == ["t1", "t4", "t6"]
    (dollars,) = judged(line(amount=usd(-350)), nearby=near)
    assert [c.transaction_id for c in dollars.candidates] == ["t5"]


def test_the_other_side_of_a_transfer_is_offered_under_any_name_within_its_days():
    other_side = {"to_account_id": "savings", "from_bank": True}
    deposit = line("Anna", 350, account="savings")
    for day, verdict in (("2026-03-11", DOUBTFUL), ("2026-03-10", NEW)):
        near = [holding("t1", "To savings", date=day, **other_side)]
        assert [f.verdict for f in judged(deposit, nearby=near)] == [verdict]
    # From its own side it is the bank's, which has shown it.
    assert judged(line("To savings"), nearby=[holding("t1", "To savings", **other_side)]) == [
        Judgement(NEW)
    ]


@pytest.mark.parametrize(
    ("more", "source", "verdict"),
    [
        ({}, Source(), DOUBTFUL),
        ({"from_bank": True}, Source(), NEW),
        ({"from_bank": True}, MARCH, DOUBTFUL),
        ({"from_bank": True}, Source(from_date="2026-03-14", to_date="2026-03-31"), NEW),
        ({"from_bank": True, "status": Status.PENDING}, Source(), DOUBTFUL),
        ({"status": Status.PENDING}, Source(), DOUBTFUL),
        ({"document_id": "d"}, RECEIPT, NEW),
        ({"from_bank": True}, RECEIPT, DOUBTFUL),
    ],
)
def test_what_the_bank_has_shown_on_its_day_is_another(more, source, verdict):
    (found,) = judged(line(), nearby=[holding("t1", date="2026-03-13", **more)], source=source)

    assert found.verdict is verdict


def test_what_answers_for_a_line_is_offered_to_no_other():
    near = [holding("t1", date="2026-03-13")]
    book = known((near[0], line(date="2026-03-13")))
    found = judged(line(), line(date="2026-03-13"), book=book, nearby=near, source=MARCH)

    assert found == [Judgement(NEW), there("t1")]


def test_one_may_be_offered_to_two_lines():
    found = judged(line(), line(), nearby=[holding("t1", date="2026-03-13")])

    assert [each.verdict for each in found] == [DOUBTFUL, DOUBTFUL]


def test_a_twin_is_what_the_file_has_shown_before_whatever_that_was():
    book = known((holding("t1"), line("A")))
    near = [holding("t2", "B", date="2026-03-13")]
    lines = line("R"), line("R"), line("A"), line("A"), line("B", reference="1"), line("C")
    found = judged(*lines, book=book, nearby=near, refused={1: NO})

    assert [each.verdict for each in found] == [REFUSED, NEW, THERE, TWIN, DOUBTFUL, NEW]


def test_candidates_stand_by_likeness_then_nearness_then_id():
    near = [
        holding("t6", "Zoë Other"),
        holding("t5", date="2026-03-12"),
        holding("t2", date="2026-03-15"),
        holding("t3", date="2026-03-13"),
        holding("t1", date="2026-03-16"),
        holding("t4", "Zoë Other", date="2026-03-11"),
        holding("t0", "Else"),
    ]
    found = ranked(line("Zoë Berlin"), near)
    likeness = similarity("Zoë Berlin", "Zoë")

    alike = [("t2", 1), ("t3", -1), ("t1", 2), ("t5", -2)]
    assert found == (
        *(Candidate(id_, 1, days, likeness) for id_, days in alike),
        Candidate("t6", 1, 0, 0.475),
    )
    assert ranked(line(), near[:2]) == (
        Candidate("t5", 1, -2, 1.0), Candidate("t6", 1, 0, 0.95),
    )  # fmt: skip


def test_days_are_counted_across_months():
    assert days_between("2026-02-27", "2026-03-01") == 2
    assert days_between("2026-03-01", "2026-02-27") == -2
    assert days_around("2026-03-02") == ("2026-02-27", "2026-03-05")
    assert days_around("2026-01-01", 1) == ("2025-12-31", "2026-01-02")


def offered(*candidates: Candidate) -> Judgement:
    return Judgement(DOUBTFUL, candidates=candidates)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (there("t1"), there("t1"), True),
        (there("t1"), there("t2"), False),
        (there("t1"), there("t1", Why.REFERENCE), False),
        (there("t1"), there("t1", clears=True), False),
        (Judgement(NEW), Judgement(TWIN), False),
        (Judgement(REFUSED, refusal=NO), Judgement(REFUSED, refusal=Refusal("X", "x")), False),
        (offered(Candidate("a", 1, 0, 1.0), Candidate("b", 1, 0, 1.0)),
         offered(Candidate("b", 1, 2, 0.7), Candidate("a", 1, 1, 0.8)), True),
        (offered(Candidate("a", 1, 0, 1.0)), offered(Candidate("a", 2, 0, 1.0)), False),
        (offered(Candidate("a", 1, 0, 1.0)), offered(Candidate("b", 1, 0, 1.0)), False),
        (offered(Candidate("a", 1, 0, 1.0)), offered(), False),
    ],
)  # fmt: skip
def test_whether_a_verdict_that_was_shown_still_holds(one, other, same):
    assert same_verdict(one, other) is same_verdict(other, one) is same


@pytest.mark.parametrize(
    ("left", "right", "likeness"),
    [
        ("Zoë", "ZOE 4711", 1.0),
        ("Café Zoë GmbH", "The Cafe Zoe", 1.0),
        ("4711", "47 11", 0.99),
        ("4711", "4711", 1.0),
        ("Card Shop", "card shop", 1.0),
        ("", "Zoë", UNKNOWN),
        ("Zoë", " ", UNKNOWN),
        # One of one word, one of two, one of three: the share of the shorter name.
        ("Zoe", "Zoe Berlin", 0.95),
        ("Deutsche Bahn", "Deutsche Post", 0.475),
        ("Lidl Berlin Mitte", "Lidl Bonn Sued", 0.317),
        ("Zoe Zoe", "Zoe Berlin", 0.95),
        ("BP", "BP Berlin", 0.95),
        ("aaaa bbbb", "bbbb aaaa", 0.95),
        # Letters in common: four of five are one name, misspelt; of less, half.
        ("abcde", "abcdx", 0.8),
        ("Spotify", "SPOTIFYAB", 0.875),
        ("Spotify", "Spotyfi", 0.357),
        ("Rewe", "Edeka", 0.222),
        ("xyz", "qqq", 0.0),
        # One within the other, from four letters.
        ("abcd", "qqqabcdqqq", 0.8),
        ("qqqq", "abcqqqqabc", 0.8),
        ("abc", "qqqabcqqq", 0.25),
    ],
)
def test_how_alike_two_payees_are(left, right, likeness):
    assert similarity(left, right) == similarity(right, left) == likeness
    assert are_similar(left, right) is (likeness >= SIMILAR or not (left and right.strip()))


def test_a_payee_that_is_not_said_may_be_anyones():
    assert are_similar("", "Zoë")
    assert are_similar("Zoë", "")
    assert are_similar("", "")
    assert not are_similar("Zoë", "x")


def test_twelve_words_of_nineteen_are_just_enough():
    shared, own, others = [
        [letter * 3 for letter in letters] for letters in ("abcdefghijkl", "mnopqrs", "tuvxyzß")
    ]
    left, right = " ".join(shared + own), " ".join(shared + others)

    assert similarity(left, right) == SIMILAR
    assert are_similar(left, right)
    assert not are_similar(left[4:], right[4:])


@pytest.mark.parametrize(
    ("name", "like"),
    [
        # Only common words, numbers or single letters: then these tell.
        ("Visa Card", "Card Visa"),
        ("2026 17", "17 2026"),
        ("A B", "B A"),
    ],
)
def test_words_that_tell_nothing_are_compared_where_there_are_no_others(name, like):
    assert similarity(name, like) == 0.95
    assert similarity(f"{name} Zoe", "Zoe") == 1.0
