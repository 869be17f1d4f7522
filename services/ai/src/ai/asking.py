"""Use cases of the model outside: ask at once within bounds, and later again for what it left."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from pymongo.errors import PyMongoError

from ai.domain.consent import Consent
from ai.domain.errors import LedgerUnavailable, ModelFailed
from ai.domain.masking import masked
from ai.domain.outside import OpenBatch, OutsideLimits, wait_before
from ai.domain.payee import normalise
from ai.domain.privacy import Privacy
from ai.domain.taxonomy import CategoryId, Chart
from kit.clock import Clock
from kit.logging import get_logger
from kit.mongo import Mongo, Tx
from kit.telemetry import meter

log = get_logger(__name__)

CLAIMED = timedelta(minutes=2)
"""How long one process has a batch to itself; longer than every time-out within."""


class Consents(Protocol):
    async def of(self, user_id: str) -> Consent: ...


class Usage(Protocol):
    async def take(self, user_id: str, *, payees: int, limit: int, at: datetime) -> int: ...
    async def take_call(self, user_id: str, *, limit: int, at: datetime) -> bool: ...


class OutsideModel(Protocol):
    async def choose(
        self, *, payees: Sequence[str], categories: Sequence[str], seconds: float | None = None
    ) -> Sequence[int | None]:
        """For each payee the index of a category, or None, within so many seconds at most. Raises
        ModelFailed."""
        ...


class Charts(Protocol):
    async def chart_on_behalf_of(self, owner: str) -> Chart: ...


class OpenBatches(Protocol):
    async def claim(self, *, at: datetime, until: datetime) -> OpenBatch | None: ...
    async def postpone(
        self, batch: OpenBatch, *, due_at: datetime, tried: bool, charged: bool
    ) -> None: ...
    async def drop(self, batch: OpenBatch, *, tx: Tx | None = None) -> None: ...


Publish = Callable[[Tx, OpenBatch, Mapping[str, CategoryId]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Left:
    """Masked texts that may still be answered later, by question."""

    texts: Mapping[str, str] = field(default_factory=dict)
    # How long the model asked to wait.
    wait: timedelta = timedelta()
    charged: bool = False

    def named(self, id_of: Callable[[str], str]) -> "Left":
        """The same with other ids for the questions."""
        return replace(self, texts={id_of(id_): text for id_, text in self.texts.items()})


@dataclass(frozen=True, slots=True)
class Asked:
    """Categories that the model chose, by question, and what is left."""

    chosen: Mapping[str, CategoryId] = field(default_factory=dict)
    left: Sequence[Left] = ()


NOTHING = Asked()


class Asking:
    """Asks the model outside for categories, with the person's consent and within their limits."""

    def __init__(
        self,
        *,
        model: OutsideModel | None,
        privacy: Privacy,
        consents: Consents,
        usage: Usage,
        clock: Clock,
        limits: OutsideLimits | None = None,
    ) -> None:
        self._model = model
        self._privacy = privacy
        self._consents = consents
        self._usage = usage
        self._clock = clock
        self._limits = limits or OutsideLimits()

    async def ask(
        self, *, owner: str, texts: Mapping[str, str], chart: Chart, inflow: bool
    ) -> Asked:
        """Ask for as many as one call takes; texts that show no business don't leave.

        Never raises: what fails is left for later, and the local answers stand.
        """
        sendable = {id_: t for id_, t in texts.items() if self._privacy.may_leave(t)}
        if not sendable or self._model is None or not (await self._consents.of(owner)).gemini:
            return NOTHING
        groups = _masked_by_payee(sendable)
        first = dict(list(groups.items())[: self._limits.payees_a_call])
        allowed = await self._usage.take(
            owner,
            payees=len(first),
            limit=self._limits.payees_a_day,
            at=self._clock.now(),
        )
        if not allowed:
            return NOTHING
        asked = await self._ask_groups(
            owner, dict(list(first.items())[:allowed]), chart, inflow=inflow
        )
        return Asked(asked.chosen, [*asked.left, *self._behind(list(groups.items()))])

    async def ask_again(self, batch: OpenBatch, *, chart: Chart) -> Asked | None:
        """Ask for a batch that was left; None where it may not be asked at all."""
        if self._model is None or not (await self._consents.of(batch.owner)).gemini:
            return None
        groups = _by_text(batch.texts)
        if not batch.charged:
            allowed = await self._usage.take(
                batch.owner,
                payees=len(groups),
                limit=self._limits.payees_a_day,
                at=self._clock.now(),
            )
            groups = dict(list(groups.items())[:allowed])
        if not groups:
            return None
        return await self._ask_groups(batch.owner, groups, chart, inflow=batch.inflow)

    def _behind(self, groups: Sequence[tuple[str, Sequence[str]]]) -> list[Left]:
        """Batches of what the first call has no room for."""
        size = self._limits.payees_a_call
        return [
            Left(_ungrouped(dict(groups[at : at + size]))) for at in range(size, len(groups), size)
        ]

    async def _ask_groups(
        self, owner: str, groups: Mapping[str, Sequence[str]], chart: Chart, *, inflow: bool
    ) -> Asked:
        choices = chart.choices("income" if inflow else "expense")
        if not choices:
            return NOTHING
        names = [masked(self._privacy.category(c.name, own=not c.key)) for c in choices]
        try:
            indices = await self._tried(owner, list(groups), names)
        except ModelFailed as error:
            log.warning("model outside failed; local answers stand", outcome=error.outcome)
            if not error.may_help:
                return NOTHING
            wait = timedelta(seconds=error.wait_seconds)
            return Asked(left=[Left(_ungrouped(groups), wait=wait, charged=True)])
        chosen = {
            id_: choices[at].id
            for ids, at in zip(groups.values(), indices, strict=True)
            if at is not None
            for id_ in ids
        }
        return Asked(chosen)

    async def _tried(
        self, owner: str, payees: Sequence[str], categories: Sequence[str]
    ) -> Sequence[int | None]:
        """Try a few times, with waits that double, while time and the day's calls last."""
        if self._model is None:
            raise ModelFailed("no_model", may_help=False)
        loop = asyncio.get_running_loop()
        until = loop.time() + self._limits.seconds
        for attempt in range(1, self._limits.tries + 1):
            if not await self._usage.take_call(
                owner, limit=self._limits.calls_a_day, at=self._clock.now()
            ):
                raise ModelFailed("budget", may_help=False)
            try:
                return await self._model.choose(
                    payees=payees, categories=categories, seconds=until - loop.time()
                )
            except ModelFailed as error:
                wait = max(error.wait_seconds, wait_before(attempt) * _jitter())
                is_last = attempt == self._limits.tries or loop.time() + wait >= until
                if is_last or not error.may_help:
                    raise
            await asyncio.sleep(wait)
        raise ModelFailed("no_tries", may_help=False)


