"""What is done about each line: what its verdict asks for, or what a person says instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ledger.domain.entry import Status
from ledger.domain.fields import FieldCheck
from ledger.domain.importing.lines import ImportLine
from ledger.domain.importing.planning import Judgement, Verdict
from ledger.domain.transaction import Split, Transaction, TransactionInput, input_of


class Choice(StrEnum):
    """What a person says about a line."""

    ADD = "add"
    SKIP = "skip"
    MATCH = "match"


@dataclass(frozen=True, slots=True)
class Override:
    """A person's word on the line at this place of the plan, from 1."""

    line: int
    choice: Choice | None
    # Of a match: the transaction that the line is.
    transaction_id: str = ""


class Act(StrEnum):
    """What a commit does about a line."""

    # Post a new transaction.
    ADD = "add"
    # Bring back what a person had deleted.
    RESTORE = "restore"
    # Make it and a transaction of the book one.
    MATCH = "match"
    # Clear the pending transaction that it is.
    CLEAR = "clear"
    # Remember only what it was recognised as.
    RECOGNISE = "recognise"
    # Nothing.
    LEAVE = "leave"


class Outcome(StrEnum):
    """What became of a line."""

    ADDED = "added"
    ALREADY_THERE = "already_there"
    MATCHED = "matched"
    RESTORED = "restored"
    # Nobody has said whether it is one of its candidates; it was not booked.
    DOUBTFUL = "doubtful"
    DELETED_BEFORE = "deleted_before"
    SKIPPED = "skipped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done about a line, and what it then counts as."""

    act: Act
    outcome: Outcome
    transaction_id: str = ""
    # What the transaction must still be; 0 doesn't ask.
    expected_version: int = 0


_BY_ITSELF: Mapping[Verdict, tuple[Act, Outcome]] = {
    Verdict.NEW: (Act.ADD, Outcome.ADDED),
    Verdict.TWIN_KEPT: (Act.ADD, Outcome.ADDED),
    Verdict.ALREADY_THERE: (Act.RECOGNISE, Outcome.ALREADY_THERE),
    Verdict.DELETED_BEFORE: (Act.LEAVE, Outcome.DELETED_BEFORE),
    Verdict.DOUBTFUL: (Act.LEAVE, Outcome.DOUBTFUL),
    Verdict.REFUSED: (Act.LEAVE, Outcome.REFUSED),
}


def decide(judgement: Judgement, override: Override | None) -> Decision:
    """The decision on one line."""
    if override is None:
        return _by_itself(judgement)
    match override.choice:
        case Choice.SKIP:
            return Decision(Act.LEAVE, Outcome.SKIPPED)
        case Choice.MATCH:
            return _matched(judgement, override.transaction_id)
        case _:
            return _added(judgement)


def _by_itself(judgement: Judgement) -> Decision:
    act, outcome = _BY_ITSELF[judgement.verdict]
    if act is Act.ADD:
        return _added(judgement)
    if act is Act.RECOGNISE:
        act = Act.CLEAR if judgement.clears else act if judgement.transaction_id else Act.LEAVE
    return Decision(act, outcome, judgement.transaction_id)


def _added(judgement: Judgement) -> Decision:
    if judgement.verdict is Verdict.DELETED_BEFORE:
        return Decision(Act.RESTORE, Outcome.RESTORED, judgement.transaction_id)
    return Decision(Act.ADD, Outcome.ADDED)


def _matched(judgement: Judgement, transaction_id: str) -> Decision:
    version = next(
        (c.version for c in judgement.candidates if c.transaction_id == transaction_id), 0
    )
    return Decision(Act.MATCH, Outcome.MATCHED, transaction_id, version)


