"""Conditions and actions of rules: each says its `type`, and has the same shape in and out."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from gateway.models.common import (
    AmountText,
    Body,
    CurrencyCode,
    DateText,
    IdText,
    Names,
    decimal_text,
    money_message,
    text_or_none,
)
from gateway.models.transactions import (
    STATUSES,
    Description,
    Payee,
    SettableStatus,
    TransactionStatus,
)
from pfa.common.v1.money_pb2 import Money as MoneyMessage
from pfa.ledger.v1 import rule_pb2 as pb

TextFieldName = Literal["any", "payee", "description"]
FIELDS = Names(
    {
        pb.TEXT_FIELD_ANY: "any",
        pb.TEXT_FIELD_PAYEE: "payee",
        pb.TEXT_FIELD_DESCRIPTION: "description",
    }
)
MatchName = Literal["contains", "starts_with", "equals", "words"]
MATCHES = Names(
    {
        pb.TEXT_MATCH_CONTAINS: "contains",
        pb.TEXT_MATCH_STARTS_WITH: "starts_with",
        pb.TEXT_MATCH_EQUALS: "equals",
        pb.TEXT_MATCH_WORDS: "words",
    }
)
Tag = Annotated[str, StringConstraints(min_length=1, max_length=50)]
Days = Annotated[list[int], Field(min_length=1, max_length=31)]


class _Condition(Body):
    negated: bool = Field(default=False, description="Asks that the test fails.")

    def message(self) -> pb.RuleCondition:
        return pb.RuleCondition(negated=self.negated, **self._test())

    def _test(self) -> dict[str, Any]:
        raise NotImplementedError


class TextCondition(_Condition):
    """Words, without case, accents, punctuation and blanks. `words`: each is a word of the text."""

    type: Literal["text"] = "text"
    field: TextFieldName = "any"
    match: MatchName = "contains"
    text: Annotated[str, StringConstraints(min_length=1, max_length=200)]

    def _test(self) -> dict[str, Any]:
        field, match = FIELDS.number(self.field), MATCHES.number(self.match)
        return {"text": pb.TextTest(field=field, match=match, text=self.text)}


class AmountCondition(_Condition):
    """The amount without its sign, bounds included; another currency fails it."""

    type: Literal["amount"] = "amount"
    at_least: AmountText | None = None
    at_most: AmountText | None = None
    currency: CurrencyCode

    @model_validator(mode="after")
    def _has_a_bound(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("one bound or both")
        return self

    def _test(self) -> dict[str, Any]:
        bounds = {"at_least": self.at_least, "at_most": self.at_most}
        said = {n: money_message(b, self.currency) for n, b in bounds.items() if b is not None}
        return {"amount": pb.AmountTest(**said)}


class DirectionCondition(_Condition):
    """Whether the money came in, or went out."""

    type: Literal["direction"] = "direction"
    direction: Literal["in", "out"]

    def _test(self) -> dict[str, Any]:
        return {"direction": pb.DirectionTest(inflow=self.direction == "in")}


class AccountCondition(_Condition):
    """The transaction's account, or, of a transfer, either."""

    type: Literal["account"] = "account"
    account_id: IdText

    def _test(self) -> dict[str, Any]:
        return {"account_id": self.account_id}


class CurrencyCondition(_Condition):
    type: Literal["currency"] = "currency"
    currency: CurrencyCode

    def _test(self) -> dict[str, Any]:
        return {"currency": self.currency}


class WeekdayCondition(_Condition):
    """ISO 8601: 1 is Monday, 7 is Sunday."""

    type: Literal["weekday"] = "weekday"
    days: Days

    def _test(self) -> dict[str, Any]:
        return {"weekdays": pb.DaysTest(days=self.days)}


class DayOfMonthCondition(_Condition):
    type: Literal["day_of_month"] = "day_of_month"
    days: Days

    def _test(self) -> dict[str, Any]:
        return {"days_of_month": pb.DaysTest(days=self.days)}


