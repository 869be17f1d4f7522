"""Who wrote the receipt: the line of its head that reads like the name of a business."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.domain.fields import Box
from ingest.reading.lines import TextRow

_COMPANY = re.compile(
    r"\bs(dn|ON|DN)\.?\s?b\w?h?d\b|\bbhd\b|\bsdn\b|\bltd\b|\blimited\b|\bllc\b|\binc\b|"
    r"\bcorp|\bgmbh\b|\bag\b|\bkg\b|\bplc\b|\bs\.?a\.?r?\.?l?\b$|\bs\.?r\.?l\b|\bb\.?v\b|"
    r"\boy\b|\bab\b$|\bco\b\.?|enterprise|trading|restaurant|restoran|kedai|store|mart\b|"
    r"market|hardware|bakery|cafe|coffee|pharmacy|farmasi|shop|hotel|industries|"
    r"perniagaan|syarikat|stationery|holdings|services?\b|supermarket|grocer|kitchen|book|"
    r"apotheke|markt|boutique|electric|station|house|food|chicken|machinery|marketing",
    re.IGNORECASE,
)
_LEGAL_TAIL = re.compile(
    r"^\(?(m\)?\s*)?(sdn\.?\s*bhd|bhd|berhad|ltd|limited|gmbh|inc|llc|s/b)\.?\s*(\(.*)?$",
    re.IGNORECASE,
)
_LEGAL = re.compile(r"\b(sdn\.?\s?bhd|bhd|ltd|limited|gmbh|inc|llc|plc|ag)\b", re.IGNORECASE)
# A registration number at the end. A short word before it ("The Bar 1884", "Sdn Bhd 113825-W") is
# a part of the name.
_REGISTRATION = re.compile(
    r"\s*[\[(]?\s*(?:(?<![A-Za-z])co(?:mpany)?[.,]?\s*(?:reg)?[.,]?\s*(?:no)?[.,]?\s*:?\s*)?"
    r"(?<![A-Za-z])(?:[A-Z]{0,3}\d{4,}|(?!(?:ag|kg|ab|oy|bv|co)\s)[A-Z]{1,2}\s\d{5,}|\s?\d{4,})[\w\s./()-]*[\])]?\s*$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"\b(jalan|jln|lot|lorong|taman|tmn|street|str\b|strasse|road|rd\b|avenue|ave\b|lane|floor|flr|level|blok|block|kuala|johor|selangor|bahru|kampung|kg\.|persiaran|seksyen|section|bandar|malaysia|row|allee|weg|platz|rue|via|calle)\b|"
    r"\d{5}|\bno\.?\s?\d",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile(
    r"tax\s?invoice|\binvoice|\breceipt|\bresit\b|\btel\b|phone|\bfax|\bgst|\bsst\b|"
    r"reg\.?\s?no|reg\s?id|co\.?\s?no|company\s?(no|reg)|\broc\b|www\.|http|@|\.com|"
    r"\bdate\b|\bcashier|\btable\b|\border|\bbill\b|\bwelcome|\bthank|\bcopy|\bcash\b|"
    r"\bvat\s|ust-?id|opening|\bhours|\bh/p\b|\bserver|\bduplicate|\bdocument|\bcustomer|"
    r"\bmember|\bplease|\bslip\b|\bguest|\bcheck\b|licensee|formerly|owned\s?by|\bmanaged|"
    r"\boperated|\breprint",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ChosenMerchant:
    """`confidence` is 0 to 1."""

    name: str
    text: str
    box: Box
    confidence: float


def choose_merchant(rows: Sequence[TextRow]) -> ChosenMerchant | None:
    """The best line of the head, with the line below it where that only completes the name."""
    head = _head(rows)
    if not head:
        return None
    usual = sorted(row.height for row in rows)[len(rows) // 2]
    ranked = sorted(
        range(len(head)), key=lambda place: _weight(head[place], place, usual), reverse=True
    )
    best = ranked[0]
    lines = [line for line in head[best].lines if _letters(line.text) >= 2]
    text = " ".join(line.text for line in lines)
    box, read = lines[0].box, min(line.confidence for line in lines)
    for line in lines[1:]:
        box = box.joined(line.box)
    if best and _only_legal(text) and not _NOT_A_NAME.search(head[best - 1].text):
        text = f"{head[best - 1].text} {text}"
        for line in head[best - 1].lines:
            box = box.joined(line.box)
    if best + 1 < len(head) and _continues(text, head[best + 1].text):
        text = f"{text} {head[best + 1].text}"
        for line in head[best + 1].lines:
            box = box.joined(line.box)
    weight = _weight(head[best], best, usual)
    return ChosenMerchant(
        name=_without_registration(text),
        text=text,
        box=box,
        confidence=round(read * max(0.3, min(0.95, 0.45 + weight / 12)), 3),
    )


def _head(rows: Sequence[TextRow]) -> list[TextRow]:
    """Rows above the first date, table or sum, at most the first dozen that hold words."""
    head: list[TextRow] = []
    for row in rows[:16]:
        if re.search(r"\d[.,]\d{2}\b", row.text) and len(head) > 2:
            break
        if _letters(row.text) >= 3:
            head.append(row)
        if len(head) == 12:
            break
    return head


def _weight(row: TextRow, place: int, usual: float) -> float:
    text = row.text
    weight = 3.0 - 0.45 * place
    if _LEGAL.search(text):
        weight += 3.0
    elif _COMPANY.search(text):
        weight += 1.5
    if text.lstrip().startswith("("):
        weight -= 1.0
    if re.match(r"\d+[,\s]", text):
        weight -= 2.0
    if _ADDRESS.search(text) and not (_LEGAL.search(text) or place == 0):
        weight -= 2.5
    if _NOT_A_NAME.search(text):
        weight -= 6.0
    letters = _letters(text)
    if letters < 4 or letters < 0.5 * len(text.replace(" ", "")):
        weight -= 3.0
    weight += min(1.5, row.height / max(1.0, usual) - 1.0)
    return weight + min(0.0, (min(line.confidence for line in row.lines) - 0.9) * 6)


def _only_legal(name: str) -> bool:
    """Whether the line holds no more than a company's legal form: its name is on the line above."""
    rest = re.sub(r"\(?\bm\b\)?|\bco\b", "", _LEGAL.sub("", name), flags=re.IGNORECASE)
    return _letters(_without_registration(rest)) < 3


def _continues(name: str, below: str) -> bool:
    if _LEGAL.search(name):
        return False
    return bool(_LEGAL_TAIL.match(below.strip()))


def _without_registration(text: str) -> str:
    trimmed = _REGISTRATION.sub("", text).strip(" .,:;*-~'\"(")
    return trimmed if _letters(trimmed) >= 3 else text.strip()


def _letters(text: str) -> int:
    return sum(letter.isalpha() for letter in text)
