"""Patterns and words that banks, tills and card schemes write around a payee's name."""

from __future__ import annotations

import re
from typing import Final


def one_spelling(word: str) -> str:
    """`muller` for Müller, Mueller and Muller: tills that have no umlauts spell them out."""
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def spelled(text: str) -> frozenset[str]:
    """The words of a text in their one spelling."""
    return frozenset(map(one_spelling, text.split()))


# Acquirers and wallets write themselves before the merchant's name, parted by `*` (or `_` for
# Zettle). `GOOGLE *`, `UBER *` and `AMZN*` stay: there the prefix is the merchant.
PROCESSOR: Final = re.compile(
    r"^(?:sq|gosq\.com|tst|toast|sumup|su|izettle|zettle|iz|paypal|pp|pypl|ppl|sp|shopify|stripe|"
    r"klarna|mollie|adyen|"
    r"worldpay|wpy|payu|ls|lightspeed|crv|curve|nyx|cko|ckout|bt|fs|py|eb|in|sow|spo|ec|dnh|wl|"
    r"gpay|rev|mpay|twint|"
    r"lsp|cpi|poynt|clv|clover|xsolla|2co\.com|2checkout|fastspring|dri|ccb|dojo|tyro|smp|epay|"
    r"bill)\s*[*_]+\s*"
)
PROCESSOR_WORDS: Final = re.compile(
    r"^(?:sumup|izettle|zettle|paypal europe s ?a r ?l et cie s ?c ?a|paypal inst xfer|apple pay|"
    r"google pay)\s+(?=\S)"
)

