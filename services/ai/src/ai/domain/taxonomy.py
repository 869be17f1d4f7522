"""The canonical leaves that everything inside speaks of, and how they are found among a person's
own categories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NewType

from ai.domain.payee import plain

Leaf = NewType("Leaf", str)
CategoryId = NewType("CategoryId", str)
Kind = Literal["expense", "income"]


def _leaves(names: str) -> frozenset[Leaf]:
    return frozenset(map(Leaf, names.split()))


INCOME_LEAVES: Final = _leaves("salary interest refund benefits rental_income other_income")
EXPENSE_LEAVES: Final = _leaves(
    "groceries restaurants coffee bars transport fuel parking vehicle housing_rent utilities "
    "internet_phone "
    "home_garden insurance health pharmacy fitness personal_care clothing electronics "
    "shopping books kids pets "
    "education gifts_donations streaming subscriptions entertainment travel hotels flights "
    "services fees taxes "
    "cash other_expense"
)
LEAVES: Final = EXPENSE_LEAVES | INCOME_LEAVES

# Where a book has no category of a leaf (deleted, or a coarser book), the nearest relatives in this
# order.
_RELATIVES: Final[Mapping[str, str]] = {
    "coffee": "restaurants groceries",
    "bars": "restaurants entertainment",
    "restaurants": "groceries",
    "fuel": "vehicle transport",
    "parking": "vehicle transport",
    "vehicle": "transport",
    "pharmacy": "health personal_care",
    "personal_care": "health shopping",
    "fitness": "health entertainment",
    "streaming": "subscriptions entertainment",
    "subscriptions": "streaming",
    "books": "entertainment shopping",
    "electronics": "shopping",
    "clothing": "shopping",
    "hotels": "travel",
    "flights": "travel",
    "internet_phone": "utilities",
    "utilities": "housing_rent",
}

# Names that people give a category of their own that is one of ours, compared as `plain` words.
_NAMES: Final[Mapping[str, str]] = {
    "groceries": "food;supermarket;lebensmittel;einkauf;courses;alimentation;supermercado;comida",
    "restaurants": "eating out;dining;dining out;takeaway;takeaways;essen gehen;restaurante",
    "coffee": "coffee;cafe;cafes;kaffee;snacks",
    "transport": "public transport;transit;taxi;verkehr;opnv;transports;transporte",
    "fuel": "petrol;gas;tanken;benzin;carburant;essence;gasolina",
    "housing_rent": "rent;mortgage;miete;loyer;alquiler;housing;wohnen;logement;vivienda",
    "utilities": "energy;electricity;strom;nebenkosten;energie;energia;bills",
    "internet_phone": "phone;internet;mobile;telefon;handy;telephone;telefono",
    "insurance": "versicherung;versicherungen;assurance;assurances;seguros",
    "health": "medical;doctor;gesundheit;sante;salud",
    "pharmacy": "apotheke;drogerie;pharmacie;farmacia",
    "fitness": "gym;sport;sports;deporte;fitness",
    "clothing": "clothes;kleidung;vetements;ropa",
    "subscriptions": "subscriptions;abos;abonnements;suscripciones;software",
    "entertainment": "fun;leisure;freizeit;loisirs;ocio",
    "travel": "holiday;holidays;vacation;reisen;urlaub;voyages;viajes",
    "gifts_donations": "gifts;donations;charity;geschenke;spenden;cadeaux;regalos",
    "fees": "bank fees;fees;gebuhren;frais bancaires;comisiones",
    "taxes": "tax;taxes;steuern;impots;impuestos",
    "cash": "atm;cash;bargeld;especes;efectivo",
    "kids": "children;kids;kinder;enfants;ninos",
    "pets": "pet;pets;haustiere;animaux;mascotas",
    "salary": "salary;wages;gehalt;lohn;salaire;sueldo;nomina",
}


@dataclass(frozen=True, slots=True)
class Category:
    """A category of the person's book; `key` is its canonical leaf or empty."""

    id: CategoryId
    name: str
    kind: Kind
    key: str = ""
    parent_id: str = ""


UNCATEGORISED: Final = "uncategorised"
"""The ledger's key for what nobody has filed: neither suggested nor remembered."""


class Chart:
    """A person's categories, with the canonical leaves mapped onto them once."""

    def __init__(self, categories: Iterable[Category]) -> None:
        self._by_id = {c.id: c for c in categories if c.key != UNCATEGORISED}
        self._by_leaf = self._mapped()

    def choices(self, kind: Kind) -> list[Category]:
        """Categories of a kind that an entry is filed in: no group of others, no "other"."""
        parents = {category.parent_id for category in self._by_id.values()}
        return [
            c
            for c in self._by_id.values()
            if c.kind == kind and c.id not in parents and not c.key.startswith("other_")
        ]

    def get(self, category_id: str) -> Category | None:
        return self._by_id.get(CategoryId(category_id))

    def category_of(self, leaf: Leaf) -> CategoryId | None:
        """The category that stands for a leaf: its own, else one that the person named so, else a
        relative's."""
        for candidate in (leaf, *map(Leaf, _RELATIVES.get(leaf, "").split())):
            if candidate in self._by_leaf:
                return self._by_leaf[candidate]
        return None

    def _mapped(self) -> dict[Leaf, CategoryId]:
        by_leaf: dict[Leaf, CategoryId] = {}
        for category in self._by_id.values():
            if category.key in LEAVES:
                by_leaf.setdefault(Leaf(category.key), category.id)
        for category in self._by_id.values():
            leaf = Leaf(_LEAF_OF_NAME.get(_named(category.name), ""))
            if not category.key and leaf and (leaf in INCOME_LEAVES) == (category.kind == "income"):
                by_leaf.setdefault(leaf, category.id)
        return by_leaf


def _named(name: str) -> str:
    return " ".join(plain(name).replace("&", " ").split())


_LEAF_OF_NAME: Final = {
    _named(name): leaf
    for leaf, names in _NAMES.items()
    for name in (leaf.replace("_", " "), *names.split(";"))
}
