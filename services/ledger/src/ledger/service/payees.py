"""Payees: list, change, rename, merge."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from kit.clock import Clock
from kit.idempotency import Idempotency
from kit.mongo import Mongo, Tx
from ledger.domain.book import Book
from ledger.domain.command import Action, Edit, Key
from ledger.domain.entry import Change, Entry
from ledger.domain.errors import CategoryNotFound, InvalidFields
from ledger.domain.operation import (
    MAX_ROWS,
    Operation,
    OperationKind,
    Row,
    RowOutcome,
)
from ledger.domain.payee import (
    SEARCH_LENGTH,
    Payee,
    PayeeChange,
    PayeeCursor,
    PayeeMove,
    PayeeNotFound,
    PayeeUsage,
    payee_id,
)
from ledger.domain.search import page_limit
from ledger.domain.transaction import input_of, transaction_of
from ledger.repository.categories import Categories
from ledger.repository.operations import Operations
from ledger.repository.payees import Payees
from ledger.service.books import BookService
from ledger.service.rows import Plan, RowWriter
from ledger.service.search_payees import SearchPayees
from ledger.service.series_payees import SeriesPayees


@dataclass(frozen=True, slots=True)
class PayeePage:
    payees: Sequence[Payee]
    # None when this was the last page.
    next: PayeeCursor | None


@dataclass(frozen=True, slots=True)
class PayeesMoved:
    """`has_more` where there were more transactions than one operation takes."""

    payee: Payee
    operation: Operation
    rows: Sequence[Row]
    has_more: bool


class PayeeService:
    def __init__(
        self,
        *,
        mongo: Mongo,
        payees: Payees,
        categories: Categories,
        operations: Operations,
        rows: RowWriter,
        series: SeriesPayees,
        searches: SearchPayees,
        book_service: BookService,
        idempotency: Idempotency,
        clock: Clock,
    ) -> None:
        self._mongo = mongo
        self._payees = payees
        self._categories = categories
        self._operations = operations
        self._rows = rows
        self._series = series
        self._searches = searches
        self._books = book_service
        self._idempotency = idempotency
        self._clock = clock

    async def get_payee(self, *, owner: str, payee_id: str) -> Payee:
        """Raises PayeeNotFound."""
        found = (await self._payees.get(owner, [payee_id])).get(payee_id)
        if found is None:
            raise PayeeNotFound
        (payee,) = await self._with_usage(owner, [found])
        return payee

    async def list_payees(self, *, owner: str, search: str, cursor: str, limit: int) -> PayeePage:
        """The page after the cursor, by name. Raises InvalidFields."""
        if len(search) > SEARCH_LENGTH:
            raise InvalidFields([("search", f"at most {SEARCH_LENGTH} characters")])
        limit, after = page_limit(limit), PayeeCursor.parse(cursor)
        listed: list[Payee] = []
        while len(listed) <= limit:
            found = await self._payees.page(owner, search=search, after=after, limit=limit + 1)
            listed += [p for p in await self._with_usage(owner, found) if p.is_listed]
            if len(found) <= limit:
                break
            after = PayeeCursor.at(found[-1])
        page = listed[:limit]
        return PayeePage(page, PayeeCursor.at(page[-1]) if len(listed) > limit else None)

    async def update_payee(
        self, *, owner: str, payee_id: str, expected_version: int, change: PayeeChange, key: Key
    ) -> Payee:
        """Raises PayeeNotFound, VersionMismatch, CategoryNotFound."""

        async def update(tx: Tx) -> Payee | None:
            named = {payee_id, change.imported_as_id or payee_id}
            known = await self._payees.get(owner, named, tx)
            if payee_id not in known:
                raise PayeeNotFound
            if change.imported_as_id == payee_id or named - known.keys():
                raise PayeeNotFound("imported_as_id")
            await self._require_category(tx, owner, change.default_category_id)
            payee = known[payee_id].changed_by(change, expected_version=expected_version)
            await self._payees.put(tx, payee)
            return payee

        changed = await self._idempotency.once(
            owner=owner,
            key=key,
            work=update,
            encode=lambda _: b"",
            decode=lambda _: None,
        )
        if changed is None:
            return await self.get_payee(owner=owner, payee_id=payee_id)
        # Answer with this edit; the stored payee may be another client's by now.
        (payee,) = await self._with_usage(owner, [changed])
        return payee

    async def move_payees(
        self, *, owner: str, actor: str, move: PayeeMove, key: Key
    ) -> PayeesMoved:
        """Give all transactions of these payees another name, as one operation: a rename, or a
        merge into the payee that has it already.

        Under the same key it goes on where it stopped. Raises InvalidFields, PayeeNotFound,
        IdempotencyConflict, OperationUndone.
        """
        move.check()
        move = replace(move, name=move.name.strip())
        operation = await self._rows.known(owner=owner, key=key)
        if operation is None:
            await self._require_known(owner, move.ids)
            ids = await self._to_move(owner, move, most=MAX_ROWS)
            operation = await self._rows.begin(
                owner=owner,
                actor=actor,
                kind=OperationKind.MOVE_PAYEES,
                key=key,
                ids=ids,
                intent={**asdict(move), "ids": list(move.ids)},
            )
        operation, rows = await self._carry_out(operation, move)
        left = await self._to_move(owner, move, most=len(operation.ids) + 1)
        return PayeesMoved(
            payee=await self.get_payee(owner=owner, payee_id=move.target_id),
            operation=operation,
            rows=rows,
            has_more=bool(set(left) - set(operation.ids)),
        )

    async def go_on(self, moving: Operation) -> tuple[Operation, Sequence[Row]]:
        """Finish a move that was cut off."""
        kept = {**moving.intent, "ids": tuple(moving.intent["ids"])}
        return await self._carry_out(moving, PayeeMove(**kept))

    async def _carry_out(
        self, operation: Operation, move: PayeeMove
    ) -> tuple[Operation, Sequence[Row]]:
        book = await self._books.book(owner=operation.owner)
        return await self._rows.run(
            operation,
            count=len(operation.ids),
            plan=self._plan(operation, move, book),
            closing=lambda tx: self._note(tx, operation, move),
        )

    def _plan(self, operation: Operation, move: PayeeMove, book: Book) -> Plan:
        async def plan(numbers: Sequence[int]) -> Sequence[Action | Row]:
            ids = [operation.ids[number] for number in numbers]
            newest = await self._operations.newest(operation.owner, ids)
            return [_moved(operation, newest[id_], move, book) for id_ in ids]

        return plan

    async def _note(self, tx: Tx, operation: Operation, move: PayeeMove) -> None:
        """What the payees are after their transactions were moved."""
        owner, target_id = operation.owner, move.target_id
        known = await self._payees.get(owner, {*move.ids, target_id}, tx)
        moved = [known[id_] for id_ in move.ids if id_ in known and id_ != target_id]
        target = known.get(target_id) or Payee(target_id, owner, move.name, self._clock.now())
        category = target.default_category_id or next(
            (p.default_category_id for p in moved if p.default_category_id), ""
        )
        # A payee that others become is itself; else two of them would point at one another.
        target = replace(
            target,
            name=move.name,
            version=target.version + (target_id in known),
            default_category_id=category,
            imported_as_id="",
            imported_by="",
            moved=False,
        )
        await self._payees.put(tx, target)
        for payee in moved:
            await self._payees.put(
                tx,
                payee.moved_to(
                    target_id, operation_id=operation.id, also_imports=move.also_imports
                ),
            )
        await self._series.moved(tx, operation, move)
        await self._searches.moved(tx, operation, move)

    async def _to_move(self, owner: str, move: PayeeMove, *, most: int) -> Sequence[str]:
        """The transactions of these payees that don't have the name yet, at most so many."""
        return await self._payees.misnamed(owner, move.ids, name=move.name, limit=most)

    async def _require_known(self, owner: str, ids: Sequence[str]) -> None:
        known = await self._payees.get(owner, ids)
        for i, id_ in enumerate(ids):
            if id_ not in known:
                raise PayeeNotFound(f"ids[{i}]")

    async def _require_category(self, tx: Tx, owner: str, category_id: str | None) -> None:
        if category_id and await self._categories.get(tx, owner, category_id) is None:
            raise CategoryNotFound("default_category_id")

    async def _with_usage(self, owner: str, payees: Sequence[Payee]) -> Sequence[Payee]:
        if not payees:
            return ()
        usage = await self._payees.usage(owner, [payee.id for payee in payees])
        return [replace(p, usage=usage.get(p.id, PayeeUsage())) for p in payees]


def _moved(operation: Operation, newest: Entry, move: PayeeMove, book: Book) -> Action | Row:
    id_ = newest.transaction_id
    if newest.operation_id == operation.id:
        return Row(id_, RowOutcome.DONE)
    said = input_of(transaction_of(newest, book))
    # Someone deleted it, or named another payee, since it was selected.
    is_there = newest.change is not Change.DELETED and payee_id(said.payee) in move.ids
    if not is_there or said.payee == move.name:
        return Row(id_, RowOutcome.UNCHANGED)
    return Edit(id_, newest.version, replace(said, payee=move.name))