class DateCondition(_Condition):
    """Inclusive; one end may be open."""

    type: Literal["date"] = "date"
    from_date: DateText | None = None
    to_date: DateText | None = None

    def _test(self) -> dict[str, Any]:
        return {"dates": pb.DatesTest(from_date=self.from_date or "", to_date=self.to_date or "")}


class TagCondition(_Condition):
    type: Literal["tag"] = "tag"
    tag: Tag

    def _test(self) -> dict[str, Any]:
        return {"tag": self.tag}


class StatusCondition(_Condition):
    type: Literal["status"] = "status"
    status: TransactionStatus

    def _test(self) -> dict[str, Any]:
        return {"status": STATUSES.number(self.status)}


class CategoryCondition(_Condition):
    """One of the parts is of the category; null asks for what is uncategorised."""

    type: Literal["category"] = "category"
    category_id: IdText | None

    def _test(self) -> dict[str, Any]:
        return {"category": pb.CategoryTest(category_id=self.category_id or "")}


class TransferCondition(_Condition):
    """Whether it goes to another account of the person."""

    type: Literal["transfer"] = "transfer"

    def _test(self) -> dict[str, Any]:
        return {"transfer": pb.TransferTest()}


RuleCondition: TypeAlias = Annotated[
    TextCondition
    | AmountCondition
    | DirectionCondition
    | AccountCondition
    | CurrencyCondition
    | WeekdayCondition
    | DayOfMonthCondition
    | DateCondition
    | TagCondition
    | StatusCondition
    | CategoryCondition
    | TransferCondition,
    Field(discriminator="type"),
]


def condition_said(message: pb.RuleCondition) -> dict[str, Any]:
    """The condition as a client would send it."""
    name = message.WhichOneof("test") or ""
    return {"negated": message.negated, **_CONDITIONS[name](getattr(message, name))}


_CONDITIONS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "text": lambda m: {
        "type": "text",
        "field": FIELDS.word(m.field),
        "match": MATCHES.word(m.match),
        "text": m.text,
    },
    "amount": lambda m: {
        "type": "amount",
        "at_least": decimal_text(m.at_least) if m.HasField("at_least") else None,
        "at_most": decimal_text(m.at_most) if m.HasField("at_most") else None,
        "currency": (m.at_least if m.HasField("at_least") else m.at_most).currency,
    },
    "direction": lambda m: {"type": "direction", "direction": "in" if m.inflow else "out"},
    "account_id": lambda id_: {"type": "account", "account_id": id_},
    "currency": lambda code: {"type": "currency", "currency": code},
    "weekdays": lambda m: {"type": "weekday", "days": list(m.days)},
    "days_of_month": lambda m: {"type": "day_of_month", "days": list(m.days)},
    "dates": lambda m: {
        "type": "date",
        "from_date": text_or_none(m.from_date),
        "to_date": text_or_none(m.to_date),
    },
    "tag": lambda tag: {"type": "tag", "tag": tag},
    "status": lambda number: {"type": "status", "status": STATUSES.word(number)},
    "category": lambda m: {"type": "category", "category_id": text_or_none(m.category_id)},
    "transfer": lambda _: {"type": "transfer"},
}


class SetCategoryAction(Body):
    """Null takes the category away. What is split stays split."""

    type: Literal["set_category"] = "set_category"
    category_id: IdText | None

    def message(self) -> pb.RuleAction:
        category = pb.SetCategoryAction(category_id=self.category_id or "")
        return pb.RuleAction(set_category=category)


class AddTagAction(Body):
    type: Literal["add_tag"] = "add_tag"
    tag: Tag

    def message(self) -> pb.RuleAction:
        return pb.RuleAction(add_tag=self.tag)


class RemoveTagAction(Body):
    type: Literal["remove_tag"] = "remove_tag"
    tag: Tag

    def message(self) -> pb.RuleAction:
        return pb.RuleAction(remove_tag=self.tag)


class SetPayeeAction(Body):
    type: Literal["set_payee"] = "set_payee"
    payee: Payee

    def message(self) -> pb.RuleAction:
        return pb.RuleAction(set_payee=self.payee)


