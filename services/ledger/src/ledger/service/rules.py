"""Rules: make, change, order."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

from kit.clock import Clock
from kit.idempotency import Idempotency
from kit.mongo import Mongo, Tx
from ledger.domain.command import Key
from ledger.domain.rules.correction import merged
from ledger.domain.rules.rule import Rule, RuleDraft, RuleList
from ledger.repository.rule_documents import rule_bytes, rule_from
from ledger.repository.rules import Rules
from ledger.service.books import BookService

T = TypeVar("T")


class RuleService:
    def __init__(
        self,
        *,
        mongo: Mongo,
        rules: Rules,
        book_service: BookService,
        idempotency: Idempotency,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._mongo = mongo
        self._rules = rules
        self._books = book_service
        self._idempotency = idempotency
        self._clock = clock
        self._new_id = new_id

    async def list_rules(self, *, owner: str) -> RuleList:
        """In the order in which they run."""
        return await self._rules.list(owner)

    async def get_rule(self, *, owner: str, rule_id: str) -> Rule:
        """Raises RuleNotFound."""
        return (await self._rules.list(owner)).rule(rule_id)

    async def create_rule(self, *, owner: str, draft: RuleDraft, key: Key) -> Rule:
        """Add a rule after all others. Raises InvalidFields, TooManyRules."""
        await self._books.book(owner=owner)

        async def create(tx: Tx) -> Rule:
            draft.check(await self._rules.ground(owner))
            return await self._add(tx, owner, draft)

        return await self._rule_once(owner, key, create)

    async def update_rule(
        self, *, owner: str, rule_id: str, expected_version: int, draft: RuleDraft, key: Key
    ) -> Rule:
        """Replace the rule whole. Raises RuleNotFound, VersionMismatch, InvalidFields."""

        async def update(tx: Tx) -> Rule:
            rule = (await self._rules.list(owner, tx)).rule(rule_id)
            rule.expect(expected_version)
            draft.check(await self._rules.ground(owner))
            return await self._replace(tx, rule, draft)

        return await self._rule_once(owner, key, update)

    async def delete_rule(
        self, *, owner: str, rule_id: str, expected_version: int, key: Key
    ) -> None:
        """What it has done stays done. Raises RuleNotFound, VersionMismatch."""

        async def delete(tx: Tx) -> None:
            rule = (await self._rules.list(owner, tx)).rule(rule_id)
            rule.expect(expected_version)
            await self._rules.remove(tx, rule)
            await self._rules.grow(tx, owner)

        await self._once(owner, key, delete, lambda _: b"", lambda _: None)

    async def reorder_rules(
        self, *, owner: str, rule_ids: Sequence[str], expected_version: int, key: Key
    ) -> RuleList:
        """Let the rules run in this order. Raises InvalidFields, VersionMismatch."""

        async def reorder(tx: Tx) -> None:
            rules = await self._rules.list(owner, tx)
            rules.expect(expected_version)
            await self._rules.put_in_order(tx, rules.ordered(rule_ids))
            await self._rules.grow(tx, owner)

        await self._once(owner, key, reorder, lambda _: b"", lambda _: None)
        return await self._rules.list(owner)

    async def learn_rule(self, *, owner: str, draft: RuleDraft, key: Key) -> Rule:
        """Add a rule, or give the one that asks the same already what is said anew. Raises
        InvalidFields, TooManyRules."""

        async def learn(tx: Tx) -> Rule:
            draft.check(await self._rules.ground(owner))
            known = (await self._rules.list(owner, tx)).asking(draft.conditions)
            if known is None:
                return await self._add(tx, owner, draft)
            both = merged(known, draft)
            both.check(await self._rules.ground(owner))
            return await self._replace(tx, known, both)

        return await self._rule_once(owner, key, learn)

    async def _add(self, tx: Tx, owner: str, draft: RuleDraft) -> Rule:
        rules = await self._rules.list(owner, tx)
        rule = rules.adding(draft, id=self._new_id(), owner=owner, now=self._now())
        await self._rules.add(tx, rule)
        await self._rules.grow(tx, owner)
        return rule

    async def _replace(self, tx: Tx, rule: Rule, draft: RuleDraft) -> Rule:
        changed = rule.changed_to(draft, now=self._now())
        await self._rules.replace(tx, changed)
        await self._rules.grow(tx, rule.owner)
        return changed

    def _now(self) -> datetime:
        """In milliseconds, which is what is kept."""
        now = self._clock.now()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    async def _rule_once(self, owner: str, key: Key, work: Callable[[Tx], Awaitable[Rule]]) -> Rule:
        return await self._once(owner, key, work, rule_bytes, rule_from)

    async def _once(
        self,
        owner: str,
        key: Key,
        work: Callable[[Tx], Awaitable[T]],
        encode: Callable[[T], bytes],
        decode: Callable[[bytes], T],
    ) -> T:
        return await self._idempotency.once(
            owner=owner,
            key=key,
            work=work,
            encode=encode,
            decode=decode,
        )
