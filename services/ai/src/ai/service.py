"""Use cases: suggest categories, keep consent."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ai.asking import Asked, Asking, Left
from ai.domain.consent import Consent
from ai.domain.errors import MOST_QUESTIONS, LedgerUnavailable, TooManyQuestions
from ai.domain.memory import PayeeMemory
from ai.domain.outside import KEPT, LATER_WAITS, OpenBatch
from ai.domain.payee import normalise
from ai.domain.suggesting import Described, Question, Source, Suggester, Suggestion, ruled
from ai.domain.taxonomy import CategoryId, Chart
from kit.clock import Clock
from kit.logging import get_logger
from kit.mongo import Tx
from kit.telemetry import meter

log = get_logger(__name__)

GEMINI_CONFIDENCE = 0.70
"""Not measured on our data, so it is never claimed sure enough to be applied without asking."""
UNSURE = 0.60
"""Below this a local answer is put to the model outside, where that is allowed."""
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.2, 2.0


class Memories(Protocol):
    async def of_payees(
        self, user_id: str, keys: Iterable[str], *, inflow: bool
    ) -> Mapping[str, PayeeMemory]: ...
    async def sharing_traits(
        self, user_id: str, traits: Iterable[str], *, inflow: bool
    ) -> Sequence[PayeeMemory]: ...


class Consents(Protocol):
    async def of(self, user_id: str) -> Consent: ...
    async def put(self, user_id: str, consent: Consent) -> None: ...


class OpenBatches(Protocol):
    async def put(self, tx: Tx, batch: OpenBatch, *, due_at: datetime) -> None: ...
    async def drop_all_of(self, user_id: str) -> None: ...


class Ledger(Protocol):
    async def chart(self) -> Chart:
        """The categories of the caller's book. Raises LedgerUnavailable."""
        ...

    async def chart_on_behalf_of(self, owner: str) -> Chart:
        """The categories of the owner's book, with the service's own token. Raises
        LedgerUnavailable."""
        ...

    async def ruled_on_behalf_of(
        self, owner: str, questions: Sequence[Question]
    ) -> Mapping[str, CategoryId]:
        """The category that the owner's rules set, by question; nothing for the others. Each
        question has a date and an amount. Raises LedgerUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """Suggestions for one question, best first; empty when too little is known."""

    id: str
    suggestions: Sequence[Suggestion]


@dataclass(frozen=True, slots=True)
class Answers:
    """An answer for each question, in their order, and what the model outside may answer later: by
    direction (whether money comes in)."""

    all: Sequence[Answer]
    left: Sequence[tuple[bool, Left]] = ()


class Categorisation:
    """Suggests categories of a person's book for payees."""

    def __init__(
        self,
        *,
        suggester: Suggester,
        memories: Memories,
        consents: Consents,
        ledger: Ledger,
        asking: Asking,
        open_batches: OpenBatches,
        clock: Clock,
        patience_seconds: float = 15.0,
    ) -> None:
        self._suggester = suggester
        self._memories = memories
        self._consents = consents
        self._ledger = ledger
        self._asking = asking
        self._open = open_batches
        self._clock = clock
        self._patience = patience_seconds
        self._made = meter(__name__).create_counter("pfa.ai.suggestions", unit="{suggestion}")

    async def suggest(self, *, owner: str, questions: Sequence[Question]) -> Sequence[Answer]:
        """Suggest for the caller. Raises TooManyQuestions, LedgerUnavailable."""
        if len(questions) > MOST_QUESTIONS:
            raise TooManyQuestions(len(questions))
        return (await self._answer(owner, questions, await self._ledger.chart())).all

    async def suggest_or_leave(self, *, owner: str, questions: Sequence[Question]) -> Answers:
        """Suggest for a document that waits: after a bounded time without the ledger, nothing.

        A person can file by hand what has no suggestion; a document that never gets ready is lost
        to them.
        """
        chart = await self._patient_chart(owner)
        if chart is None:
            log.warning("suggested nothing: no categories", questions=len(questions))
            self._made.add(len(questions), {"pfa.ai.source": "none", "pfa.ai.reason": "ledger"})
            return Answers([Answer(q.id, ()) for q in questions])
        return await self._answer(owner, questions, chart, await self._ruled(owner, questions))

    async def _ruled(self, owner: str, questions: Sequence[Question]) -> Mapping[str, CategoryId]:
        """Suggestions from the person's rules; none while the ledger is away."""
        asked = [q for q in questions if q.date and q.amount and not q.amount.is_zero]
        try:
            return await self._ledger.ruled_on_behalf_of(owner, asked) if asked else {}
        except LedgerUnavailable as error:
            log.warning("suggested without the person's rules", error=str(error))
            return {}

    async def consent(self, *, owner: str) -> Consent:
        return await self._consents.of(owner)

    async def set_consent(self, *, owner: str, gemini: bool) -> Consent:
        """Give or take back the consent that payee texts leave for Gemini."""
        consent = Consent(gemini, self._clock.now())
        await self._consents.put(owner, consent)
        if not gemini:
            await self._open.drop_all_of(owner)
        return consent

    async def keep_open(self, tx: Tx, *, owner: str, document_id: str, answers: Answers) -> None:
        """Remember what the model outside may answer later for this document."""
        now = self._clock.now()
        for number, (inflow, left) in enumerate(answers.left):
            batch = OpenBatch(
                id=f"{owner}/{document_id}/{number}",
                owner=owner,
                document_id=document_id,
                inflow=inflow,
                texts=left.texts,
                tries=0,
                charged=left.charged,
                expires_at=now + KEPT,
            )
            wait = max(LATER_WAITS[0], left.wait) if left.charged else left.wait
            await self._open.put(tx, batch, due_at=now + wait)

    async def _patient_chart(self, owner: str) -> Chart | None:
        wait = FIRST_WAIT_SECONDS
        loop = asyncio.get_running_loop()
        until = loop.time() + self._patience
        while True:
            try:
                return await self._ledger.chart_on_behalf_of(owner)
            except LedgerUnavailable:
                if loop.time() + wait > until:
                    return None
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT_SECONDS)

    async def _answer(
        self,
        owner: str,
        questions: Sequence[Question],
        chart: Chart,
        by_rule: Mapping[str, CategoryId] | None = None,
    ) -> Answers:
        answers: dict[int, list[Suggestion]] = {}
        left: list[tuple[bool, Left]] = []
        for inflow in (False, True):
            asked = {i: q for i, q in enumerate(questions) if q.inflow is inflow}
            if asked:
                local = await self._answer_locally(owner, asked, chart, inflow=inflow)
                for i, q in asked.items():
                    category_id = (by_rule or {}).get(q.id)
                    if category_id is not None and chart.get(category_id) is not None:
                        local[i] = ruled(category_id, local[i])
                answers |= local
                outside = await self._ask_outside(owner, asked, local, chart, inflow=inflow)
                answers |= _from_outside(outside.chosen, local)
                left += [
                    (inflow, each.named(lambda i: questions[int(i)].id)) for each in outside.left
                ]
        for suggestions in answers.values():
            source = suggestions[0].source.value if suggestions else "none"
            self._made.add(1, {"pfa.ai.source": source})
        return Answers([Answer(q.id, answers[i]) for i, q in enumerate(questions)], left)

    async def _answer_locally(
        self, owner: str, asked: Mapping[int, Question], chart: Chart, *, inflow: bool
    ) -> dict[int, list[Suggestion]]:
        described = await asyncio.to_thread(self._describe_all, asked)
        payees = [key for d in described.values() for key in d.keys]
        memories = await self._memories.of_payees(owner, payees, inflow=inflow)
        traits = {trait for d in described.values() for trait in d.traits}
        neighbours = await self._memories.sharing_traits(owner, traits, inflow=inflow)

        def suggest_all() -> dict[int, list[Suggestion]]:
            by_trait = _by_trait(neighbours)
            return {
                i: self._suggester.suggest(
                    d,
                    inflow=inflow,
                    chart=chart,
                    memory=next((memories[key] for key in d.keys if key in memories), None),
                    neighbours=_sharing(d, by_trait),
                )
                for i, d in described.items()
            }

        # A thousand payees take a third of a second: not on the loop that sends heartbeats.
        return await asyncio.to_thread(suggest_all)

    def _describe_all(self, asked: Mapping[int, Question]) -> dict[int, Described]:
        return {
            i: self._suggester.describe(q.payee, q.description, inflow=q.inflow)
            for i, q in asked.items()
        }

    async def _ask_outside(
        self,
        owner: str,
        asked: Mapping[int, Question],
        local: Mapping[int, list[Suggestion]],
        chart: Chart,
        *,
        inflow: bool,
    ) -> Asked:
        """Put what is still open to the model outside, if there is one and the person agreed."""
        open_ = [i for i, found in local.items() if not found or found[0].confidence < UNSURE]
        # By place: ids are the asker's own, and may come twice.
        texts = {str(i): _text_to_send(asked[i]) for i in open_}
        return await self._asking.ask(owner=owner, texts=texts, chart=chart, inflow=inflow)


