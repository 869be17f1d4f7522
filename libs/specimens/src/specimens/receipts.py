"""Receipts as facts: a merchant's habits, what was bought, and sums that hold to the minor unit."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from specimens.figures import minor_digits, print_amount, print_date

Layout = Literal["proportional", "thermal", "quantity"]


@dataclass(frozen=True, slots=True)
class Merchant:
    """A shop and how its till prints."""

    name: str
    address: tuple[str, ...]
    currency: str
    currency_mark: str
    layout: Layout
    date_pattern: str
    goods: tuple[tuple[str, int], ...]
    """What it sells, with a usual price in minor units."""
    tax_label: str
    tax_permille: int
    tax_included: bool
    total_label: str = "TOTAL"
    subtotal_label: str = "SUBTOTAL"
    decimal: str = "."
    grouping: str = ","
    indian_grouping: bool = False
    cash_label: str = "CASH"
    change_label: str = "CHANGE"
    greeting: str = "THANK YOU, COME AGAIN"

    def amount_text(self, minor: int) -> str:
        return print_amount(
            minor,
            digits=minor_digits(self.currency),
            decimal=self.decimal,
            grouping=self.grouping,
            indian=self.indian_grouping,
        )


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the receipt; `amount` is quantity x price, in minor units."""

    name: str
    quantity: int
    price: int

    @property
    def amount(self) -> int:
        return self.quantity * self.price


@dataclass(frozen=True, slots=True)
class Receipt:
    """The truth of a drawn receipt; every amount in minor units of `currency`.

    items + tax = total where the tax is added, items = total where it is included.
    """

    merchant: Merchant
    date: date
    time: str
    number: str
    items: tuple[Item, ...]
    subtotal: int
    tax: int
    total: int
    cash: int | None

    @property
    def currency(self) -> str:
        return self.merchant.currency

    @property
    def change(self) -> int | None:
        return None if self.cash is None else self.cash - self.total

    @property
    def date_text(self) -> str:
        return print_date(self.date, self.merchant.date_pattern)


