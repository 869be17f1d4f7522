"""Use cases: suggest categories, learn from what is posted, keep consent."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ai.domain.consent import Consent
from ai.domain.errors import MOST_QUESTIONS, LedgerUnavailable, ModelFailed, TooManyQuestions
from ai.domain.lessons import PostedEntry
from ai.domain.masking import is_private, masked
from ai.domain.memory import Lesson, PayeeMemory
from ai.domain.payee import normalise
from ai.domain.suggesting import Described, Question, Source, Suggester, Suggestion
from ai.domain.taxonomy import Category, Chart
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
    async def add(self, tx: Tx, user_id: str, memory: PayeeMemory, lesson: Lesson) -> None: ...
    async def forget(self, tx: Tx, user_id: str, entry_id: str) -> None: ...


class Consents(Protocol):
    async def of(self, user_id: str) -> Consent: ...
    async def put(self, user_id: str, consent: Consent) -> None: ...


class Usage(Protocol):
    async def take(self, user_id: str, *, payees: int, limit: int, at: datetime) -> int: ...


class Ledger(Protocol):
    async def chart(self) -> Chart:
        """The categories of the caller's book. Raises LedgerUnavailable."""
        ...

    async def chart_on_behalf_of(self, owner: str) -> Chart:
        """The categories of the owner's book, with the service's own token. Raises
        LedgerUnavailable."""
        ...


class OutsideModel(Protocol):
    async def choose(
        self, *, payees: Sequence[str], categories: Sequence[str]
    ) -> Sequence[int | None]:
        """For each payee the index of a category, or None. Raises ModelFailed."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """Suggestions for one question, best first; empty when too little is known."""

    id: str
    suggestions: Sequence[Suggestion]


@dataclass(frozen=True, slots=True)
class OutsideLimits:
    """Payees of one person that may be sent in a day and in one call."""

    payees_a_day: int = 500
    payees_a_call: int = 60


class Categorisation:
    """Suggests categories of a person's book for payees, and learns from the person."""

    def __init__(
        self,
        *,
        suggester: Suggester,
        given_names: frozenset[str],
        memories: Memories,
        consents: Consents,
        usage: Usage,
        ledger: Ledger,
        outside: OutsideModel | None,
        clock: Clock,
        limits: OutsideLimits | None = None,
        patience_seconds: float = 15.0,
    ) -> None:
        self._suggester = suggester
        self._given_names = given_names
        self._memories = memories
        self._consents = consents
        self._usage = usage
        self._ledger = ledger
        self._outside = outside
        self._clock = clock
        self._limits = limits or OutsideLimits()
        self._patience = patience_seconds
        self._made = meter(__name__).create_counter("pfa.ai.suggestions", unit="{suggestion}")

    async def suggest(self, *, owner: str, questions: Sequence[Question]) -> Sequence[Answer]:
        """Suggest for the caller. Raises TooManyQuestions, LedgerUnavailable."""
        if len(questions) > MOST_QUESTIONS:
            raise TooManyQuestions(len(questions))
        return await self._answer(owner, questions, await self._ledger.chart())

    async def suggest_or_leave(
        self, *, owner: str, questions: Sequence[Question]
    ) -> Sequence[Answer]:
        """Suggest for a document that waits: after a bounded time without the ledger, nothing.

        A person can file by hand what has no suggestion; a document that never gets ready is lost
        to them.
        """
        chart = await self._patient_chart(owner)
        if chart is None:
            log.warning("suggested nothing: no categories", questions=len(questions))
            self._made.add(len(questions), {"pfa.ai.source": "none", "pfa.ai.reason": "ledger"})
            return [Answer(q.id, ()) for q in questions]
        return await self._answer(owner, questions, chart)

    async def learn(self, tx: Tx, *, owner: str, entry: PostedEntry) -> None:
        """Remember where a payee was filed; a reversal takes back what its entry taught."""
        if entry.reverses:
            await self._memories.forget(tx, owner, entry.reverses)
        taught = entry.taught
        if taught is None:
            return
        described = self._suggester.describe(entry.payee, entry.description, inflow=entry.inflow)
        if described.payee.is_nobody:
            return
        memory = PayeeMemory(described.payee.key, entry.inflow, described.traits, ())
        lesson = Lesson(entry.entry_id, taught.category_id, entry.posted_at)
        await self._memories.add(tx, owner, memory, lesson)

    async def consent(self, *, owner: str) -> Consent:
        return await self._consents.of(owner)

    async def set_consent(self, *, owner: str, gemini: bool) -> Consent:
        """Give or take back the consent that payee texts leave for Gemini."""
        consent = Consent(gemini, self._clock.now())
        await self._consents.put(owner, consent)
        return consent

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
        self, owner: str, questions: Sequence[Question], chart: Chart
    ) -> Sequence[Answer]:
        answers: dict[int, list[Suggestion]] = {}
        for inflow in (False, True):
            asked = {i: q for i, q in enumerate(questions) if q.inflow is inflow}
            if asked:
                local = await self._answer_locally(owner, asked, chart, inflow=inflow)
                answers |= await self._widened(owner, asked, local, chart, inflow=inflow)
        for suggestions in answers.values():
            source = suggestions[0].source.value if suggestions else "none"
            self._made.add(1, {"pfa.ai.source": source})
        return [Answer(q.id, answers[i]) for i, q in enumerate(questions)]

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

    async def _widened(
        self,
        owner: str,
        asked: Mapping[int, Question],
        local: dict[int, list[Suggestion]],
        chart: Chart,
        *,
        inflow: bool,
    ) -> dict[int, list[Suggestion]]:
        """Put what is still open to the model outside, if there is one and the person agreed."""
        open_ = [i for i, found in local.items() if not found or found[0].confidence < UNSURE]
        texts = {i: _text_to_send(asked[i]) for i in open_}
        sendable = [i for i in open_ if self._may_leave(texts[i])][: self._limits.payees_a_call]
        if not sendable or self._outside is None or not (await self._consents.of(owner)).gemini:
            return local
        allowed = await self._usage.take(
            owner,
            payees=len(sendable),
            limit=self._limits.payees_a_day,
            at=self._clock.now(),
        )
        choices = chart.choices("income" if inflow else "expense")
        sent = sendable[:allowed]
        if not sent or not choices:
            return local
        try:
            chosen = await self._outside.choose(
                payees=[masked(texts[i]) for i in sent],
                categories=[masked(category.name) for category in choices],
            )
        except ModelFailed as error:
            log.warning("model outside failed; local answers stand", outcome=error.outcome)
            return local
        return local | _from_outside(sent, chosen, choices, local)

    def _may_leave(self, text: str) -> bool:
        return bool(text) and not is_private(text, given_names=self._given_names)


def _text_to_send(question: Question) -> str:
    """The text that names the payee; empty where none names anybody, so that nothing is asked."""
    texts = (question.payee, question.description)
    return next((text for text in texts if not normalise(text).is_nobody), "")


def _from_outside(
    sent: Sequence[int],
    chosen: Sequence[int | None],
    choices: Sequence[Category],
    local: Mapping[int, list[Suggestion]],
) -> dict[int, list[Suggestion]]:
    answers: dict[int, list[Suggestion]] = {}
    for i, at in zip(sent, chosen, strict=True):
        if at is None:
            continue
        first = Suggestion(choices[at].id, GEMINI_CONFIDENCE, Source.GEMINI)
        behind = [s for s in local[i] if s.category_id != first.category_id]
        answers[i] = [first, *behind][:3]
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