def check_overrides(
    overrides: Sequence[Override], judgements: Mapping[int, Judgement]
) -> Mapping[int, Override]:
    """The overrides by line. Raises InvalidFields, which names all that can't be."""
    check = FieldCheck()
    by_line: dict[int, Override] = {}
    for i, override in enumerate(overrides):
        at = f"overrides[{i}]"
        if override.line not in judgements:
            check.wrong(f"{at}.line", "is no line of this plan")
        elif override.line in by_line:
            check.wrong(f"{at}.line", "is said twice")
        elif override.choice is None:
            check.wrong(f"{at}.choice", "one of " + ", ".join(Choice))
        elif judgements[override.line].verdict is Verdict.REFUSED:
            if override.choice is not Choice.SKIP:
                check.wrong(f"{at}.choice", "a line that was refused can't be booked")
        elif bool(override.transaction_id) is not (override.choice is Choice.MATCH):
            check.wrong(f"{at}.transaction_id", "belongs to a match, and only to a match")
        by_line[override.line] = override
    _check_targets(check, overrides, judgements, by_line)
    check.finish()
    return by_line


def _check_targets(
    check: FieldCheck,
    overrides: Sequence[Override],
    judgements: Mapping[int, Judgement],
    by_line: Mapping[int, Override],
) -> None:
    """A transaction answers for one line of a file."""
    taken = {
        judgement.transaction_id
        for line, judgement in judgements.items()
        if judgement.verdict is Verdict.ALREADY_THERE and line not in by_line
    }
    for i, override in enumerate(overrides):
        if override.choice is Choice.MATCH and override.transaction_id:
            if override.transaction_id in taken:
                check.wrong(
                    f"overrides[{i}].transaction_id", "another line of this file is it already"
                )
            taken.add(override.transaction_id)


def matched_input(
    transaction: Transaction, line: ImportLine, *, is_receipt: bool = False
) -> TransactionInput:
    """A transaction and the line that is found to be it, made one: the day, the amount, the
    reference and that it is cleared are the bank's; the payee, the categories, the documents and
    the notes are those of the receipt, or of whoever entered it."""
    standing = input_of(transaction)
    if line.input.account_id != transaction.account_id:
        # The other side of a transfer: the bank of this side says nothing new about that one.
        return standing
    if is_receipt:
        return _with_receipt(standing, line)
    reference = line.reference or transaction.origin.bank_reference
    changed = replace(
        standing,
        payee=standing.payee or line.input.payee,
        description=standing.description or line.input.description,
        origin=replace(standing.origin, bank_reference=reference),
    )
    if transaction.status is Status.RECONCILED:
        return changed
    changed = replace(changed, date=line.input.date, status=line.input.status)
    return _categorised(_amounting(changed, line), line)


def _with_receipt(standing: TransactionInput, line: ImportLine) -> TransactionInput:
    documents = (line.input.origin.document_id, *line.input.document_ids)
    changed = replace(
        standing,
        payee=line.input.payee or standing.payee,
        description=standing.description or line.input.description,
        tags=(*standing.tags, *line.input.tags),
        document_ids=(*standing.document_ids, *documents),
    ).tidied()
    if line.input.splits and line.input.amount == standing.amount and not _is_said(changed):
        return _from_line(replace(changed, splits=line.input.splits), line)
    return _categorised(changed, line)


def cleared_input(transaction: Transaction) -> TransactionInput:
    return replace(input_of(transaction), status=Status.CLEARED)


def _amounting(input_: TransactionInput, line: ImportLine) -> TransactionInput:
    """With the bank's amount. Where that differs and there are several splits, they no longer add
    up, and the posting says so."""
    if len(input_.splits) == 1:
        split = input_.splits[0]
        splits: Sequence[Split] = (Split(split.category_id, line.input.amount, split.memo),)
        return replace(input_, amount=line.input.amount, splits=splits)
    return replace(input_, amount=line.input.amount)


def _categorised(input_: TransactionInput, line: ImportLine) -> TransactionInput:
    if _is_said(input_):
        return input_
    return _from_line(replace(input_, category_id=line.input.category_id), line)


def _from_line(input_: TransactionInput, line: ImportLine) -> TransactionInput:
    """The input, whose category is the line's: reviewed or not, as it was there."""
    unreviewed = line.input.origin.category_unreviewed
    return replace(input_, origin=replace(input_.origin, category_unreviewed=unreviewed))


def _is_said(input_: TransactionInput) -> bool:
    """Whether anyone has said where the amount goes."""
    return bool(input_.category_id or input_.splits or input_.to_account_id)
