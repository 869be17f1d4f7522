"""The category tree that a new book begins with, in each language that we keep.

The keys of the leaves are the canonical taxonomy that suggestions are made in; they never change.
Within one kind a name stands once in a language, so that an untouched default can be told by its
name.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.domain.category import UNCATEGORISED, CategoryKind

DEFAULT_LANGUAGE = "en"
OPENING_BALANCE: Mapping[str, str] = {"en": "Opening balance", "de": "Anfangsbestand"}


@dataclass(frozen=True, slots=True)
class DefaultLeaf:
    key: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DefaultGroup:
    kind: CategoryKind
    names: Mapping[str, str]
    leaves: tuple[DefaultLeaf, ...]


def language_of(locale: str) -> str:
    """The language of a BCP 47 tag where its names are kept here, English otherwise."""
    language = locale.replace("_", "-").split("-")[0].lower()
    return language if language in OPENING_BALANCE else DEFAULT_LANGUAGE


def _leaf(key: str, en: str, de: str) -> DefaultLeaf:
    return DefaultLeaf(key, {"en": en, "de": de})


def _group(kind: CategoryKind, en: str, de: str, *leaves: DefaultLeaf) -> DefaultGroup:
    return DefaultGroup(kind, {"en": en, "de": de}, leaves)


DEFAULT_TREE: tuple[DefaultGroup, ...] = (
    _group(
        CategoryKind.EXPENSE,
        "Food",
        "Essen & Trinken",
        _leaf("groceries", "Groceries", "Lebensmittel"),
        _leaf("restaurants", "Restaurants", "Restaurants"),
        _leaf("coffee", "Coffee & snacks", "Kaffee & Snacks"),
        _leaf("bars", "Bars & alcohol", "Bars & Alkohol"),
    ),
    _group(
        CategoryKind.EXPENSE,
        "Transport",
        "Verkehr",
        _leaf("transport", "Public transport & taxis", "Bus, Bahn & Taxi"),
        _leaf("fuel", "Fuel & charging", "Tanken & Laden"),
        _leaf("parking", "Parking & tolls", "Parken & Maut"),
        _leaf("vehicle", "Vehicle upkeep", "Fahrzeugpflege"),
    ),
    _group(
        CategoryKind.EXPENSE,
        "Home",
        "Wohnen",
        _leaf("housing_rent", "Rent & mortgage", "Miete & Kredit"),
        _leaf("utilities", "Utilities", "Strom, Wasser & Heizung"),
        _leaf("internet_phone", "Internet & phone", "Internet & Telefon"),
        _leaf("home_garden", "Home & garden", "Haus & Garten"),
        _leaf("insurance", "Insurance", "Versicherungen"),
    ),
    _group(
        CategoryKind.EXPENSE,
        "Health & body",
        "Gesundheit & Körper",
        _leaf("health", "Health", "Gesundheit"),
        _leaf("pharmacy", "Pharmacy", "Apotheke"),
        _leaf("fitness", "Sport & fitness", "Sport & Fitness"),
        _leaf("personal_care", "Personal care", "Körperpflege"),
    ),
    _group(
        CategoryKind.EXPENSE,
        "Shopping",
        "Einkaufen",
        _leaf("clothing", "Clothing & shoes", "Kleidung & Schuhe"),
        _leaf("electronics", "Electronics", "Elektronik"),
        _leaf("shopping", "Shopping (general)", "Einkäufe (allgemein)"),
        _leaf("books", "Books & news", "Bücher & Zeitungen"),
    ),
    _group(
        CategoryKind.EXPENSE,
        "Family",
        "Familie",
        _leaf("kids", "Children", "Kinder"),
        _leaf("pets", "Pets", "Haustiere"),
        _leaf("education", "Education", "Bildung"),
        _leaf("gifts_donations", "Gifts & donations", "Geschenke & Spenden"),
    ),
    _group(
        CategoryKind.EXPENSE,
        "Leisure",
        "Freizeit",
        _leaf("streaming", "Streaming", "Streaming"),
        _leaf("subscriptions", "Software & subscriptions", "Software & Abos"),
        _leaf("entertainment", "Entertainment", "Unterhaltung"),
    ),
    _group(
        CategoryKind.EXPENSE,
        "Trips",
        "Reisen & Urlaub",
        _leaf("travel", "Travel", "Reisen"),
        _leaf("hotels", "Hotels & lodging", "Hotels & Unterkunft"),
        _leaf("flights", "Flights", "Flüge"),
    ),
    _group(
        CategoryKind.EXPENSE,
        "Money",
        "Geld & Sonstiges",
        _leaf("services", "Services", "Dienstleistungen"),
        _leaf("fees", "Bank fees & interest", "Bankgebühren & Zinsen"),
        _leaf("taxes", "Taxes & public fees", "Steuern & Abgaben"),
        _leaf("cash", "Cash withdrawals", "Bargeldabhebungen"),
        _leaf("other_expense", "Other spending", "Sonstige Ausgaben"),
        _leaf(UNCATEGORISED, "Uncategorised", "Ohne Kategorie"),
    ),
    _group(
        CategoryKind.INCOME,
        "Income",
        "Einkommen",
        _leaf("salary", "Salary", "Gehalt"),
        _leaf("interest", "Interest & dividends", "Zinsen & Dividenden"),
        _leaf("refund", "Refunds", "Erstattungen"),
        _leaf("benefits", "Benefits & pensions", "Sozialleistungen & Renten"),
        _leaf("rental_income", "Rental income", "Mieteinnahmen"),
        _leaf("other_income", "Other income", "Sonstige Einnahmen"),
        _leaf(UNCATEGORISED, "Uncategorised income", "Einnahmen ohne Kategorie"),
    ),
)