class SetNoteAction(Body):
    """The description; empty takes it away."""

    type: Literal["set_note"] = "set_note"
    text: Description

    def message(self) -> pb.RuleAction:
        return pb.RuleAction(set_note=pb.SetNoteAction(text=self.text))


class FixedShare(Body):
    """Takes the sign of the whole."""

    amount: AmountText
    currency: CurrencyCode


class SplitShare(Body):
    """A fixed amount, a percentage of what the fixed ones leave, or, with neither, the rest."""

    category_id: IdText | None = None
    memo: Annotated[str, StringConstraints(max_length=200)] = ""
    fixed: FixedShare | None = None
    percent: Annotated[
        str | None,
        StringConstraints(pattern=r"^[0-9]{1,3}(\.[0-9]{1,2})?$"),
        Field(examples=["33.33"]),
    ] = None

    @model_validator(mode="after")
    def _has_one_size(self) -> Self:
        if self.fixed is not None and self.percent is not None:
            raise ValueError("either fixed or percent")
        return self

    def message(self) -> pb.SplitShare:
        share = pb.SplitShare(category_id=self.category_id or "", memo=self.memo)
        if self.fixed is not None:
            share.fixed.CopyFrom(_money(self.fixed))
        elif self.percent is not None:
            share.basis_points = int(Decimal(self.percent) * 100)
        return share

    @classmethod
    def said(cls, message: pb.SplitShare) -> dict[str, Any]:
        fixed = percent = None
        if message.HasField("fixed"):
            fixed = {
                "amount": decimal_text(message.fixed),
                "currency": message.fixed.currency,
            }
        elif message.basis_points:
            percent = f"{Decimal(message.basis_points).scaleb(-2):f}"
        return {
            "category_id": text_or_none(message.category_id),
            "memo": message.memo,
            "fixed": fixed,
            "percent": percent,
        }


class SplitAction(Body):
    """Divides the amount to the last minor unit: fixed shares first, then percentages of what is
    left, then the rest. The shares come to 100 %, or one of them is the rest."""

    type: Literal["split"] = "split"
    shares: Annotated[list[SplitShare], Field(min_length=2, max_length=20)]

    def message(self) -> pb.RuleAction:
        shares = [share.message() for share in self.shares]
        return pb.RuleAction(split=pb.SplitAction(shares=shares))


class TransferAction(Body):
    """Makes it a transfer to an account of the same currency."""

    type: Literal["transfer"] = "transfer"
    account_id: IdText

    def message(self) -> pb.RuleAction:
        return pb.RuleAction(transfer_to_account_id=self.account_id)


class SetStatusAction(Body):
    type: Literal["set_status"] = "set_status"
    status: SettableStatus

    def message(self) -> pb.RuleAction:
        return pb.RuleAction(set_status=STATUSES.number(self.status))


RuleAction: TypeAlias = Annotated[
    SetCategoryAction
    | AddTagAction
    | RemoveTagAction
    | SetPayeeAction
    | SetNoteAction
    | SplitAction
    | TransferAction
    | SetStatusAction,
    Field(discriminator="type"),
]


def action_said(message: pb.RuleAction) -> dict[str, Any]:
    """The action as a client would send it."""
    name = message.WhichOneof("action") or ""
    return _ACTIONS[name](getattr(message, name))


_ACTIONS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "set_category": lambda m: {
        "type": "set_category",
        "category_id": text_or_none(m.category_id),
    },
    "add_tag": lambda tag: {"type": "add_tag", "tag": tag},
    "remove_tag": lambda tag: {"type": "remove_tag", "tag": tag},
    "set_payee": lambda payee: {"type": "set_payee", "payee": payee},
    "set_note": lambda m: {"type": "set_note", "text": m.text},
    "split": lambda m: {"type": "split", "shares": [SplitShare.said(share) for share in m.shares]},
    "transfer_to_account_id": lambda id_: {"type": "transfer", "account_id": id_},
    "set_status": lambda number: {"type": "set_status", "status": STATUSES.word(number)},
}


def _money(share: FixedShare) -> MoneyMessage:
    return money_message(share.amount, share.currency)
