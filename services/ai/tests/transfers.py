"""Texts of transfers as banks of many countries write them, with names of private persons.

Made up from lists: given names that the shipped list has and many that it lacks, surnames that are
also trades or end like one, and every way of writing a name.
"""

import random
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

_GIVEN = """
Sabine Jürgen Björn Zoë Łukasz Xiaoming Priya Nguyễn Siobhán Aoife Oluwaseun Kwame Thandiwe
Yevgenia Dmytro Giedrė Åse Þórdís Mádé Zeynep Çağla Ömer Şirin Ioana Răzvan Đorđe Željko Szilvia
Zsófia Kaisa Väinö Mart Anouk Sjoerd Fenna Guilherme João Inês Conceição Ximena Itziar Jordi
Gaëlle Maëlys Ginevra Beniamino Xaver Walburga Hinnerk Wiebke Tjark Mechthild Marianne Peter
Anna Thomas Emma José
"""
GIVEN = _GIVEN.split()
_SURNAMES = """
Müller Mueller Schäfer Groß Weiß Händel Bäcker Kaufmann Gardiner Bishop Baker Butcher Arena
Mercado Kitchen Zhang Wójcik Šimek Østergård Ångström Gonçalves Sá Ibáñez Lefèvre D'Angelo
O'Brien Îles Kovács Yıldız Popescu Đurić Žukauskas Kõiv Vermeulen Oyelaran Mbeki Rajagopalan
Trần Ó'Súilleabháin Grünwald-Meier García-Márquez Abendroth Zimmermann Köhler
"""
SURNAMES = _SURNAMES.split()
_TITLES = """
Dr. Prof. Herr Frau Hr. Fr. Fam. Mr Mrs. Ms Miss Sir M. Mme Mlle Monsieur Madame Sr. Sra. Don
Doña Sig. Sig.ra Dott. Dhr. Mevr. Pan Pani Fru Bay Sn.
"""
TITLES = _TITLES.split()
TEMPLATES = """
{n}
Überweisung an {n}
Ueberweisung {n}
SEPA-Überweisung {n} IBAN DE89370400440532013000 BIC COBADEFFXXX
Echtzeit-Überweisung {n}
Überweisungsgutschrift {n}
Dauerauftrag {n} Miete Mai
GUTSCHRIFT {n}
Zahlung an {n}
SVWZ+Miete Wohnung 3 ABWA+{n}
EREF+NOTPROVIDED SVWZ+Danke {n}
Empfänger: {n} Verwendungszweck: Geburtstag
Miete {n}
Taschengeld {n}
Nachhilfe {n}
Bargeld von {n}
transfer to {n}
Transfer from {n} ref 20240312
TFR {n}
payment to {n}
Faster Payment {n}
FPS {n} rent
standing order {n}
bank giro credit {n}
Zelle to {n}
Venmo {n}
Interac e-Transfer {n}
Money from {n}
Rent for {n}
birthday gift {n}
dinner with {n}
Virement de {n}
Virement SEPA {n}
VIR SEPA RECU /DE {n} /MOTIF loyer
VIR INST {n}
Virt perm {n}
loyer {n}
cadeau {n}
Transferencia a favor de {n}
TRANSF. INMEDIATA {n} CONCEPTO alquiler
Bizum de {n}
Bizum a {n}
Pago a {n}
alquiler {n}
Bonifico a favore di {n}
BONIFICO SEPA {n} CAUSALE affitto
Giroconto {n}
affitto {n}
Overboeking naar {n}
SEPA Overboeking {n}
Naam: {n} Omschrijving: huur
Tikkie {n}
Transferência para {n}
TRF P/ {n}
TRF MB WAY {n}
PIX {n}
Przelew do {n}
PRZELEW PRZYCHODZĄCY {n}
przelew na telefon BLIK {n}
Överföring till {n}
Swish {n}
Overførsel til {n}
MobilePay {n}
Vipps {n}
Tilisiirto {n}
Převod {n}
Příchozí platba od {n}
Átutalás {n}
Havale {n}
EFT {n}
FAST {n} kira
Wero {n}
PayPal *{n}
Revolut {n}
"""
TRANSFERS = [line for line in TEMPLATES.splitlines() if line]


Choose = Callable[[Sequence[str]], str]


@dataclass(frozen=True)
class Transfer:
    """A transfer's text, and the private person in it as it was written."""

    text: str
    person: str


def make_person(choose: Choose) -> str:
    """A private person as a bank writes one."""
    given, surname, title = choose(GIVEN), choose(SURNAMES), choose(TITLES)
    forms = [
        f"{given} {surname}",
        f"{surname} {given}",
        f"{surname}, {given}",
        f"{given} {choose(GIVEN)} {surname}",
        f"{given[0]}. {surname}",
        f"{given[0]} {surname}",
        f"{surname} {given[0]}.",
        f"{title} {surname}",
        f"{title} {given} {surname}",
        f"{given}  {surname}-{choose(SURNAMES)}",
        f"{given} u. {choose(GIVEN)} {surname}",
    ]
    return _shaped(choose(forms), choose(SHAPES))


def make_transfer(choose: Choose) -> Transfer:
    person = make_person(choose)
    template = _shaped(choose(TRANSFERS), choose(["as it is", "lower", "upper"]))
    return Transfer(template.replace("{N}", "{n}").format(n=person), person)


@st.composite
def persons(draw: st.DrawFn) -> str:
    return make_person(lambda those: draw(st.sampled_from(those)))


@st.composite
def transfers(draw: st.DrawFn) -> Transfer:
    return make_transfer(lambda those: draw(st.sampled_from(those)))


def corpus(count: int, *, seed: int) -> list[Transfer]:
    """So many transfers, the same in each run."""
    dice = random.Random(seed)
    return [make_transfer(dice.choice) for _ in range(count)]


SHAPES = ["as it is", "lower", "upper", "ascii", "decomposed", "spelled"]


def _shaped(text: str, shape: str) -> str:
    match shape:
        case "lower":
            return text.lower()
        case "upper":
            return text.upper()
        case "ascii":
            folded = unicodedata.normalize("NFKD", text)
            return "".join(c for c in folded if not unicodedata.combining(c))
        case "decomposed":
            return unicodedata.normalize("NFD", text)
        case "spelled":
            table = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
            return text.translate(str.maketrans(table))
    return text
