"""Imports and their lines ↔ Mongo documents."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from kit.money import Money
from kit.mongo import Document
from ledger.domain.importing.batch import PLAN_LIVES, Import, PlannedLine, Stage, Tally
from ledger.domain.importing.decisions import Choice, Outcome, Override
from ledger.domain.importing.lines import Coverage, ImportLine, Source
from ledger.domain.importing.planning import Candidate, Judgement, Refusal, Verdict, Why
from ledger.repository.input_documents import input_document, input_of

# The lines of a plan outlive its head, so that a commit that began on the last day has them all.
_LINES_LIVE = PLAN_LIVES + timedelta(days=7)


def import_document(head: Import) -> Document:
    row: Document = {
        "_id": head.id,
        "user_id": head.owner,
        "actor_id": head.actor,
        "stage": head.stage.value,
        "document_id": head.source.document_id,
        "file_name": head.source.file_name,
        "from_date": head.source.from_date,
        "to_date": head.source.to_date,
        "is_receipt": head.source.is_receipt,
        "line_count": head.line_count,
        "verdicts": _tallies_document(head.verdicts),
        "coverage": [
            {
                "account_id": c.account_id,
                "from_date": c.from_date,
                "to_date": c.to_date,
                "lines": c.lines,
            }
            for c in head.coverage
        ],
        "created_at": head.created_at,
        "version": head.version,
        "done": head.done,
        "outcomes": _tallies_document(head.outcomes),
        "decisions_hash": head.decisions_hash,
        "committed_at": head.committed_at,
    }
    if head.stage is Stage.PLANNED:
        row["expires_at"] = head.created_at + PLAN_LIVES
    return row


def import_of(row: Document, *, undone: bool = False) -> Import:
    return Import(
        id=row["_id"],
        owner=row["user_id"],
        actor=row["actor_id"],
        stage=Stage(row["stage"]),
        source=Source(
            row["document_id"],
            row["file_name"],
            row["from_date"],
            row["to_date"],
            row["is_receipt"],
        ),
        line_count=row["line_count"],
        verdicts={Verdict(name): t for name, t in _tallies_of(row["verdicts"]).items()},
        coverage=tuple(
            Coverage(c["account_id"], c["from_date"], c["to_date"], c["lines"])
            for c in row["coverage"]
        ),
        created_at=row["created_at"],
        version=row["version"],
        done=row["done"],
        outcomes={Outcome(name): t for name, t in _tallies_of(row["outcomes"]).items()},
        decisions_hash=row["decisions_hash"],
        committed_at=row["committed_at"],
        undone=undone,
    )


def line_document(head: Import, planned: PlannedLine) -> Document:
    """A line of a plan, which is forgotten with it."""
    row = line_fields(head.owner, head.id, planned)
    return {**row, "expires_at": head.created_at + _LINES_LIVE}


def line_fields(owner: str, import_id: str, planned: PlannedLine) -> Document:
    """The fields of a planned line before its commit."""
    line = planned.line
    return {
        "_id": line_id(import_id, planned.position),
        "user_id": owner,
        "import_id": import_id,
        "position": planned.position,
        "row": line.row,
        "unreadable": line.unreadable,
        "said": line.said,
        "input": input_document(line.input),
        "account_id": line.input.account_id,
        "fingerprint": line.fingerprint,
        "reference": line.reference,
        "draft_id": line.input.origin.draft_id,
        **judgement_fields(planned.judgement),
    }


def item_document(owner: str, key: str, line: ImportLine, transaction_id: str) -> Document:
    """A line that came one by one, of the document that is its import's."""
    origin = line.input.origin
    return {
        "_id": f"{owner}/{key}",
        "user_id": owner,
        "import_id": origin.document_id,
        "position": 0,
        "account_id": line.input.account_id,
        "fingerprint": line.fingerprint,
        "reference": line.reference,
        "draft_id": origin.draft_id,
        "transaction_id": transaction_id,
        "claims": True,
    }


def line_id(import_id: str, position: int) -> str:
    return f"{import_id}/{position}"


def planned_line_of(row: Document, decisions_hash: str = "") -> PlannedLine:
    outcome = row.get("outcome")
    return PlannedLine(
        row["position"],
        ImportLine(row["row"], input_of(row["input"]), row["unreadable"], row["said"]),
        _judgement_of(row),
        override=_override_of(row, decisions_hash),
        outcome=Outcome(outcome) if outcome else None,
        transaction_id=row.get("transaction_id", ""),
        refusal=_refusal_of(row.get("refused")),
    )


def judgement_fields(judgement: Judgement) -> Document:
    return {
        "verdict": judgement.verdict.value,
        "found_id": judgement.transaction_id,
        "why": judgement.why.value if judgement.why else "",
        "clears": judgement.clears,
        "candidates": [
            {
                "transaction_id": c.transaction_id,
                "version": c.version,
                "days_apart": c.days_apart,
                "likeness": c.likeness,
            }
            for c in judgement.candidates
        ],
        "refusal": _refusal_document(judgement.refusal),
    }


def outcome_fields(planned: PlannedLine, *, claims: bool) -> Document:
    """What a commit adds to a line; `claims` says that the transaction is known to be it."""
    override = _override_fields(planned.override) if planned.override else {}
    fields: Document = {
        **override,
        "outcome": planned.outcome.value if planned.outcome else "",
        "transaction_id": planned.transaction_id,
        "refused": _refusal_document(planned.refusal),
    }
    return {**fields, "claims": True} if claims else fields


def said_choice(decisions_hash: str, override: Override) -> Document:
    """The field of a line that keeps an override until its line is booked."""
    return {f"choices.{decisions_hash}": _override_fields(override)}


def choices_of(row: Document) -> Mapping[str, Override]:
    """The overrides that wait for their commits, by hash."""
    return {
        hash_: Override(
            row["position"], Choice(said["choice"]) if said["choice"] else None, said["choice_id"]
        )
        for hash_, said in row.get("choices", {}).items()
    }


def choices_document(choices: Mapping[str, Override]) -> Document:
    return {hash_: _override_fields(override) for hash_, override in choices.items()}


def _override_fields(override: Override) -> Document:
    choice = override.choice.value if override.choice else ""
    return {"choice": choice, "choice_id": override.transaction_id}


def _override_of(row: Document, decisions_hash: str) -> Override | None:
    said = row.get("choices", {}).get(decisions_hash, row)
    choice = said.get("choice")
    return Override(row["position"], Choice(choice), said["choice_id"]) if choice else None


def _judgement_of(row: Document) -> Judgement:
    return Judgement(
        Verdict(row["verdict"]),
        row["found_id"],
        Why(row["why"]) if row["why"] else None,
        row["clears"],
        tuple(
            Candidate(c["transaction_id"], c["version"], c["days_apart"], c["likeness"])
            for c in row["candidates"]
        ),
        _refusal_of(row["refusal"]),
    )


def _refusal_document(refusal: Refusal | None) -> Document | None:
    return None if refusal is None else {"name": refusal.name, "message": refusal.message}


def _refusal_of(row: Document | None) -> Refusal | None:
    return None if row is None else Refusal(row["name"], row["message"])


def _tallies_document(tallies: Mapping[Any, Tally]) -> Document:
    return {
        name.value: {
            "count": tally.count,
            "sums": {money.currency: money.minor_units for money in tally.sums},
        }
        for name, tally in tallies.items()
    }


def _tallies_of(row: Document) -> Mapping[str, Tally]:
    return {
        name: Tally(
            tally["count"],
            tuple(Money(units, currency) for currency, units in sorted(tally["sums"].items())),
        )
        for name, tally in row.items()
    }
