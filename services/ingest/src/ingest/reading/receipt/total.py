"""Which of a receipt's amounts is what was paid.

Every amount is weighed by what its row says, by arithmetic (cash less change, subtotal plus tax),
and by how often and how large it is printed. Weights were set on public receipts (SROIE); `python
-m ingest.evaluate` measures them.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.reading.lines import TextRow
from ingest.reading.receipt.money import PrintedSum

_STRONG = re.compile(
    r"grand ?total|\bdue\b|"
    r"total ?(amount|amt|due|payable|sales?|rounded|rm|myr|usd|eur|gbp|chf)|"
    r"(amount|amt|balance|nett?) ?(due|total|payable)|to ?pay|payable|"
    r"total ?(incl|with|after|round)|rounded ?total|total ?\(?inclusive|net ?(amount|amt)|"
    r"nett|summe|gesamt|gesamtbetrag|zu ?zahlen|endbetrag|total ?ttc|a ?payer|"
    r"net ?a ?payer|importe ?total|total ?a ?pagar|totale|te ?betalen|totaal|att ?betala|"
    r"razem|do ?zaplaty|celkem|osszesen|betrag"
)
_TOTAL = re.compile(r"t[o0]t[ao]l|jumlah|tota1|t0tal")
_NOT_TOTAL = re.compile(
    r"sub ?-?t[o0]ta[l1i]|zwischen|sous ?total|sub ?-?tot|"
    r"total ?(qty|quantity|items?|ltem|disc|saving|tax|gst|vat|point|no|pcs|count)|"
    r"total ?(ex|excl|before|without|s/?disc)|"
    r"(before|excl\w*|exclusive|without|w/o|ex) ?(of )?\(?(gst|tax|vat|sst)|"
    r"(gst|tax|vat|mwst|mws|tva|iva|sst) ?(total|amount|amt|summary)|total ?\(?ex|"
    r"item\(?s?\)?:|excluding|not ?incl|total ?gst|total ?tax|qty|accepted ?total"
)
_TAXES = re.compile(r"\b(gst|vat|tax|sst|mwst|ust|tva|iva|btw|moms)\b|service ?(charge|tax)|svc")
_INCLUSIVE = re.compile(r"incl|inc\b|with|w/|after")
_RATE = re.compile(r"(gst|tax|vat|mwst|sst) ?@|@ ?\d{1,2} ?%")
_DISCOUNT = re.compile(r"disc|rabatt|saving|remise|descuento|sconto|voucher|coupon|deposit")
_ROUNDING = re.compile(r"\bround|\brnd|rundung|\barrondi")
_CASH = re.compile(
    r"\bcash\b|tender|\bpaid\b|payment|\bbar\b|gegeben|erhalten|especes|efectivo|contanti|"
    r"kontant|amount ?received|received|accepted"
)
_CARD = re.compile(
    r"visa|master|amex|credit ?card|debit|\bcard\b|karte|maestro|paypass|nets\b|bankcard"
)
_CHANGE = re.compile(
    r"chang|ruckgeld|rueckgeld|wechselgeld|retour|rendu|cambio|resto|balance\b(?! due)|wisselgeld"
)
_SUBTOTAL = re.compile(r"sub ?-?t[o0]ta[l1i]|sub ?-?tot\b|zwischen ?(summe|total)|sous ?total")
_TAX_SUM = re.compile(r"total (gst|tax)|(gst|tax) (amount|amt)")
_TAX_INCLUDED = re.compile(r"(incl\w*|with|after|w/).{0,12}(gst|tax|sst)")
_SUMMARY = re.compile(
    r"(gst|tax|vat|mwst|sst) ?(summary|analysis|breakdown|code|rate|detail)|summary|"
    r"tax ?amt|amount ?\(rm\)|amt ?\(rm\)"
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sum with the label that governs it, folded to plain lower case."""

    sum: PrintedSum
    label: str


@dataclass(frozen=True, slots=True)
class Roles:
    """The other sums of the receipt, in minor units; None where not printed."""

    subtotal: int | None
    tax: int | None
    tax_sum: PrintedSum | None
    discount: int | None
    rounding: int | None
    cash: int | None
    change: int | None


@dataclass(frozen=True, slots=True)
class ChosenTotal:
    """`confidence` is 0 to 1."""

    sum: PrintedSum
    confidence: float


def labelled(rows: Sequence[TextRow], sums: Sequence[PrintedSum]) -> list[Labelled]:
    """A sum alone in its row takes the label of the row above, unless that has a sum of its own."""
    with_sums = {each.row for each in sums}
    named: list[Labelled] = []
    for each in sums:
        label = _folded(each.label)
        if len(re.sub(r"[^a-z]", "", label.replace("rm", ""))) < 2 and each.row > 0:
            above = each.row - 1
            if (
                above not in with_sums
                and rows[each.row].level - rows[above].level < 3 * each.height
            ):
                label = _folded(rows[above].text)
        named.append(Labelled(each, label))
    return named


def roles_of(named: Sequence[Labelled]) -> Roles:
    """What the sums other than the total are, by their labels."""
    return Roles(
        subtotal=_minor(_last(named, _SUBTOTAL)),
        tax=_minor(_tax(named)),
        tax_sum=_tax(named),
        discount=_minor(_last(named, _DISCOUNT)),
        rounding=_minor(_last(named, _ROUNDING, no=_TOTAL)),
        cash=_minor(_last(named, _CASH, no=_CHANGE)),
        change=_minor(_last(named, _CHANGE)),
    )