MERCHANTS: tuple[Merchant, ...] = (
    Merchant(
        name="HARBOUR STREET GROCERS",
        address=("214 HARBOUR STREET", "PORTLAND OR 97204", "TEL 503 555 0142"),
        currency="USD",
        currency_mark="$",
        layout="thermal",
        date_pattern="%m/%d/%Y",
        goods=(
            ("BANANAS", 129),
            ("WHOLE MILK 1GAL", 419),
            ("SOURDOUGH LOAF", 550),
            ("CHEDDAR 8OZ", 625),
            ("FREE RANGE EGGS", 489),
            ("GROUND COFFEE", 1299),
            ("OLIVE OIL", 1649),
            ("PAPER TOWELS", 899),
        ),
        tax_label="SALES TAX 8.25%",
        tax_permille=82,
        tax_included=False,
    ),
    Merchant(
        name="The Copper Kettle Cafe",
        address=("7 Market Row", "Bristol BS1 4QA", "VAT No 318 5542 07"),
        currency="GBP",
        currency_mark="GBP ",
        layout="proportional",
        date_pattern="%d %b %Y",
        goods=(
            ("Flat white", 340),
            ("Pot of tea", 290),
            ("Eggs on toast", 875),
            ("Carrot cake", 425),
            ("Soup of the day", 695),
            ("Orange juice", 310),
        ),
        tax_label="VAT 20% included",
        tax_permille=200,
        tax_included=True,
        total_label="Total",
        subtotal_label="Subtotal",
        cash_label="Cash",
        change_label="Change",
        greeting="Thank you and see you soon",
    ),
    Merchant(
        name="Frischmarkt Lindenhof GmbH",
        address=("Lindenallee 12", "50667 Koeln", "USt-IdNr. DE811907980"),
        currency="EUR",
        currency_mark="EUR ",
        layout="quantity",
        date_pattern="%d.%m.%Y",
        goods=(
            ("Vollmilch 3,5%", 119),
            ("Roggenbrot", 289),
            ("Butter 250g", 229),
            ("Aepfel 1kg", 249),
            ("Gouda jung", 349),
            ("Mineralwasser", 79),
            ("Kaffee gemahlen", 699),
            ("Waschmittel", 1249),
        ),
        tax_label="enth. MwSt 7%",
        tax_permille=70,
        tax_included=True,
        total_label="SUMME EUR",
        subtotal_label="Zwischensumme",
        decimal=",",
        grouping=".",
        cash_label="Bar",
        change_label="Rueckgeld",
        greeting="Vielen Dank fuer Ihren Einkauf",
    ),
    Merchant(
        name="KEDAI MAKAN SRI MELUR SDN BHD",
        address=("NO 18 JALAN MELUR 3", "81100 JOHOR BAHRU", "GST ID 000918273645"),
        currency="MYR",
        currency_mark="RM",
        layout="thermal",
        date_pattern="%d/%m/%Y",
        goods=(
            ("NASI LEMAK AYAM", 950),
            ("TEH TARIK", 220),
            ("ROTI CANAI", 180),
            ("MEE GORENG", 780),
            ("KOPI O ICE", 250),
            ("SATAY 10 PCS", 1200),
        ),
        tax_label="GST 6%",
        tax_permille=60,
        tax_included=False,
    ),
    Merchant(
        name="Uhren und Schmuck Baerlocher AG",
        address=("Bahnhofplatz 4", "9000 St. Gallen", "CHE-109.322.551 MWST"),
        currency="CHF",
        currency_mark="CHF ",
        layout="proportional",
        date_pattern="%d.%m.%y",
        goods=(("Armbanduhr", 124900), ("Lederband", 8950), ("Batterie", 2500), ("Politur", 6400)),
        tax_label="inkl. MWST 8.1%",
        tax_permille=81,
        tax_included=True,
        total_label="Total CHF",
        subtotal_label="Zwischentotal",
        grouping="'",
        cash_label="Bar",
        change_label="Retour",
        greeting="Besten Dank",
    ),
    Merchant(
        name="ANNAPURNA ELECTRICALS",
        address=("45 MG ROAD", "PUNE 411001", "GSTIN 27AABCA1234B1Z5"),
        currency="INR",
        currency_mark="Rs. ",
        layout="quantity",
        date_pattern="%d-%m-%Y",
        goods=(
            ("CEILING FAN", 289900),
            ("MIXER GRINDER", 1149900),
            ("LED BULB 9W", 11500),
            ("EXTENSION CORD", 64900),
            ("INVERTER 1KVA", 7899900),
        ),
        tax_label="GST 18%",
        tax_permille=180,
        tax_included=False,
        total_label="GRAND TOTAL",
        indian_grouping=True,
    ),
)


def make_receipt(seed: int, *, merchant: str | None = None, on: date | None = None) -> Receipt:
    """A receipt of one of `MERCHANTS` (by its name, else drawn by the seed) with 2 to 6 items."""
    rng = random.Random(seed)  # noqa: S311 - seeded on purpose: the same seed, the same bytes
    shop = rng.choice(MERCHANTS) if merchant is None else _merchant_named(merchant)
    drawn_day = date(2025, 1, 1) + timedelta(days=rng.randrange(660))
    chosen = rng.sample(shop.goods, k=min(len(shop.goods), rng.randint(2, 6)))
    items = tuple(Item(name, rng.choice((1, 1, 1, 2, 3)), price) for name, price in chosen)
    subtotal = sum(item.amount for item in items)
    tax = _tax_of(subtotal, shop)
    total = subtotal if shop.tax_included else subtotal + tax
    return Receipt(
        merchant=shop,
        date=on or drawn_day,
        time=f"{rng.randint(8, 21):02d}:{rng.randint(0, 59):02d}",
        number=f"{rng.randint(10_000, 999_999)}",
        items=items,
        subtotal=subtotal,
        tax=tax,
        total=total,
        cash=_handed_over(total, rng) if rng.random() < 0.5 else None,
    )


def _merchant_named(name: str) -> Merchant:
    return next(shop for shop in MERCHANTS if shop.name == name)


def _tax_of(subtotal: int, shop: Merchant) -> int:
    base = 1000 + shop.tax_permille if shop.tax_included else 1000
    return (subtotal * shop.tax_permille + base // 2) // base


def _handed_over(total: int, rng: random.Random) -> int:
    note = rng.choice((1000, 2000, 5000))
    return -(-total // note) * note
