"""The rules of each book."""

from collections.abc import Sequence

from pymongo import UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession

from kit.mongo import Database, Mongo, Tx
from ledger.domain.category import end_of_merges
from ledger.domain.rules.action import RuleGround
from ledger.domain.rules.rule import Rule, RuleList
from ledger.repository.rule_documents import rule_document, rule_of


async def create_rule_indexes(db: Database) -> None:
    await db.rules.create_index([("user_id", 1), ("place", 1), ("_id", 1)])


class Rules:
    """One document a rule, and one a book for the version of its list."""

    def __init__(self, mongo: Mongo) -> None:
        self._db = mongo.db

    async def list(self, owner: str, tx: Tx | None = None) -> RuleList:
        """In their order. Outside a transaction the version may be older than the rules, never
        newer: whoever writes on its ground is then refused."""
        session = tx.session if tx else None
        head = await self._db.rulebooks.find_one({"_id": owner}, session=session)
        return RuleList(head["version"] if head else 0, await self._rules(owner, session))

    async def grow(self, tx: Tx, owner: str) -> None:
        """The list has its next version. Whoever changes rules beside another runs again on what
        that one left."""
        change = {"$inc": {"version": 1}, "$setOnInsert": {"user_id": owner}}
        await tx.db.rulebooks.update_one({"_id": owner}, change, upsert=True, session=tx.session)

    async def add(self, tx: Tx, rule: Rule) -> None:
        await tx.db.rules.insert_one(rule_document(rule), session=tx.session)

    async def replace(self, tx: Tx, rule: Rule) -> None:
        query = {"_id": rule.id, "user_id": rule.owner}
        await tx.db.rules.replace_one(query, rule_document(rule), session=tx.session)

    async def remove(self, tx: Tx, rule: Rule) -> None:
        await tx.db.rules.delete_one({"_id": rule.id, "user_id": rule.owner}, session=tx.session)

    async def put_in_order(self, tx: Tx, rules: Sequence[Rule]) -> None:
        moves = [
            UpdateOne({"_id": rule.id, "user_id": rule.owner}, {"$set": {"place": rule.place}})
            for rule in rules
        ]
        if moves:
            await tx.db.rules.bulk_write(moves, session=tx.session)

    async def ground(self, owner: str) -> RuleGround:
        """What of the book rules may name."""
        categories = await self._db.categories.find(
            {"user_id": owner}, {"merged_into": 1}
        ).to_list()
        merged = {row["_id"]: into for row in categories if (into := row.get("merged_into"))}
        accounts = await self._db.accounts.find(
            {"user_id": owner}, {"currency": 1, "closed": 1}
        ).to_list()
        return RuleGround(
            frozenset(row["_id"] for row in categories),
            frozenset(row["_id"] for row in accounts),
            {row["_id"]: row["currency"] for row in accounts if not row["closed"]},
            {id_: end_of_merges(merged, id_) for id_ in merged},
        )

    async def _rules(self, owner: str, session: AsyncClientSession | None) -> Sequence[Rule]:
        rows = self._db.rules.find({"user_id": owner}, session=session).sort(
            [("place", 1), ("_id", 1)]
        )
        return [rule_of(row) async for row in rows]
