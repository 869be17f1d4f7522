"""The category tree that a new book begins with, in each language that we keep.

The keys of the leaves are the canonical taxonomy that suggestions are made in; they never change.
Icons are names of Lucide (lucide.dev); a category without a colour has that of its parent.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.domain.category import UNCATEGORISED, CategoryKind
from ledger.domain.default_names import LANGUAGES, OPENING_BALANCE, names_of

__all__ = ["DEFAULT_TREE", "OPENING_BALANCE", "DefaultGroup", "DefaultLeaf", "language_of"]
DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class DefaultLeaf:
    key: str
    icon: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DefaultGroup:
    kind: CategoryKind
    icon: str
    colour: str
    names: Mapping[str, str]
    leaves: tuple[DefaultLeaf, ...]


def language_of(locale: str) -> str:
    """The language of a BCP 47 tag where its names are kept here, English otherwise."""
    language = locale.replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else DEFAULT_LANGUAGE


def default_icon(key: str) -> str:
    """The icon of the leaf with the key; empty for a person's own."""
    return _ICONS.get(key, "")


def _group(id_: str, icon: str, colour: str, leaves: Mapping[str, str]) -> DefaultGroup:
    kind = CategoryKind.INCOME if id_ == "#income" else CategoryKind.EXPENSE
    return DefaultGroup(
        kind, icon, colour, names_of(id_), tuple(_leaf(kind, k, i) for k, i in leaves.items())
    )


def _leaf(kind: CategoryKind, key: str, icon: str) -> DefaultLeaf:
    # Both kinds have one of this key, under names of their own.
    is_other = key == UNCATEGORISED and kind is CategoryKind.INCOME
    return DefaultLeaf(key, icon, names_of("uncategorised_income" if is_other else key))


DEFAULT_TREE: tuple[DefaultGroup, ...] = (
    _group(
        "#food",
        "utensils",
        "#c2571a",
        {
            "groceries": "shopping-basket",
            "restaurants": "utensils-crossed",
            "coffee": "coffee",
            "bars": "beer",
        },
    ),
    _group(
        "#transport",
        "bus",
        "#2f6fb5",
        {
            "transport": "train-front",
            "fuel": "fuel",
            "parking": "circle-parking",
            "vehicle": "car",
        },
    ),
    _group(
        "#home",
        "house",
        "#7a5c3a",
        {
            "housing_rent": "key-round",
            "utilities": "plug",
            "internet_phone": "wifi",
            "home_garden": "sofa",
            "insurance": "umbrella",
        },
    ),
    _group(
        "#health",
        "heart-pulse",
        "#b83255",
        {
            "health": "stethoscope",
            "pharmacy": "pill",
            "fitness": "dumbbell",
            "personal_care": "scissors",
        },
    ),
    _group(
        "#shopping",
        "shopping-bag",
        "#7a3fa8",
        {
            "clothing": "shirt",
            "electronics": "laptop",
            "shopping": "store",
            "books": "book-open",
        },
    ),
    _group(
        "#family",
        "users",
        "#b7791f",
        {
            "kids": "baby",
            "pets": "paw-print",
            "education": "graduation-cap",
            "gifts_donations": "gift",
        },
    ),
    _group(
        "#leisure",
        "clapperboard",
        "#3d5a99",
        {
            "streaming": "tv",
            "subscriptions": "repeat",
            "entertainment": "ticket",
        },
    ),
    _group(
        "#trips",
        "luggage",
        "#1f7a8c",
        {
            "travel": "map",
            "hotels": "bed",
            "flights": "plane",
        },
    ),
    _group(
        "#money",
        "wallet",
        "#5b6470",
        {
            "services": "wrench",
            "fees": "percent",
            "taxes": "landmark",
            "cash": "banknote",
            "other_expense": "ellipsis",
            UNCATEGORISED: "circle-help",
        },
    ),
    _group(
        "#income",
        "trending-up",
        "#2e7d4f",
        {
            "salary": "briefcase",
            "interest": "piggy-bank",
            "refund": "undo-2",
            "benefits": "hand-coins",
            "rental_income": "building-2",
            "other_income": "circle-plus",
            UNCATEGORISED: "circle-help",
        },
    ),
)
_ICONS = {leaf.key: leaf.icon for group in DEFAULT_TREE for leaf in group.leaves}
