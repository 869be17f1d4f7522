"""What a payee is called once the bank's, the till's and the card scheme's additions are gone.

Two people who pay in the same shop see `SQ *BLUE BOTTLE #0412 OAKLAND CA` and `Blue Bottle 22FEB`;
memory, lexicon and model all work on the words that remain. Nothing here guesses: what can't be
told from a name is left in.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

MAX_PAYEE_LENGTH: Final = 512
"""Characters of a payee that are read; banks send at most 140 (ISO 20022 `Max140Text`), names of 10
kB are hostile."""

_UNDECOMPOSED: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"}
)


def one_spelling(word: str) -> str:
    """`muller` for Müller, Mueller and Muller: tills that have no umlauts spell them out."""
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _words(text: str) -> frozenset[str]:
    return frozenset(map(one_spelling, text.split()))


# Acquirers and wallets write themselves before the merchant's name, parted by `*` (or `_` for
# Zettle). `GOOGLE *`, `UBER *` and `AMZN*` stay: there the prefix is the merchant.
_PROCESSOR: Final = re.compile(
    r"^(?:sq|gosq\.com|tst|toast|sumup|su|izettle|zettle|iz|paypal|pp|pypl|ppl|sp|shopify|stripe|"
    r"klarna|mollie|adyen|"
    r"worldpay|wpy|payu|ls|lightspeed|crv|curve|nyx|cko|ckout|bt|fs|py|eb|in|sow|spo|ec|dnh|wl|"
    r"gpay|rev|mpay|twint|"
    r"lsp|cpi|poynt|clv|clover|xsolla|2co\.com|2checkout|fastspring|dri|ccb|dojo|tyro|smp|epay|"
    r"bill)\s*[*_]+\s*"
)
_PROCESSOR_WORDS: Final = re.compile(
    r"^(?:sumup|izettle|zettle|paypal europe s ?a r ?l et cie s ?c ?a|paypal inst xfer|apple pay|"
    r"google pay)\s+(?=\S)"
)

# What a bank says about how it was paid, before or after to whom. Longest first within a language.
_HOW_PAID: Final = re.compile(
    r"\b(?:"
    r"purchase authori[sz]ed on|recurring payment authori[sz]ed on|debit card (?:purchase|payment)|"
    r"checkcard|check card|card (?:payment|purchase)(?: to| at)?|pos (?:purchase|debit|payment|"
    r"transaction|withdrawal)|"
    r"visa (?:purchase|debit|direct)|mastercard(?: debit)?|contactless(?: payment)?|point of sale|"
    r"eftpos|"
    r"^pos|^cb|direct debit(?: payment)?(?: to)?|standing order(?: to)?|bill payment(?: to)?|"
    r"faster payments?(?: to)?|"
    r"kartenzahlung|kartenzahlg|girocard|ec karte|elv|sepa(?: basis)? lastschrift(?:einzug)?|"
    r"folgelastschrift|"
    r"erstlastschrift|sepa uberweisung|debitkarte|kreditkarte|onlinezahlung|kauf vom|"
    r"danke? fur ihren einkauf|"
    r"(?:achat|paiement|facture)(?: par)? (?:cb|carte)(?: bancaire)?|prlv(?: sepa)?|"
    r"prelevement(?: sepa)?(?: de)?|"
    r"compra (?:con )?tarj(?:eta)?|pago (?:con )?tarj(?:eta)?|compra en|adeudo(?: de| sepa)?|"
    r"recibo(?: de)?|"
    r"pagamento (?:pos|carta)|addebito(?: sdd)?|betaalautomaat|incasso|sepa"
    r")\b"
)

_MONTHS: Final = "jan|feb|mar|mrz|maer|apr|avr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez"
_DATE_OR_TIME: Final = re.compile(
    r"\b\d{4}-\d{1,2}-\d{1,2}(?:t\d{2}:\d{2}(?::\d{2})?)?\b"
    r"|\b\d{1,2}[./]\d{1,2}[./](?:(?:\d{4}|\d{2})\b)?"
    r"|\b\d{1,2}[/]\d{1,2}\b"
    rf"|\b\d{{1,2}}[ -]?(?:{_MONTHS})[a-z]*\.?(?:[ -]?(?:\d{{4}}|\d{{2}}))?\b"
    r"|\b\d{1,2}[:h]\d{2}(?::\d{2})?\b"
)
_AMOUNT: Final = re.compile(
    r"\b\d[\d.,]*\s?(?:usd|eur|gbp|chf|jpy|cad|aud|sek|nok|dkk|pln|czk|huf)\b|\b(?:usd|eur|gbp|"
    r"chf)\s?\d[\d.,]*\b"
    r"|[€£$]\s?\d[\d.,]*|\b1 [a-z]{3} = .*$"
)
_ADDRESS: Final = re.compile(
    r"(?:https?://)?(?:www\.)?([a-z0-9][a-z0-9-]*)\.(?:co\.uk|com\.au|com|net|org|de|at|ch|fr|es|"
    r"it|nl|be|eu|io|app|co|"
    r"uk|us|ca|tv|shop|online)(?:/\S*)?\b"
)
_EMAIL: Final = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
_REFERENCE_LABEL: Final = re.compile(
    r"\b(?:ref(?:erence|erenz)?|eref|mref|kref|svwz|cred|mandat\w*|end-to-end|invoice|inv|"
    r"rechnung\w*|rg-?nr|re-?nr|"
    r"order|auftrag\w*|kundennr|kunden-?nummer|kd-?nr|terminal|tid|auth|trace|folio|facture no?|"
    r"nr|no)"
    r"\s*[.:#+]+\s*[\w./-]*\d[\w./-]*"
)
_MASKED_DIGITS: Final = re.compile(r"(?<![^\W_])(?:[x*•]{2,}[\s-]?)+\d{0,6}\b")
_LETTER_PAIR: Final = re.compile(r"\b([^\W\d]) ?[&+] ?([^\W\d])\b")
_JOINED_LETTER: Final = re.compile(r"\b([^\W\d])[.-](?=[^\W\d])")
_APOSTROPHE: Final = re.compile(r"(?<=\w)['’`´](?=\w)")
_WORD: Final = re.compile(r"[^\W_]+")
_STORE_CODE: Final = re.compile(
    r"^(?:[a-z]{1,3}\d{1,6}|\d+[a-z]{1,2}|(?=.*\d.*\d)(?=.*[a-z])[a-z0-9]{6,})$"
)

# Legal forms and what tills print after a name; they tell nothing about the trade.
_NOISE_WORDS: Final = _words(
    "gmbh ag kg ohg ug mbh co cie inc llc ltd limited plc corp corporation sa sas sarl eurl sl "
    "slu srl spa bv "
    "nv ab oy aps as sdn bhd pty pte ev eg kgaa se gbr dankt sagt danke filiale fil store st str "
    "shop nr no tel "
    "usa deu fra esp gb uk us de fr es at ch"
)
# A text of these alone names nobody: it is not learnt from and gets no category.
_NOBODY: Final = _words(
    "payment payments transfer transfers uberweisung dauerauftrag gutschrift lastschrift zahlung "
    "karte card chq cheque "
    "check scheck virement paiement carte cheques transferencia pago cargo abono ingreso bizum "
    "debit credit deposit "
    "withdrawal purchase online sepa pos iban bic ref to from von an de of the your internal misc "
    "various unknown "
    "transaction banking internet mobile web bacs chaps fps ach wire eft tfr trf xfer bgc dd so "
    "vir prlv xfer giro"
)
_UNFINISHED: Final = range(18, 26)
"""Lengths at which banks cut a payee's name off."""