def choose_total(
    rows: Sequence[TextRow], named: Sequence[Labelled], roles: Roles
) -> ChosenTotal | None:
    """The sum with the most weight; None where the page has none above zero."""
    candidates = [each for each in named if each.sum.minor_units > 0]
    if not candidates:
        return None
    times = Counter(each.sum.minor_units for each in candidates)
    tallest = max(each.sum.height for each in candidates)
    summary_from = _summary_start(rows)
    largest_total = max(
        (each.sum.minor_units for each in candidates if _TOTAL.search(each.label)), default=0
    )
    weights: dict[int, float] = {}
    best: dict[int, tuple[float, PrintedSum]] = {}
    for each in candidates:
        amount = each.sum.minor_units
        weight = _label_weight(each.label) + 1.2 * (each.sum.height / tallest)
        weight += 0.5 * each.sum.row / max(1, len(rows))
        if each.sum.row >= summary_from:
            weight -= 3.0
        if _TAXES.search(each.label) and amount * 4 <= largest_total:
            weight -= 4.0
        if weight > best.get(amount, (float("-inf"), each.sum))[0]:
            best[amount] = (weight, each.sum)
    largest = max(times)
    for amount, (weight, _) in best.items():
        weight += _rounded_weight(amount, roles, best)
        weight += 0.35 * min(4, times[amount] - 1) + _proof_weight(amount, roles)
        weights[amount] = weight + (0.6 if amount == largest else 0.0)
    ranked = sorted(weights, key=weights.__getitem__, reverse=True)
    first = ranked[0]
    margin = weights[first] - (weights[ranked[1]] if len(ranked) > 1 else 0.0)
    chosen = best[first][1]
    return ChosenTotal(chosen, _confidence(margin, chosen.line.confidence))


def _confidence(margin: float, read: float) -> float:
    """Grows with the lead over the runner-up, bounded by how surely the digits were read."""
    return round(max(0.05, min(0.99, 0.5 + margin / 8)) * min(1.0, read + 0.02), 3)


def _label_weight(label: str) -> float:
    """What the words beside an amount say for or against its being the total."""
    total = bool(_TOTAL.search(label))
    weight = _claim(label)
    if _ROUNDING.search(label):
        weight += 1.2 if total else -4.0
    for pattern, loss in ((_RATE, 4.0), (_CHANGE, 5.0)):
        weight -= loss if pattern.search(label) else 0.0
    if _DISCOUNT.search(label) and not total:
        weight -= 3.0
    if _TAXES.search(label) and not _INCLUSIVE.search(label):
        weight -= 2.0
    if _CARD.search(label):
        weight += 1.0
    elif _CASH.search(label) and not total:
        weight -= 0.3
    return weight


def _claim(label: str) -> float:
    """How plainly the label says that this is the total."""
    if _NOT_TOTAL.search(label) and not _TAX_INCLUDED.search(label):
        return -1.0
    if _STRONG.search(label):
        return 5.0
    return 4.0 if _TOTAL.search(label) else 0.0


def _proof_weight(amount: int, roles: Roles) -> float:
    weight = 0.0
    if roles.cash and roles.change is not None and roles.cash - roles.change == amount:
        weight += 3.0
    if roles.subtotal:
        extras = [e for e in (roles.tax, roles.rounding, -(roles.discount or 0)) if e]
        reachable = {roles.subtotal}
        for extra in extras:
            reachable |= {start + extra for start in reachable}
        weight += 1.0 if amount in reachable else 0.0
    return weight


def _rounded_weight(
    amount: int, roles: Roles, weights: Mapping[int, tuple[float, PrintedSum]]
) -> float:
    """What was paid is the amount after rounding to the smallest coin, where both are printed."""
    if not roles.rounding or roles.rounding > 10 or amount % 5:
        return 0.0
    before = (amount + roles.rounding, amount - roles.rounding)
    return 2.0 if any(weights.get(each, (0.0,))[0] >= 4.0 for each in before) else 0.0


def _summary_start(rows: Sequence[TextRow]) -> int:
    """The row from which a table of taxes repeats what was summed; it is in the lower part."""
    for place, row in enumerate(rows):
        if place > len(rows) * 0.4 and _SUMMARY.search(_folded(row.text)):
            return place
    return len(rows)


def _last(
    named: Sequence[Labelled], pattern: re.Pattern[str], *, no: re.Pattern[str] | None = None
) -> PrintedSum | None:
    matching = [
        each.sum
        for each in named
        if pattern.search(each.label) and not (no and no.search(each.label))
    ]
    return matching[-1] if matching else None


def _tax(named: Sequence[Labelled]) -> PrintedSum | None:
    """The first sum that is called a tax, and is neither a total with it nor one without."""
    for each in named:
        inclusive_total = _INCLUSIVE.search(each.label) and _TOTAL.search(each.label)
        if _TAXES.search(each.label) and not inclusive_total:
            rest = _TAX_SUM.sub("", each.label)
            if not _NOT_TOTAL.search(rest):
                return each.sum
    return None


def _minor(found: PrintedSum | None) -> int | None:
    return abs(found.minor_units) if found else None


_FOLD = str.maketrans("áàâäãéèêëíîïóôöõúûüçñśźż_*:=|", "aaaaaeeeeiiioooouuucnszz     ")


def _folded(text: str) -> str:
    return " ".join(text.lower().translate(_FOLD).split())
