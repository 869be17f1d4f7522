"""What the default categories are called, in each language that we keep.

A group's id begins with `#`. Within one kind a name stands once in a language.
"""

from collections.abc import Mapping

OPENING_BALANCE: Mapping[str, str] = {
    "en": "Opening balance",
    "de": "Anfangsbestand",
    "fr": "Solde initial",
    "es": "Saldo inicial",
    "it": "Saldo iniziale",
    "nl": "Beginsaldo",
    "pl": "Saldo początkowe",
    "pt": "Saldo inicial",
    "tr": "Açılış bakiyesi",
}
_TEXTS = {
    "en": """
#food=Food; groceries=Groceries; restaurants=Restaurants; coffee=Coffee & snacks;
bars=Bars & alcohol; #transport=Transport; transport=Public transport & taxis;
fuel=Fuel & charging; parking=Parking & tolls; vehicle=Vehicle upkeep; #home=Home;
housing_rent=Rent & mortgage; utilities=Utilities; internet_phone=Internet & phone;
home_garden=Home & garden; insurance=Insurance; #health=Health & body; health=Health;
pharmacy=Pharmacy; fitness=Sport & fitness; personal_care=Personal care; #shopping=Shopping;
clothing=Clothing & shoes; electronics=Electronics; shopping=Shopping (general);
books=Books & news; #family=Family; kids=Children; pets=Pets; education=Education;
gifts_donations=Gifts & donations; #leisure=Leisure; streaming=Streaming;
subscriptions=Software & subscriptions; entertainment=Entertainment; #trips=Trips; travel=Travel;
hotels=Hotels & lodging; flights=Flights; #money=Money; services=Services;
fees=Bank fees & interest; taxes=Taxes & public fees; cash=Cash withdrawals;
other_expense=Other spending; uncategorised=Uncategorised; #income=Income; salary=Salary;
interest=Interest & dividends; refund=Refunds; benefits=Benefits & pensions;
rental_income=Rental income; other_income=Other income;
uncategorised_income=Uncategorised income
""",
    "de": """
#food=Essen & Trinken; groceries=Lebensmittel; restaurants=Restaurants; coffee=Kaffee & Snacks;
bars=Bars & Alkohol; #transport=Verkehr; transport=Bus, Bahn & Taxi; fuel=Tanken & Laden;
parking=Parken & Maut; vehicle=Fahrzeugpflege; #home=Wohnen; housing_rent=Miete & Kredit;
utilities=Strom, Wasser & Heizung; internet_phone=Internet & Telefon; home_garden=Haus & Garten;
insurance=Versicherungen; #health=Gesundheit & Körper; health=Gesundheit; pharmacy=Apotheke;
fitness=Sport & Fitness; personal_care=Körperpflege; #shopping=Einkaufen;
clothing=Kleidung & Schuhe; electronics=Elektronik; shopping=Einkäufe (allgemein);
books=Bücher & Zeitungen; #family=Familie; kids=Kinder; pets=Haustiere; education=Bildung;
gifts_donations=Geschenke & Spenden; #leisure=Freizeit; streaming=Streaming;
subscriptions=Software & Abos; entertainment=Unterhaltung; #trips=Reisen & Urlaub; travel=Reisen;
hotels=Hotels & Unterkunft; flights=Flüge; #money=Geld & Sonstiges; services=Dienstleistungen;
fees=Bankgebühren & Zinsen; taxes=Steuern & Abgaben; cash=Bargeldabhebungen;
other_expense=Sonstige Ausgaben; uncategorised=Ohne Kategorie; #income=Einkommen; salary=Gehalt;
interest=Zinsen & Dividenden; refund=Erstattungen; benefits=Sozialleistungen & Renten;
rental_income=Mieteinnahmen; other_income=Sonstige Einnahmen;
uncategorised_income=Einnahmen ohne Kategorie
""",
    "fr": """
#food=Alimentation; groceries=Courses; restaurants=Restaurants; coffee=Cafés & en-cas;
bars=Bars & alcool; #transport=Transports; transport=Transports en commun & taxis;
fuel=Carburant & recharge; parking=Stationnement & péages; vehicle=Entretien du véhicule;
#home=Logement; housing_rent=Loyer & crédit; utilities=Eau, gaz & électricité;
internet_phone=Internet & téléphone; home_garden=Maison & jardin; insurance=Assurances;
#health=Santé & bien-être; health=Santé; pharmacy=Pharmacie; fitness=Sport & forme;
personal_care=Soins personnels; #shopping=Achats; clothing=Vêtements & chaussures;
electronics=Électronique; shopping=Achats divers; books=Livres & presse; #family=Famille;
kids=Enfants; pets=Animaux; education=Éducation; gifts_donations=Cadeaux & dons;
#leisure=Loisirs; streaming=Streaming; subscriptions=Logiciels & abonnements;
entertainment=Divertissement; #trips=Voyages & vacances; travel=Voyages;
hotels=Hôtels & hébergement; flights=Vols; #money=Argent & divers; services=Services;
fees=Frais bancaires & intérêts; taxes=Impôts & taxes; cash=Retraits d'espèces;
other_expense=Autres dépenses; uncategorised=Sans catégorie; #income=Revenus; salary=Salaire;
interest=Intérêts & dividendes; refund=Remboursements; benefits=Allocations & retraites;
rental_income=Revenus locatifs; other_income=Autres revenus;
uncategorised_income=Revenus sans catégorie
""",
    "es": """
#food=Comida; groceries=Supermercado; restaurants=Restaurantes; coffee=Café y aperitivos;
bars=Bares y alcohol; #transport=Transporte; transport=Transporte público y taxis;
fuel=Combustible y recarga; parking=Aparcamiento y peajes; vehicle=Mantenimiento del vehículo;
#home=Vivienda; housing_rent=Alquiler e hipoteca; utilities=Luz, agua y gas;
internet_phone=Internet y teléfono; home_garden=Hogar y jardín; insurance=Seguros;
#health=Salud y bienestar; health=Salud; pharmacy=Farmacia; fitness=Deporte y gimnasio;
personal_care=Cuidado personal; #shopping=Compras; clothing=Ropa y calzado;
electronics=Electrónica; shopping=Compras (general); books=Libros y prensa; #family=Familia;
kids=Niños; pets=Mascotas; education=Educación; gifts_donations=Regalos y donaciones;
#leisure=Ocio; streaming=Streaming; subscriptions=Software y suscripciones;
entertainment=Entretenimiento; #trips=Viajes y vacaciones; travel=Viajes;
hotels=Hoteles y alojamiento; flights=Vuelos; #money=Dinero y otros; services=Servicios;
fees=Comisiones e intereses; taxes=Impuestos y tasas; cash=Retiradas de efectivo;
other_expense=Otros gastos; uncategorised=Sin categoría; #income=Ingresos; salary=Nómina;
interest=Intereses y dividendos; refund=Reembolsos; benefits=Prestaciones y pensiones;
rental_income=Ingresos por alquiler; other_income=Otros ingresos;
uncategorised_income=Ingresos sin categoría
""",
    "it": """
#food=Cibo; groceries=Spesa alimentare; restaurants=Ristoranti; coffee=Caffè e spuntini;
bars=Bar e alcolici; #transport=Trasporti; transport=Mezzi pubblici e taxi;
fuel=Carburante e ricarica; parking=Parcheggi e pedaggi; vehicle=Manutenzione del veicolo;
#home=Casa; housing_rent=Affitto e mutuo; utilities=Luce, acqua e gas;
internet_phone=Internet e telefono; home_garden=Casa e giardino; insurance=Assicurazioni;
#health=Salute e benessere; health=Salute; pharmacy=Farmacia; fitness=Sport e fitness;
personal_care=Cura della persona; #shopping=Acquisti; clothing=Abbigliamento e scarpe;
electronics=Elettronica; shopping=Acquisti vari; books=Libri e giornali; #family=Famiglia;
kids=Figli; pets=Animali; education=Istruzione; gifts_donations=Regali e donazioni;
#leisure=Tempo libero; streaming=Streaming; subscriptions=Software e abbonamenti;
entertainment=Intrattenimento; #trips=Viaggi e vacanze; travel=Viaggi; hotels=Hotel e alloggi;
flights=Voli; #money=Denaro e altro; services=Servizi; fees=Commissioni e interessi;
taxes=Imposte e tasse; cash=Prelievi; other_expense=Altre spese; uncategorised=Senza categoria;
#income=Entrate; salary=Stipendio; interest=Interessi e dividendi; refund=Rimborsi;
benefits=Sussidi e pensioni; rental_income=Entrate da affitto; other_income=Altre entrate;
uncategorised_income=Entrate senza categoria
""",
    "nl": """
#food=Eten & drinken; groceries=Boodschappen; restaurants=Restaurants; coffee=Koffie & snacks;
bars=Uitgaan & alcohol; #transport=Vervoer; transport=Openbaar vervoer & taxi;
fuel=Tanken & laden; parking=Parkeren & tol; vehicle=Onderhoud voertuig; #home=Wonen;
housing_rent=Huur & hypotheek; utilities=Gas, water & licht; internet_phone=Internet & telefoon;
home_garden=Huis & tuin; insurance=Verzekeringen; #health=Gezondheid & verzorging;
health=Gezondheid; pharmacy=Apotheek; fitness=Sport & fitness;
personal_care=Persoonlijke verzorging; #shopping=Winkelen; clothing=Kleding & schoenen;
electronics=Elektronica; shopping=Overige aankopen; books=Boeken & nieuws; #family=Gezin;
kids=Kinderen; pets=Huisdieren; education=Onderwijs; gifts_donations=Cadeaus & giften;
#leisure=Vrije tijd; streaming=Streaming; subscriptions=Software & abonnementen;
entertainment=Vermaak; #trips=Reizen & vakantie; travel=Reizen; hotels=Hotels & verblijf;
flights=Vluchten; #money=Geld & overig; services=Diensten; fees=Bankkosten & rente;
taxes=Belastingen & heffingen; cash=Geldopnames; other_expense=Overige uitgaven;
uncategorised=Zonder categorie; #income=Inkomen; salary=Salaris; interest=Rente & dividend;
refund=Terugbetalingen; benefits=Uitkeringen & pensioen; rental_income=Huurinkomsten;
other_income=Overige inkomsten; uncategorised_income=Inkomsten zonder categorie
""",
    "pl": """
#food=Jedzenie; groceries=Zakupy spożywcze; restaurants=Restauracje; coffee=Kawa i przekąski;
bars=Bary i alkohol; #transport=Transport; transport=Komunikacja i taksówki;
fuel=Paliwo i ładowanie; parking=Parkingi i opłaty drogowe; vehicle=Utrzymanie pojazdu;
#home=Mieszkanie; housing_rent=Czynsz i kredyt; utilities=Prąd, woda i gaz;
internet_phone=Internet i telefon; home_garden=Dom i ogród; insurance=Ubezpieczenia;
#health=Zdrowie i ciało; health=Zdrowie; pharmacy=Apteka; fitness=Sport i fitness;
personal_care=Higiena i uroda; #shopping=Zakupy; clothing=Odzież i obuwie;
electronics=Elektronika; shopping=Zakupy (ogólne); books=Książki i prasa; #family=Rodzina;
kids=Dzieci; pets=Zwierzęta; education=Edukacja; gifts_donations=Prezenty i darowizny;
#leisure=Czas wolny; streaming=Streaming; subscriptions=Oprogramowanie i subskrypcje;
entertainment=Rozrywka; #trips=Podróże i wakacje; travel=Podróże; hotels=Hotele i noclegi;
flights=Loty; #money=Pieniądze i inne; services=Usługi; fees=Opłaty bankowe i odsetki;
taxes=Podatki i opłaty; cash=Wypłaty gotówki; other_expense=Inne wydatki;
uncategorised=Bez kategorii; #income=Przychody; salary=Wynagrodzenie;
interest=Odsetki i dywidendy; refund=Zwroty; benefits=Świadczenia i emerytury;
rental_income=Przychody z najmu; other_income=Inne przychody;
uncategorised_income=Przychody bez kategorii
""",
    "pt": """
#food=Alimentação; groceries=Supermercado; restaurants=Restaurantes; coffee=Café e lanches;
bars=Bares e álcool; #transport=Transportes; transport=Transportes públicos e táxis;
fuel=Combustível e carregamento; parking=Estacionamento e portagens;
vehicle=Manutenção do veículo; #home=Habitação; housing_rent=Renda e crédito;
utilities=Luz, água e gás; internet_phone=Internet e telefone; home_garden=Casa e jardim;
insurance=Seguros; #health=Saúde e bem-estar; health=Saúde; pharmacy=Farmácia;
fitness=Desporto e ginásio; personal_care=Cuidados pessoais; #shopping=Compras;
clothing=Roupa e calçado; electronics=Eletrónica; shopping=Compras (geral);
books=Livros e jornais; #family=Família; kids=Crianças; pets=Animais; education=Educação;
gifts_donations=Presentes e donativos; #leisure=Lazer; streaming=Streaming;
subscriptions=Software e subscrições; entertainment=Entretenimento; #trips=Viagens e férias;
travel=Viagens; hotels=Hotéis e alojamento; flights=Voos; #money=Dinheiro e outros;
services=Serviços; fees=Comissões e juros; taxes=Impostos e taxas; cash=Levantamentos;
other_expense=Outras despesas; uncategorised=Sem categoria; #income=Rendimentos;
salary=Salário; interest=Juros e dividendos; refund=Reembolsos; benefits=Subsídios e pensões;
rental_income=Rendas recebidas; other_income=Outros rendimentos;
uncategorised_income=Rendimentos sem categoria
""",
    "tr": """
#food=Yeme & içme; groceries=Market; restaurants=Restoranlar; coffee=Kahve & atıştırmalık;
bars=Bar & alkol; #transport=Ulaşım; transport=Toplu taşıma & taksi; fuel=Yakıt & şarj;
parking=Otopark & geçiş ücretleri; vehicle=Araç bakımı; #home=Konut; housing_rent=Kira & kredi;
utilities=Elektrik, su & doğalgaz; internet_phone=İnternet & telefon; home_garden=Ev & bahçe;
insurance=Sigorta; #health=Sağlık & bakım; health=Sağlık; pharmacy=Eczane;
fitness=Spor & fitness; personal_care=Kişisel bakım; #shopping=Alışveriş;
clothing=Giyim & ayakkabı; electronics=Elektronik; shopping=Alışveriş (genel);
books=Kitap & gazete; #family=Aile; kids=Çocuklar; pets=Evcil hayvanlar; education=Eğitim;
gifts_donations=Hediye & bağış; #leisure=Boş zaman; streaming=Dijital yayın;
subscriptions=Yazılım & abonelikler; entertainment=Eğlence; #trips=Seyahat & tatil;
travel=Seyahat; hotels=Otel & konaklama; flights=Uçuşlar; #money=Para & diğer;
services=Hizmetler; fees=Banka masrafları & faiz; taxes=Vergi & harçlar; cash=Nakit çekimi;
other_expense=Diğer giderler; uncategorised=Kategorisiz; #income=Gelir; salary=Maaş;
interest=Faiz & temettü; refund=İadeler; benefits=Yardımlar & emekli maaşı;
rental_income=Kira geliri; other_income=Diğer gelirler; uncategorised_income=Kategorisiz gelir
""",
}
LANGUAGES = tuple(_TEXTS)


def _read(text: str) -> Mapping[str, str]:
    pairs = (part.strip().partition("=") for part in text.split(";"))
    return {id_: " ".join(name.split()) for id_, _, name in pairs}


_NAMES = {language: _read(text) for language, text in _TEXTS.items()}


def names_of(id_: str) -> Mapping[str, str]:
    """The names of one default category, by language."""
    return {language: names[id_] for language, names in _NAMES.items()}
