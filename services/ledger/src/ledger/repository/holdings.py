"""What the book holds that the lines of a file may be."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TypeVar

from kit.money import Money
from kit.mongo import Document, Mongo, Tx
from ledger.domain.entry import Change, Entry, Status
from ledger.domain.importing.holdings import Claim, Holding, Known
from ledger.domain.importing.lines import ImportLine
from ledger.domain.importing.planning import days_around
from ledger.repository.documents import entry_of
from ledger.repository.operations import undone_operations
from ledger.repository.search_fields import WITHOUT_SEARCH_FIELDS

T = TypeVar("T")
AT_ONCE = 1_000


class Holdings:
    """Reads as of the session's snapshot, or, without one, of now."""

    def __init__(self, mongo: Mongo, tx: Tx | None = None) -> None:
        self._db = mongo.db
        self._session = tx.session if tx else None

    async def known(self, owner: str, lines: Iterable[ImportLine]) -> Known:
        """What these lines are known as: by transactions booked so, and by earlier imports."""
        claims: dict[Claim, None] = {}
        for account_id, of_account in _by_account(lines).items():
            for part in _parts(of_account):
                looks = sorted({line.fingerprint for line in part})
                references = sorted({line.reference for line in part} - {""})
                for claim in await self._claims(owner, account_id, looks, references):
                    claims[claim] = None
        ids = {claim.transaction_id for claim in claims}
        for row in await self._lines_of(owner, ids):
            claims[_line_claim(row)] = None
        states = await self.states(owner, ids)
        return Known([c for c in claims if c.transaction_id in states], states)

    async def states(self, owner: str, ids: AbstractSet[str]) -> Mapping[str, Holding]:
        """The transactions of these ids, as they stand or as a person deleted them; those whose
        booking was undone are not held."""
        found: dict[str, Holding] = {}
        for part in _parts(sorted(ids)):
            of_these = {"user_id": owner, "transaction_id": {"$in": part}}
            for row in await self._rows({**of_these, "live": True}):
                found[row["transaction_id"]] = _holding(row)
            gone = [id_ for id_ in part if id_ not in found]
            for row in await self._deleted(owner, gone) if gone else ():
                found[row["transaction_id"]] = _holding(row, deleted=True)
        bank = {row["transaction_id"] for row in await self._lines_of(owner, set(found))}
        return _marked(found, bank)

    async def nearby(self, owner: str, lines: Iterable[ImportLine]) -> Sequence[Holding]:
        """What stands in the lines' accounts with one of their amounts, on days around theirs."""
        found: dict[str, Holding] = {}
        for account_id, of_account in _by_account(lines).items():
            for part in _parts(sorted(of_account, key=lambda line: line.input.date)):
                for row in await self._rows(_around(owner, account_id, part)):
                    found[row["transaction_id"]] = _holding(row)
        bank = {row["transaction_id"] for row in await self._lines_of(owner, set(found))}
        return [holding for _, holding in sorted(_marked(found, bank).items())]

    async def entries(self, owner: str, ids: AbstractSet[str]) -> Mapping[str, Entry]:
        """The entries in force of these transactions."""
        query = {"user_id": owner, "transaction_id": {"$in": sorted(ids)}, "live": True}
        rows = self._db.entries.find(query, WITHOUT_SEARCH_FIELDS, session=self._session)
        return {row["transaction_id"]: entry_of(row) async for row in rows}

    async def booked_drafts(self, owner: str, draft_ids: Sequence[str]) -> Mapping[str, str]:
        """Transaction by draft, of the drafts that an import has booked or recognised."""
        query = {"user_id": owner, "draft_id": {"$in": sorted(draft_ids)}}
        rows = await self._lines({**query, "transaction_id": {"$gt": ""}})
        return {row["draft_id"]: row["transaction_id"] for row in rows}

    async def undone(self, owner: str, operations: AbstractSet[str]) -> AbstractSet[str]:
        """Which of these operations were taken back, and not taken up again."""
        return await undone_operations(self._db, owner, operations, self._session)

    async def _claims(
        self, owner: str, account_id: str, looks: Sequence[str], references: Sequence[str]
    ) -> Sequence[Claim]:
        place = {"user_id": owner, "account_id": account_id}
        entries = await self._entry_claims({**place, "booked_fingerprint": {"$in": looks}})
        lines = await self._lines({**place, "fingerprint": {"$in": looks}, "claims": True})
        if references:
            entries += await self._entry_claims({**place, "booked_reference": {"$in": references}})
            of_line = {**place, "reference": {"$in": references}, "claims": True}
            lines += await self._lines(of_line)
        return [_line_claim(row) for row in lines] + [
            Claim(
                row["transaction_id"],
                account_id,
                row["booked_fingerprint"],
                row.get("booked_reference", ""),
            )
            for row in entries
        ]

    async def _entry_claims(self, query: Document) -> list[Document]:
        fields = {
            "transaction_id": 1,
            "booked_fingerprint": 1,
            "booked_reference": 1,
        }
        return await self._db.entries.find(query, fields, session=self._session).to_list()

    async def _lines(self, query: Document) -> list[Document]:
        """The lines of imports that were not undone."""
        fields = {
            "import_id": 1,
            "transaction_id": 1,
            "account_id": 1,
            "fingerprint": 1,
            "reference": 1,
            "draft_id": 1,
        }
        rows = await self._db.import_lines.find(query, fields, session=self._session).to_list()
        undone = await self.undone(query["user_id"], {row["import_id"] for row in rows})
        return [row for row in rows if row["import_id"] not in undone]

    async def _lines_of(self, owner: str, ids: AbstractSet[str]) -> Sequence[Document]:
        """The lines of banks that these transactions are known to be."""
        found: list[Document] = []
        for part in _parts(sorted(ids)):
            query = {"user_id": owner, "transaction_id": {"$in": part}, "claims": True}
            found += await self._lines(query)
        return found

    async def _deleted(self, owner: str, ids: Sequence[str]) -> Sequence[Document]:
        """The last deletion of each, but of those whose booking was undone: they claim nothing."""
        of_these = {"user_id": owner, "transaction_id": {"$in": ids}}
        claiming = {**of_these, "booked_fingerprint": {"$exists": True}}
        claims = {row["transaction_id"] for row in await self._entry_claims(claiming)}
        rows = await self._rows({**of_these, "change": Change.DELETED.value})
        newest = {row["transaction_id"]: row for row in sorted(rows, key=lambda row: row["seq"])}
        return [row for id_, row in newest.items() if id_ in claims]

    async def _rows(self, query: Document) -> list[Document]:
        fields = {**WITHOUT_SEARCH_FIELDS, "postings": 0}
        return await self._db.entries.find(query, fields, session=self._session).to_list()


