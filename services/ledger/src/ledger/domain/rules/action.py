"""What a rule does to a transaction."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from ledger.domain.entry import Status
from ledger.domain.fields import FieldCheck
from ledger.domain.payee import PayeeNames
from ledger.domain.rules.condition import tag_key
from ledger.domain.rules.sharing import WHOLE, CannotShare, Share, shared
from ledger.domain.transaction import (
    DESCRIPTION_LENGTH,
    MAX_TAGS,
    MEMO_LENGTH,
    PAYEE_LENGTH,
    TAG_LENGTH,
    Split,
    TransactionInput,
)

MAX_SHARES = 20


@dataclass(frozen=True, slots=True)
class RuleGround:
    """What of a book rules may name: its categories, its accounts, and the currency of each account
    that takes postings."""

    categories: AbstractSet[str] = frozenset()
    all_accounts: AbstractSet[str] = frozenset()
    accounts: Mapping[str, str] = field(default_factory=dict)
    # Of each category that was merged away, the one that stands for it.
    merged: Mapping[str, str] = field(default_factory=dict)
    payees: PayeeNames = field(default_factory=PayeeNames)


class CannotAct(Exception):
    """The action doesn't go with this transaction; it is left out, and told."""


@dataclass(frozen=True, slots=True)
class SetCategory:
    """One category for the whole; empty takes the category away. What is split stays split."""

    category_id: str

    def on(self, input_: TransactionInput, ground: RuleGround) -> TransactionInput:
        _refuse_transfer(input_)
        _require_category(ground, self.category_id)
        if len(input_.splits) > 1:
            raise CannotAct("it is split")
        if input_.splits:
            only = replace(input_.splits[0], category_id=self.category_id)
            return replace(input_, splits=(only,))
        return replace(input_, category_id=self.category_id)

    def check(self, check: FieldCheck, at: str, ground: RuleGround) -> None:
        _check_category(check, f"{at}.category_id", self.category_id, ground)


@dataclass(frozen=True, slots=True)
class AddTag:
    tag: str

    def on(self, input_: TransactionInput, _: RuleGround) -> TransactionInput:
        if tag_key(self.tag) in map(tag_key, input_.tags):
            return input_
        if len(input_.tags) >= MAX_TAGS:
            raise CannotAct(f"it has {MAX_TAGS} tags already")
        return replace(input_, tags=(*input_.tags, self.tag.strip()))

    def check(self, check: FieldCheck, at: str, _: RuleGround) -> None:
        check.text(f"{at}.tag", self.tag.strip(), longest=TAG_LENGTH, needed=True)


@dataclass(frozen=True, slots=True)
class RemoveTag:
    tag: str

    def on(self, input_: TransactionInput, _: RuleGround) -> TransactionInput:
        kept = tuple(tag for tag in input_.tags if tag_key(tag) != tag_key(self.tag))
        return replace(input_, tags=kept)

    def check(self, check: FieldCheck, at: str, _: RuleGround) -> None:
        check.text(f"{at}.tag", self.tag.strip(), longest=TAG_LENGTH, needed=True)


@dataclass(frozen=True, slots=True)
class SetPayee:
    """The payee of this name, by the name that it has by now."""

    payee: str

    def on(self, input_: TransactionInput, ground: RuleGround) -> TransactionInput:
        return replace(input_, payee=ground.payees.now(self.payee.strip()))

    def check(self, check: FieldCheck, at: str, _: RuleGround) -> None:
        check.text(f"{at}.payee", self.payee.strip(), longest=PAYEE_LENGTH, needed=True)


@dataclass(frozen=True, slots=True)
class SetNote:
    """The description; empty takes it away."""

    text: str

    def on(self, input_: TransactionInput, _: RuleGround) -> TransactionInput:
        return replace(input_, description=self.text.strip())

    def check(self, check: FieldCheck, at: str, _: RuleGround) -> None:
        check.text(f"{at}.text", self.text.strip(), longest=DESCRIPTION_LENGTH)