def _text_to_send(question: Question) -> str:
    """The text that names the payee; empty where none names anybody, so that nothing is asked."""
    texts = (question.payee, question.description)
    return next((text for text in texts if not normalise(text).is_nobody), "")


def chosen_outside(category_id: CategoryId) -> Suggestion:
    """A category that the model outside chose, as a suggestion."""
    return Suggestion(category_id, GEMINI_CONFIDENCE, Source.GEMINI)


def _from_outside(
    chosen: Mapping[str, CategoryId], local: Mapping[int, list[Suggestion]]
) -> dict[int, list[Suggestion]]:
    """The chosen category in front of the local suggestions."""
    answers: dict[int, list[Suggestion]] = {}
    for i, behind in local.items():
        category_id = chosen.get(str(i))
        if category_id is not None:
            others = [s for s in behind if s.category_id != category_id]
            answers[i] = [chosen_outside(category_id), *others][:3]
    return answers


def _by_trait(neighbours: Sequence[PayeeMemory]) -> dict[str, list[PayeeMemory]]:
    table: dict[str, list[PayeeMemory]] = {}
    for neighbour in neighbours:
        for trait in neighbour.traits:
            table.setdefault(trait, []).append(neighbour)
    return table


def _sharing(described: Described, by_trait: Mapping[str, list[PayeeMemory]]) -> list[PayeeMemory]:
    found = {n.key: n for trait in described.traits for n in by_trait.get(trait, ())}
    return list(found.values())
