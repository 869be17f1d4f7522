"""The review queue: correcting, accepting and rejecting drafts.

Accepting is two transactions with a booking between them. The first records the person's word
(`accepting`); then the ledger books under the draft's id as key, so that asking again books nothing
twice; the second records the outcome. A sweep finishes what a crash left between the two.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta

from ingest.domain.documents import Document, DocumentStatus, Problem
from ingest.domain.drafts import Correction, Draft, DraftStatus
from ingest.domain.errors import booking_refused
from ingest.repository.documents import Documents
from ingest.repository.drafts import Drafts
from ingest.service.ports import Announcements, Booking, Ledger, LedgerAway
from kit.clock import Clock
from kit.cursors import read_cursor, write_cursor
from kit.logging import get_logger
from kit.mongo import Mongo, Tx
from kit.rows import Found
from kit.telemetry import continued
from kit.transient import is_transient

log = get_logger(__name__)

BOOKED_AT_ONCE = 200
LEFT_BEHIND_AFTER = timedelta(seconds=20)
SWEPT_AT_ONCE = 500
_OF_DOCUMENT, _WAITING = "drafts-of-document", "drafts"

Book = Callable[[Sequence[Draft]], Awaitable[Sequence[Booking]]]


class Review:
    """Drafts, as a person decides on them."""

    def __init__(
        self,
        *,
        mongo: Mongo,
        documents: Documents,
        drafts: Drafts,
        ledger: Ledger,
        announcements: Announcements,
        clock: Clock,
    ) -> None:
        self._mongo = mongo
        self._documents = documents
        self._drafts = drafts
        self._ledger = ledger
        self._announcements = announcements
        self._clock = clock

    async def list_drafts(
        self, *, owner: str, document_id: str, cursor: str, limit: int
    ) -> tuple[Sequence[Draft], str]:
        """A page and the cursor of the next (empty at the end).

        Of a document: all of its drafts in their order. Without one: all that wait, newest first.
        Raises DocumentNotFound, InvalidCursor.
        """
        if document_id:
            await self._documents.get(owner, document_id)
            position = read_cursor(cursor, _OF_DOCUMENT, int)
            found = await self._drafts.document_page(
                owner, document_id, after=int(position[0]) if position else 0, limit=limit + 1
            )
            last = found[limit - 1] if len(found) > limit else None
            return found[:limit], write_cursor(_OF_DOCUMENT, last.position) if last else ""
        id_ = read_cursor(cursor, _WAITING, str)
        found = await self._drafts.waiting_page(
            owner, before=str(id_[0]) if id_ else "", limit=limit + 1
        )
        last = found[limit - 1] if len(found) > limit else None
        return found[:limit], write_cursor(_WAITING, last.id) if last else ""

    async def correct(
        self, *, owner: str, draft_id: str, correction: Correction, expected_version: int
    ) -> Draft:
        """Raises DraftNotFound, DraftDecided, VersionMismatch, InvalidField."""

        async def change(tx: Tx) -> Draft:
            draft = await self._drafts.get(owner, draft_id, tx=tx)
            corrected = draft.corrected(
                correction, expected_version=expected_version, at=self._clock.now()
            )
            if corrected is not draft:
                await self._drafts.replace(tx, [corrected])
            return corrected

        return await self._mongo.in_transaction(change)

    async def reject(self, *, owner: str, draft_id: str) -> Draft:
        """Leave it out of the books; rejecting twice is the same. Raises DraftNotFound,
        DraftDecided.
        """

        async def change(tx: Tx) -> Draft:
            draft = await self._drafts.get(owner, draft_id, tx=tx)
            if draft.status is DraftStatus.REJECTED:
                return draft
            rejected = draft.rejected(at=self._clock.now())
            await self._decide(tx, owner, draft.document_id, [rejected])
            return rejected

        return await self._mongo.in_transaction(change)

    async def accept(self, *, owner: str, draft_id: str, expected_version: int) -> Draft:
        """Book it, once, however often it is asked.

        While the ledger is away the draft is answered as `accepting` and booked later.
        Raises DraftNotFound, DraftDecided, DraftNotReady, VersionMismatch, AccountRequired,
        AmountRequired, DateRequired, BookingRefused.
        """

        async def give_word(tx: Tx) -> Draft:
            draft = await self._drafts.get(owner, draft_id, tx=tx)
            if draft.status in (DraftStatus.ACCEPTING, DraftStatus.ACCEPTED):
                return draft
            now = self._clock.now()
            accepting = draft.accepting(expected_version=expected_version, at=now)
            confirmed = accepting.confirmed(at=now)
            await self._drafts.replace(tx, [confirmed])
            return confirmed

        draft = await self._mongo.in_transaction(give_word)
        if draft.status is DraftStatus.ACCEPTED:
            return draft
        refusals = await self._book([draft], self._ledger.book)
        if refusals:
            raise booking_refused(refusals[0].reason, refusals[0].message)
        return await self._drafts.get(owner, draft_id)

    async def accept_document(
        self, *, owner: str, document_id: str, draft_ids: AbstractSet[str] = frozenset()
    ) -> tuple[Document, Sequence[Draft]]:
        """Book every draft of it that is ready and complete, or of these only those named; what the
        ledger refuses stays, with its problem.

        Raises DocumentNotFound; and, where not one of the ready drafts is complete, what the first
        one lacks.
        """

        async def give_word(tx: Tx) -> Sequence[Draft]:
            await self._documents.get(owner, document_id, tx=tx)
            drafts = await self._drafts.of_document(owner, document_id, tx=tx)
            now = self._clock.now()
            ready = [
                draft
                for draft in drafts
                if draft.status is DraftStatus.READY and (not draft_ids or draft.id in draft_ids)
            ]
            complete = [draft for draft in ready if draft.complete] or ready[:1]
            accepting = [draft.accepting(expected_version=0, at=now) for draft in complete]
            await self._drafts.replace(tx, accepting)
            begun = [draft for draft in drafts if draft.status is DraftStatus.ACCEPTING]
            return [*begun, *accepting]

        accepting = await self._mongo.in_transaction(give_word)
        await self._book(accepting, self._ledger.book)
        document = await self._documents.get(owner, document_id)
        return document, await self._drafts.of_document(owner, document_id)

    async def finish_accepting(self) -> int:
        """The sweep: book what was accepted and not seen to its end; answers how many were."""
        before = self._clock.now() - LEFT_BEHIND_AFTER
        left = await self._drafts.left_accepting(before=before, limit=SWEPT_AT_ONCE)
        by_owner: dict[str, list[Found[Draft]]] = defaultdict(list)
        for one in left:
            by_owner[str(one.row.get("user_id", ""))].append(one)
        try:
            for owner, of_one in by_owner.items():
                await self._finish(owner, of_one)
        except LedgerAway as error:
            log.warning("the ledger is away", booked_later=len(left), error=str(error))
        return len(left)

    async def _finish(self, owner: str, left: Sequence[Found[Draft]]) -> None:
        """Book what one owner has accepted; a draft that fails is parked. Raises LedgerAway where
        the ledger is away for everyone."""

        async def book(drafts: Sequence[Draft]) -> Sequence[Booking]:
            return await self._ledger.book_for(owner, drafts)

        async def book_one(draft: Draft) -> None:
            try:
                await self._book_all([draft], book)
            except LedgerAway as error:
                if error.passes and error.__cause__ is not None:
                    raise error.__cause__ from None
                raise

        drafts = await self._drafts.parking.readable(left)
        try:
            await self._book_all(drafts, book)
        except Exception as error:
            if is_transient(error) or (isinstance(error, LedgerAway) and error.passes):
                raise
            # Something is wrong with one of them: each by itself shows which.
            for one in left:
                await self._drafts.parking.attempt(one, book_one)

    async def _book(self, drafts: Sequence[Draft], book: Book) -> list[Booking]:
        """Book and record the outcomes; answers the refusals. While the ledger is away they are
        booked later."""
        refusals: list[Booking] = []
        try:
            await self._book_all(drafts, book, refusals)
        except LedgerAway as error:
            log.warning("the ledger is away", booked_later=len(drafts), error=str(error))
        return refusals

    async def _book_all(
        self, drafts: Sequence[Draft], book: Book, refusals: list[Booking] | None = None
    ) -> None:
        """Book in parts and record each part's outcome; refusals are added to those given. Raises
        LedgerAway."""
        by_document: dict[str, list[Draft]] = defaultdict(list)
        for draft in drafts:
            by_document[draft.document_id].append(draft)
        for of_one in by_document.values():
            for start in range(0, len(of_one), BOOKED_AT_ONCE):
                outcome = await self._book_part(of_one[start : start + BOOKED_AT_ONCE], book)
                if refusals is not None:
                    refusals += [booking for booking in outcome if not booking.transaction_id]

    async def _book_part(self, part: Sequence[Draft], book: Book) -> Sequence[Booking]:
        """Book and record within the trace in which these drafts of one document were read."""
        owner = part[0].owner
        with continued("book drafts", await self._drafts.trace(owner, part[0].id)):
            outcome = await book(part)
            await self._settle(owner, outcome)
        return outcome

    async def _settle(self, owner: str, bookings: Sequence[Booking]) -> None:
        async def record(tx: Tx) -> None:
            now = self._clock.now()
            accepted: dict[str, list[Draft]] = defaultdict(list)
            refused: list[Draft] = []
            for booking in bookings:
                draft = await self._drafts.get(owner, booking.draft_id, tx=tx)
                if draft.status is not DraftStatus.ACCEPTING:
                    continue
                if booking.transaction_id:
                    done = draft.accepted(booking.transaction_id, at=now)
                    accepted[draft.document_id].append(done)
                else:
                    refused.append(draft.refused(_problem(booking), at=now))
            await self._drafts.replace(tx, refused)
            for document_id, drafts in accepted.items():
                await self._decide(tx, owner, document_id, drafts)

        await self._mongo.in_transaction(record)

    async def _decide(self, tx: Tx, owner: str, document_id: str, drafts: Sequence[Draft]) -> None:
        """Record decided drafts; with the last of them the document is accepted."""
        await self._drafts.replace(tx, drafts)
        await self._announcements.decided(tx, drafts)
        document = await self._documents.get(owner, document_id, tx=tx)
        for draft in drafts:
            booked = draft.status is DraftStatus.ACCEPTED
            document = document.draft_decided(booked=booked, at=self._clock.now())
        await self._documents.replace(tx, document)
        if document.status is DocumentStatus.ACCEPTED:
            await self._announcements.accepted(tx, document)


def _problem(booking: Booking) -> Problem:
    refusal = booking_refused(booking.reason, booking.message)
    return Problem(refusal.slug, refusal.title, str(refusal))
