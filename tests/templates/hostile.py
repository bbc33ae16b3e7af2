"""Hostile texts of our own: every Unicode category, every character that PowerShell gives a meaning to, mixes of them.

`corpus` has more than 5,000 of them, always the same; `HUNDRED` are 100 that cover every class and go through each
value of each script.
"""

import random
import unicodedata
from collections.abc import Iterator
from functools import cache

SINGLE = "'\u2018\u2019\u201a\u201b"
DOUBLE = '"\u201c\u201d\u201e\u201f'
DASHES = "-\u2013\u2014\u2015\u2010\u2212"
BLANKS = " \t\u00a0\u1680\u2000\u2007\u200a\u2028\u2029\u202f\u205f\u3000\ufeff\u200b\u180e"
MEANT = "`$(){}[]@#<>;|&%!*?=+,.:\\/^~_"
CONTROLS = "\0\x01\x07\x08\n\x0b\x0c\r\x1a\x1b\x7f\x80\x85\x9b\x9f"
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
MARKS = "\u200c\u200d\u200e\u200f\u061c\u00ad\u034f\u0301\u030a\u20e3\ufe0f\U000e0061\U000e0100"
LONE = "\ud800\udbff\udc00\udfff"
PEOPLE = (
    "Åsa Öberg",
    "Paweł Wójcik",
    "MUÑOZ",
    "Győr Őrsi",
    "O’Brien",
    "D'Arc",
    "Ærø Ødegård",
    "Đặng Hùng",
    "Αλέξανδρος",
    "Борис Жуков",
    "שלום",
    "محمد",
    "देवनागरी",
    "ปฏิทิน",
    "予定表",
    "일정",
    "日历",
    "🦊",
    "👩‍🚒",
    "🇸🇪",
    "e\u0301 and é",
    "ﬁ ﬀ ß ẞ ı İ",
    "𝓐𝔅ℂ",
    "Zoë\u2010Anne",
    "ǅ ʰ x² Ⅳ o\u20dd \ue000 \u0378",
)
BREAKS = (
    "'; Remove-Mailbox -Identity x; '",
    "’; Remove-Mailbox -Identity x; ’",
    "x‚ + $(Remove-Mailbox) + ‛",
    "$(Remove-Mailbox)",
    "${env:PATH}",
    "$null",
    "`$x `n `u{2019}",
    "-Confirm:$false",
    "–WhatIf",
    "'@\r",
    "’@ Remove-Mailbox",
    "@'",
    "#> Remove-Mailbox <#",
    "<# .SYNOPSIS #>",
    "# SIG # Begin signature block",
    "#requires -Version 99",
    "{0} {1} {{x}} %s %(x)s {{ x }} {% raw %}",
    "a|b & c && d || e > f < g",
    "*",
    "' -or Name -like '*",
    "'' ''''  '' ",
    "''’’‘‘‚‚‛‛",
    "\\\\server\\share\\..",
    "a" * 5000,
    "’" * 3000,
    "'" * 3000,
)
HUNDRED: tuple[str, ...] = (
    *PEOPLE,
    *BREAKS,
    *(f"a{char}b" for char in SINGLE + DOUBLE + DASHES),
    *(f"a{char}b" for char in BLANKS + MARKS),
    *(f"a{char}b" for char in CONTROLS[:6] + BIDI[3:5] + LONE[:2]),
    f"a{MEANT}b",
)


@cache
def corpus() -> tuple[str, ...]:
    """All the texts, each once."""
    return tuple(dict.fromkeys((*HUNDRED, *_every_category(), *_pairs(), *_mixed(random.Random(20261121)))))


def _every_category() -> Iterator[str]:
    """Some characters of each general category, alone and where a name would have them."""
    found: dict[str, list[str]] = {}
    for point in range(0x110000):
        rows = found.setdefault(unicodedata.category(chr(point)), [])
        if len(rows) < 4 or point % 4093 == 0:
            rows.append(chr(point))
    for chars in found.values():
        for char in chars:
            yield from (char, f"Ann{char}Lee", f"{char}'; Remove-Mailbox x #")


def _pairs() -> Iterator[str]:
    """Two of the characters with a meaning, side by side."""
    chars = SINGLE + DOUBLE + DASHES + MEANT + "\n\ra \0"
    yield from (first + second for first in chars for second in chars)


def _mixed(chance: random.Random) -> Iterator[str]:
    """Long mixes of everything."""
    chars = SINGLE * 6 + DOUBLE + DASHES + BLANKS + MEANT + MARKS + "abcÅł🦊"
    for number in range(3000):
        odd = CONTROLS + BIDI + LONE if number % 10 == 0 else ""
        yield "".join(chance.choices(chars + odd, k=chance.randint(1, 60)))