def _around(owner: str, account_id: str, lines: Sequence[ImportLine]) -> Document:
    """`lines` are in the order of their dates. From the other side of a transfer an amount has the
    other sign, and across currencies another number, which the first two conditions let through."""
    first, _ = days_around(lines[0].input.date)
    _, last = days_around(lines[-1].input.date)
    amounts = {line.input.amount.minor_units for line in lines}
    either = sorted(amounts | {-units for units in amounts})
    return {
        "user_id": owner,
        "live": True,
        "postings.account_id": account_id,
        "date": {"$gte": first, "$lte": last},
        "$or": [{"amount": {"$in": either}}, {"to_amount": {"$in": either}}],
    }


def _holding(row: Document, *, deleted: bool = False) -> Holding:
    # What deletes is the reverse of what it deleted.
    sign = -1 if row["reverses"] else 1
    reaches = Money(sign * row["to_amount"], row["to_currency"]) if row["to_currency"] else None
    return Holding(
        transaction_id=row["transaction_id"],
        version=row["version"],
        account_id=row["account_id"],
        date=row["date"],
        amount=Money(sign * row["amount"], row["currency"]),
        payee=row["payee"],
        status=Status(row["status"]),
        to_account_id=row["to_account_id"],
        to_amount=reaches,
        has_documents=bool(row["document_ids"]),
        document_id=row["document_id"],
        reference=row["bank_reference"],
        from_bank=bool(row["bank_reference"]),
        deleted=deleted,
    )


def _marked(found: Mapping[str, Holding], bank: AbstractSet[str]) -> Mapping[str, Holding]:
    """With those marked that a line of a bank is known to be."""
    return {
        id_: replace(holding, from_bank=holding.from_bank or id_ in bank)
        for id_, holding in found.items()
    }


def _line_claim(row: Document) -> Claim:
    return Claim(row["transaction_id"], row["account_id"], row["fingerprint"], row["reference"])


def _by_account(lines: Iterable[ImportLine]) -> Mapping[str, list[ImportLine]]:
    found: dict[str, list[ImportLine]] = {}
    for line in lines:
        found.setdefault(line.input.account_id, []).append(line)
    return found


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]