@dataclass(frozen=True, slots=True)
class Payee:
    """A payee's name in comparable form.

    `key` is what memory compares; it is empty when the text names nobody (`CARD PAYMENT 0412`).
    `words` keeps short numbers that belong to a name (`7 eleven`); `unfinished` says the last word
    may be cut off.
    """

    key: str
    words: tuple[str, ...]
    unfinished: bool = False

    @property
    def is_nobody(self) -> bool:
        return not self.key


def plain(text: str) -> str:
    """Lower case without accents, control, format (bidirectional) or private characters; at most
    MAX_PAYEE_LENGTH."""
    folded = (
        unicodedata.normalize("NFKD", text[:MAX_PAYEE_LENGTH]).casefold().translate(_UNDECOMPOSED)
    )
    kept = (" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in folded)
    return "".join(c for c in kept if unicodedata.category(c) not in {"Mn", "Cf", "Co", "Cs", "Cn"})


def normalise(text: str) -> Payee:
    """Read the payee's name out of what the bank wrote."""
    line = " ".join(plain(text).split())
    unfinished = len(line) in _UNFINISHED
    line = _strip_processors(line)
    line = _EMAIL.sub(" ", line.replace("apple.com/bill", "apple bill"))
    line = _ADDRESS.sub(r" \1 ", line)
    for pattern in (_REFERENCE_LABEL, _MASKED_DIGITS, _AMOUNT, _DATE_OR_TIME):
        line = pattern.sub(" ", line)
    line = _APOSTROPHE.sub("", line)
    line = _JOINED_LETTER.sub(r"\1", line)
    line = _LETTER_PAIR.sub(r"\1\2", line)
    line = _strip_processors(line.strip(" *-.,:/"))
    words = tuple(
        map(one_spelling, _name_words(_HOW_PAID.sub(" ", " ".join(_WORD.findall(line))).split()))
    )
    if all(word in _NOBODY or word.isdigit() for word in words):
        return Payee(key="", words=())
    key = " ".join(word for word in words if not word.isdigit())
    return Payee(
        key=key, words=words, unfinished=unfinished and one_spelling(line).endswith(words[-1])
    )


def _strip_processors(line: str) -> str:
    for _ in range(2):  # `PAYPAL *SQ *NAME` happens; three never
        line = _PROCESSOR_WORDS.sub("", _PROCESSOR.sub("", line))
    return line


def _name_words(tokens: list[str]) -> tuple[str, ...]:
    """Drop references, store numbers and legal forms, but never the whole name (`3 Store`, `AG
    Insurance`)."""
    kept: list[str] = []
    for token in tokens:
        if token.isdigit():
            if len(token) <= 2 and not (kept and kept[-1].isdigit()):
                kept.append(token)
        elif not _STORE_CODE.match(token) or (not kept and len(token) <= 3):
            kept.append(token)
    while kept and kept[-1].isdigit():
        kept.pop()
    named = [
        word for word in kept if word not in _NOISE_WORDS and (len(word) > 1 or word.isdigit())
    ]
    return tuple(named if any(not word.isdigit() for word in named) else kept)
