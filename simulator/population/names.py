"""What the simulated people are called. Every awkwardness that real directories have is among them."""

import unicodedata
from dataclasses import dataclass
from functools import cache

from simulator.population.ids import mix

GIVEN = (  # noqa: SIM905 - words read better than quotes
    "Anna Erik Maria Lars Karin Nils Eva Johan Sara Per Lena Anders Emma Mikael Ida Oskar Elin Gustav Julia Henrik "
    "Åsa Björn Märta Göran Örjan Sören Zoë José Łukasz Małgorzata Agnès Jürgen Søren Ælfric Şebnem Jiří Dvořák"
).split()
SURNAMES = (  # noqa: SIM905 - words read better than quotes
    "Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Lindberg Bergström "
    "Sjögren Åkesson Öberg Ångström Nyström Holmström Häggström Nowak Wójcik Kowalczyk Müller Groß Sørensen Nuñez "
    "Çelik Novák Šimek Lefèvre O'Brien D’Angelo McDonald Lindqvist-Åhman Al-Hassan van_der_Berg de_la_Cruz"
).split()


@dataclass(frozen=True)
class Name:
    """A person's name: `display` as the directory shows it, `alias` the ASCII local part of addresses."""

    given: str
    surname: str
    display: str
    alias: str


def _odd(given: str, surname: str, alias: str = "", display: str = "") -> Name:
    return Name(given, surname, display or f"{given} {surname}".strip(), alias or local_part(given, surname))


_FOLD = str.maketrans(
    {"ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "đ": "d", "ð": "d", "þ": "th", "’": "'", "ı": "i", "_": "", "“": ""}
)


@cache
def local_part(given: str, surname: str) -> str:
    """An address's local part out of a name: folded to the ASCII that a user principal name may hold."""
    folded = unicodedata.normalize("NFKD", f"{given}.{surname}".lower().translate(_FOLD))
    return "".join(c for c in folded if c.isascii() and (c.isalnum() or c in "'.-_")).strip(".") or "person"


_LONG = "Wolfeschlegelsteinhausenbergerdorff"

ODD: tuple[Name, ...] = (
    _odd("Åsa", "Ödegård-Äng"),
    _odd("Seán", "O'Neill"),
    _odd("Siobhán", "O’Connor"),
    _odd("Łucja", "Żółć"),
    _odd("Örjan", "Åström"),
    _odd("Emma 🎉", "Lund", "emma.lund"),
    _odd("Kim", "👩‍💻 Svensson", "kim.svensson"),
    _odd("Anna-Karin Elisabet Margareta", f"{_LONG}-Åkerströmsson", "anna-karin.wolfeschlegel"),
    _odd("Maximiliana", _LONG[:60], "maximiliana.wolfe", "Maximiliana " + "Wolfeschlegel" * 18),
    _odd("דוד", "כהן", "david.cohen"),
    _odd("محمد", "الحسن", "mohammed.alhassan"),
    _odd("שרה", "Lindström", "sara.lindstrom"),
    _odd("José", "Nún\u0303ez", "jose.nunez"),  # n and a combining tilde, not ñ
    _odd("A\u030asa", "Bjo\u0308rk", "asa.bjork"),  # decomposed, as macOS writes it
    _odd("Z\u0351\u0343al\u0350go", "Mark", "zalgo.mark"),
    _odd("太郎", "山田", "taro.yamada", "山田 太郎"),
    _odd("Иван", "Петров", "ivan.petrov"),
    _odd("Ελένη", "Παπαδοπούλου", "eleni.papadopoulou"),
    _odd("İbrahim", "Işık", "ibrahim.isik"),
    _odd("Jürgen", "Groß"),
    _odd("Nguyễn", "Thị Minh Khai", "nguyen.minhkhai"),
    _odd("प्रिया", "शर्मा", "priya.sharma"),
    _odd("", "Prince", "prince"),
    _odd("Robert'); DROP TABLE users;--", "Tables", "bobby.tables"),
    _odd("<b>Bold</b>", "& Sons", "bold.sons"),
    _odd("Carl", 'von "Kalle" Platen', "carl.vonplaten"),
    _odd("$(whoami)", "`id`", "shell.person"),
    _odd("=HYPERLINK(1)", "+Formel", "formel.person"),
    _odd("Anna, Bo", "Comma; Semi", "anna.comma"),
    _odd("  Spaced", "Out  ", "spaced.out"),
    _odd("Tab\u00a0Hård", "Blank", "hard.blank"),
    _odd("null", "None", "null.none"),
    _odd("FIona", "Ｆｕｌｌ", "fiona.full"),
    _odd("Ŋuŋŋa", "Čáhput", "nunna.cahput"),
    _odd("Þórður", "Ævarsson", "thordur.aevarsson"),
    _odd("D'Arcy", "O''Double", "darcy.o''double"),
    _odd("Jean-Luc", "d’Été", "jean-luc.d'ete"),
    _odd("Mx.", "X Æ A-12", "x.ae"),
    _odd("Øyvind", "Å", "oyvind.a"),
    _odd("🦄", "", "unicorn"),
)
ROOMS = (  # noqa: SIM905 - words read better than quotes
    "Öresund Vättern Mälaren Kebnekaise Ångermanälven Łódź O'Hara Skagerrak Sarek Vänern Abisko Gotland Ölands_södra "
    "Höga_kusten Norra_Kvarken Bornholm Treriksröset"
).split()
SHARED = ("Info", "Kundtjänst", "Växeln", "Ekonomi", "Order & Faktura", "IT-support", "Rekrytering", "Reception’s")


def name_of(seed: int, index: int) -> Name:
    """The name of the person at an index; each fifth is an odd one, so that a small tenant has them all."""
    if index % 5 == 2:
        return ODD[index // 5 % len(ODD)]
    draw = mix(seed, 11, index)
    given = GIVEN[draw % len(GIVEN)]
    surname = SURNAMES[draw // 4096 % len(SURNAMES)].replace("_", " ")
    return Name(given, surname, f"{given} {surname}", local_part(given, surname.replace(" ", "")))