# A bank's words for the way of payment, before or after the payee. Longest first in a language.
HOW_PAID: Final = re.compile(
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

# Whole names and short forms (English, German, French, Spanish, Italian, Dutch): "7 mares" and "2
# octopus" are no dates.
MONTHS: Final = (
    "jan(?:uary|uar|uari|vier)?|gen(?:naio)?|ene(?:ro)?|feb(?:ruary|ruar|ruari|rero|braio)?|"
    "fev(?:rier)?|mar(?:ch|s|zo|z)?|maerz|mrz|maart|mrt|apr(?:il|ile)?|avr(?:il)?|abr(?:il)?|may(?:o)?|"
    "mai|mag(?:gio)?|mei|jun(?:e|i|io)?|juin|giu(?:gno)?|jul(?:y|i|io)?|juil(?:let)?|lug(?:lio)?|"
    "aug(?:ust|ustus)?|aout|ago(?:sto)?|sep(?:t|tember|tembre|tiembre)?|set(?:tembre)?|"
    "oct(?:ober|obre|ubre)?|okt(?:ober)?|ott(?:obre)?|nov(?:ember|embre|iembre)?|"
    "dec(?:ember|embre)?|dez(?:ember)?|dic(?:iembre|embre)?"
)
DATE_OR_TIME: Final = re.compile(
    r"\b\d{4}-\d{1,2}-\d{1,2}(?:t\d{2}:\d{2}(?::\d{2})?)?\b"
    r"|\b\d{1,2}[./]\d{1,2}[./](?:(?:\d{4}|\d{2})\b)?"
    r"|\b\d{1,2}[/]\d{1,2}\b"
    rf"|\b(?:0?[1-9]|[12]\d|3[01])[ -]?(?:{MONTHS})\b\.?(?:[ -]?(?:\d{{4}}|\d{{2}}))?(?!\w)"
    rf"|\b(?:0?[1-9]|[12]\d|3[01])(?:{MONTHS})(?:\d{{4}}|\d{{2}})\b"
    r"|\b\d{1,2}[:h]\d{2}(?::\d{2})?\b"
)
AMOUNT: Final = re.compile(
    r"\b\d[\d.,]*\s?(?:usd|eur|gbp|chf|jpy|cad|aud|sek|nok|dkk|pln|czk|huf)\b|\b(?:usd|eur|gbp|"
    r"chf)\s?\d[\d.,]*\b"
    r"|[€£$]\s?\d[\d.,]*|\b1 [a-z]{3} = .*$"
)
ADDRESS: Final = re.compile(
    r"(?:https?://)?(?:www\.)?([a-z0-9][a-z0-9-]*)\.(?:co\.uk|com\.au|com|net|org|de|at|ch|fr|es|"
    r"it|nl|be|eu|io|app|co|"
    r"uk|us|ca|tv|shop|online)(?:/\S*)?\b"
)
EMAIL: Final = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
REFERENCE_LABEL: Final = re.compile(
    r"\b(?:ref(?:erence|erenz)?|eref|mref|kref|svwz|cred|mandat\w*|end-to-end|invoice|inv|"
    r"rechnung\w*|rg-?nr|re-?nr|"
    r"order|auftrag\w*|kundennr|kunden-?nummer|kd-?nr|terminal|tid|auth|trace|folio|facture no?|"
    r"nr|no)"
    r"\s*[.:#+]+\s*[\w./-]*\d[\w./-]*"
)
MASKED_DIGITS: Final = re.compile(r"(?<![^\W_])(?:[x*•]{2,}[\s-]?)+\d{0,6}\b")
LETTER_PAIR: Final = re.compile(r"\b([^\W\d]) ?[&+] ?([^\W\d])\b")
JOINED_LETTER: Final = re.compile(r"\b([^\W\d])[.-](?=[^\W\d])")
APOSTROPHE: Final = re.compile(r"(?<=\w)['’`´](?=\w)")
WORD: Final = re.compile(r"[^\W_]+")
WORD_OR_MARK: Final = re.compile("[^\\W_]+|[\ue000-\uf8ff]")
STORE_CODE: Final = re.compile(
    r"^(?:[a-z]{1,3}\d{1,6}|\d+[a-z]{1,2}|(?=.*\d.*\d)(?=.*[a-z])[a-z0-9]{6,})$"
)
GLUED_CODE: Final = re.compile(r"^([a-z]{2,})\d+$")
"""A store number written to a name: `hotel24`, `rewe1234`."""
WORDPLAY: Final = re.compile(r"^[24](?:u|go|me|you|all|kids)$")
"""Digits read aloud: Trading 4U, Food 2Go. They are no store codes."""

# Legal forms and what tills print after a name; they tell nothing about the trade.
NOISE_WORDS: Final = spelled(
    "gmbh ag kg ohg ug mbh co cie inc llc ltd limited plc corp corporation sa sas sarl eurl sl "
    "slu srl spa bv "
    "nv ab oy aps as sdn bhd pty pte ev eg kgaa se gbr dankt sagt danke filiale fil store st str "
    "shop nr no tel "
    "usa deu fra esp gb uk us de fr es at ch"
)
# A text of these alone names nobody: it is not learnt from and gets no category.
NOBODY: Final = spelled(
    "payment payments transfer transfers uberweisung dauerauftrag gutschrift lastschrift zahlung "
    "karte card chq cheque "
    "check scheck virement paiement carte cheques transferencia pago cargo abono ingreso bizum "
    "debit credit deposit "
    "withdrawal purchase online sepa pos iban bic ref to from von an de of the your internal misc "
    "various unknown "
    "transaction banking internet mobile web bacs chaps fps ach wire eft tfr trf xfer bgc dd so "
    "vir prlv xfer giro"
)
# Words of the patterns above. Alone they name nobody either; within a known name they belong to it.
HOW_PAID_WORDS: Final = NOBODY | spelled(
    "authorized authorised recurring checkcard visa mastercard contactless point sale eftpos cb "
    "direct standing order bill faster kartenzahlung kartenzahlg girocard ec elv basis "
    "lastschrifteinzug folgelastschrift erstlastschrift debitkarte kreditkarte onlinezahlung kauf "
    "vom achat facture par bancaire prelevement compra con tarj tarjeta en adeudo recibo "
    "pagamento carta addebito sdd betaalautomaat incasso"
)
# Before a number: a reference, an amount or a date, and nobody's name.
LABELS: Final = spelled(
    "ref reference referenz eref mref kref svwz cred mandat mandatsref endtoend invoice inv "
    "rechnung rechnungsnr order auftrag kundennr kundennummer kunden nummer terminal tid auth "
    "trace folio usd eur gbp chf jpy cad aud sek nok dkk pln czk huf"
)
MONTH: Final = re.compile(f"(?:{MONTHS})")