class LateAnswers:
    """Asks again for what was left, in the background, until it is answered or given up."""

    def __init__(
        self,
        *,
        asking: Asking,
        batches: OpenBatches,
        charts: Charts,
        publish: Publish,
        mongo: Mongo,
        clock: Clock,
        every_seconds: float = 15.0,
    ) -> None:
        self._asking = asking
        self._batches = batches
        self._charts = charts
        self._publish = publish
        self._mongo = mongo
        self._clock = clock
        self._every = every_seconds
        self._late = meter(__name__).create_counter("pfa.ai.model.late", unit="{batch}")

    async def run(self, stop: asyncio.Event) -> None:
        """Look for due batches until told to stop."""
        while not stop.is_set():
            try:
                while not stop.is_set() and await self.answer_one():
                    pass
            except PyMongoError as error:  # the database is away: look again later
                log.warning("late answers wait", error=type(error).__name__)
            try:
                await asyncio.wait_for(stop.wait(), timeout=self._every)
            except TimeoutError:
                continue

    async def answer_one(self) -> bool:
        """Ask for one batch that is due; false when none is."""
        now = self._clock.now()
        batch = await self._batches.claim(at=now, until=now + CLAIMED)
        if batch is None:
            return False
        try:
            chart = await self._charts.chart_on_behalf_of(batch.owner)
        except LedgerUnavailable:
            return True  # it comes back when the claim lapses
        asked = await self._asking.ask_again(batch, chart=chart)
        if asked is None:
            await self._give_up(batch, "not_allowed")
        elif asked.left:
            await self._later(batch, asked)
        else:
            await self._answered(batch, asked)
        return True

    async def _answered(self, batch: OpenBatch, asked: Asked) -> None:
        async def tell(tx: Tx) -> None:
            if asked.chosen:
                await self._publish(tx, batch, asked.chosen)
            await self._batches.drop(batch, tx=tx)

        await self._mongo.in_transaction(tell)
        self._late.add(1, {"pfa.ai.outcome": "answered"})

    async def _later(self, batch: OpenBatch, asked: Asked) -> None:
        wait = max((left.wait for left in asked.left), default=timedelta())
        due = batch.due_again(at=self._clock.now(), asked_to_wait=wait)
        if due is None:
            await self._give_up(batch, "given_up")
            return
        await self._batches.postpone(batch, due_at=due, tried=True, charged=True)
        self._late.add(1, {"pfa.ai.outcome": "postponed"})

    async def _give_up(self, batch: OpenBatch, outcome: str) -> None:
        await self._batches.drop(batch)
        self._late.add(1, {"pfa.ai.outcome": outcome})


def _jitter() -> float:
    return random.uniform(1.0, 1.5)  # noqa: S311 - spreads tries, and is no secret


def _masked_by_payee(texts: Mapping[str, str]) -> dict[str, list[str]]:
    """Questions by the masked text that stands for their payee: each payee is asked for once."""
    first: dict[str, str] = {}
    by_payee = {id_: normalise(text).key or text for id_, text in texts.items()}
    for id_, payee in by_payee.items():
        first.setdefault(payee, masked(texts[id_]))
    return _by_text({id_: first[payee] for id_, payee in by_payee.items()})


def _by_text(texts: Mapping[str, str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for id_, text in texts.items():
        groups[text].append(id_)
    return dict(groups)


def _ungrouped(groups: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {id_: text for text, ids in groups.items() for id_ in ids}