@dataclass(frozen=True, slots=True)
class SplitInto:
    """Splits in shares of the amount, in place of what categories there were. A share that comes
    to nothing is left out."""

    shares: Sequence[Share]

    def on(self, input_: TransactionInput, ground: RuleGround) -> TransactionInput:
        _refuse_transfer(input_)
        for share in self.shares:
            _require_category(ground, share.category_id)
        try:
            parts = shared(input_.amount, self.shares)
        except CannotShare as reason:
            raise CannotAct(str(reason)) from None
        splits = tuple(
            Split(share.category_id, part, share.memo.strip())
            for share, part in zip(self.shares, parts, strict=True)
            if not part.is_zero
        )
        return _with_parts(input_, splits)

    def check(self, check: FieldCheck, at: str, ground: RuleGround) -> None:
        if not 2 <= len(self.shares) <= MAX_SHARES:
            check.wrong(f"{at}.shares", f"2 to {MAX_SHARES}")
        for i, share in enumerate(self.shares):
            where = f"{at}.shares[{i}]"
            _check_category(check, f"{where}.category_id", share.category_id, ground)
            check.text(f"{where}.memo", share.memo.strip(), longest=MEMO_LENGTH)
            _check_size(check, where, share)
        given = sum(share.basis_points for share in self.shares)
        rests = sum(share.is_rest for share in self.shares)
        if rests > 1:
            check.wrong(f"{at}.shares", "one share alone can be the rest")
        elif given > WHOLE or (not rests and given != WHOLE):
            check.wrong(f"{at}.shares", "come to 100 %, or one of them is the rest")


@dataclass(frozen=True, slots=True)
class TransferTo:
    """A transfer to another account of the same currency, in place of what categories there were.
    What is a transfer already stays as it is."""

    account_id: str

    def on(self, input_: TransactionInput, ground: RuleGround) -> TransactionInput:
        if input_.to_account_id == self.account_id:
            return input_
        _refuse_transfer(input_)
        _refuse_reconciled(input_)
        currency = ground.accounts.get(self.account_id)
        if currency is None:
            raise CannotAct("the other account takes no postings")
        if self.account_id == input_.account_id:
            raise CannotAct("it is of that account itself")
        if currency != input_.amount.currency:
            raise CannotAct(f"the other account is kept in {currency}")
        return replace(input_, to_account_id=self.account_id, category_id="", splits=())

    def check(self, check: FieldCheck, at: str, ground: RuleGround) -> None:
        if self.account_id not in ground.accounts:
            check.wrong(f"{at}.account_id", "there is no such account that takes postings")


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Pending or cleared; reconciled is what a statement says."""

    status: Status

    def on(self, input_: TransactionInput, _: RuleGround) -> TransactionInput:
        if input_.status is not self.status:
            _refuse_reconciled(input_)
        return replace(input_, status=self.status)

    def check(self, check: FieldCheck, at: str, _: RuleGround) -> None:
        if self.status is Status.RECONCILED:
            check.wrong(f"{at}.status", "pending or cleared: a statement reconciles")


Action = SetCategory | AddTag | RemoveTag | SetPayee | SetNote | SplitInto | TransferTo | SetStatus


def action_standing(action: Action, merged: Mapping[str, str]) -> Action:
    """The same with the categories that stand for those that were merged away."""
    match action:
        case SetCategory(category_id=id_):
            return SetCategory(merged.get(id_, id_))
        case SplitInto(shares=shares):
            return SplitInto(
                tuple(
                    replace(s, category_id=merged.get(s.category_id, s.category_id)) for s in shares
                )
            )
        case _:
            return action


def _with_parts(input_: TransactionInput, splits: Sequence[Split]) -> TransactionInput:
    """One part without words of its own is one category, as a person would say it."""
    if len(splits) == 1 and not splits[0].memo:
        return replace(input_, category_id=splits[0].category_id, splits=())
    return replace(input_, category_id="", splits=tuple(splits))


def _refuse_transfer(input_: TransactionInput) -> None:
    if input_.to_account_id:
        raise CannotAct("it is a transfer")


def _refuse_reconciled(input_: TransactionInput) -> None:
    if input_.status is Status.RECONCILED:
        raise CannotAct("it is reconciled with a statement")


def _require_category(ground: RuleGround, category_id: str) -> None:
    if category_id and category_id not in ground.categories:
        raise CannotAct("there is no such category any more")


def _check_category(check: FieldCheck, at: str, category_id: str, ground: RuleGround) -> None:
    if category_id and category_id not in ground.categories:
        check.wrong(at, "there is no such category")


def _check_size(check: FieldCheck, at: str, share: Share) -> None:
    if not 0 <= share.basis_points <= WHOLE:
        check.wrong(f"{at}.basis_points", f"1 to {WHOLE}")
    if share.fixed is None:
        return
    if share.basis_points:
        check.wrong(at, "either an amount or a percentage")
    check.currency(f"{at}.fixed", share.fixed.currency)
    check.amount(f"{at}.fixed", share.fixed)
    if share.fixed.minor_units <= 0:
        check.wrong(f"{at}.fixed", "must be more than nothing: its sign is that of the whole")
