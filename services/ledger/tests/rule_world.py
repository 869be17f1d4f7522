"""Something of everything that payees and rules ask of the database."""

from ledger_world import Person, coffee

from ledger.domain.command import Key
from ledger.domain.payee import PayeeChange, PayeeMove, payee_id
from ledger.domain.rules.action import SetCategory, SetNote
from ledger.domain.rules.condition import Condition, Match, TextField, TextTest
from ledger.domain.rules.correction import Correction
from ledger.domain.rules.rule import RuleDraft
from ledger.domain.search import TransactionFilter
from ledger.service.rule_runs import RuleSelection


async def use_rules(person: Person) -> None:
    account, food = await person.account("R"), await person.category("groceries")
    old, zoe = await person.post(coffee(account, payee="Old")), payee_id("Old")
    await person.post(coffee(account, payee="New"))
    use, owner = person.ledger.ruling, person.id
    await use_payees(person, zoe)

    rules = use.rules
    wanted = Condition(TextTest(TextField.PAYEE, Match.CONTAINS, "e"))
    draft = RuleDraft("R", (wanted,), (SetNote("n"),))
    made = await rules.create_rule(owner=owner, draft=draft, key=Key("r", "r"))
    await rules.update_rule(
        owner=owner, rule_id=made.id, expected_version=0, draft=draft, key=Key()
    )
    await rules.reorder_rules(owner=owner, rule_ids=[made.id], expected_version=0, key=Key())
    few = TransactionFilter(account_id=account.id)
    await use.runs.preview(owner=owner, selection=RuleSelection(), filter_=few, cursor="", limit=5)
    await use.runs.apply(
        owner=owner,
        actor=owner,
        selection=RuleSelection(),
        filter_=few,
        expected_count=None,
        key=Key("apply", "a"),
    )
    await use.runs.correct(
        owner=owner,
        actor=owner,
        transaction_id=old.id,
        expected_version=0,
        correction=Correction(category_id=food.id),
        key=Key(),
    )
    bare = RuleDraft("R", (wanted,), (SetCategory(""),))
    await use.runs.preview(
        owner=owner, selection=RuleSelection(bare), filter_=few, cursor="", limit=5
    )
    await use.on_import(owner=owner, inputs=[coffee(account, payee="Old")])
    await rules.delete_rule(owner=owner, rule_id=made.id, expected_version=0, key=Key())


async def use_payees(person: Person, known: str) -> None:
    payees, owner = person.ledger.ruling.payees, person.id
    for search in ("", "ol"):
        page = await payees.list_payees(owner=owner, search=search, cursor="", limit=1)
        if page.next is not None:
            await payees.list_payees(owner=owner, search=search, cursor=page.next.text(), limit=1)
    await payees.update_payee(
        owner=owner, payee_id=known, expected_version=0, change=PayeeChange(""), key=Key()
    )
    await payees.move_payees(
        owner=owner, actor=owner, move=PayeeMove([known], "New", True), key=Key("move", "m")
    )
