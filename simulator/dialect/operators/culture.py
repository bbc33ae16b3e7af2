"""Comparing text as a culture does (en-US, as ICU sorts): only as far as that is settled; the rest is refused.

Equality: the engine compares linguistically. For text without combining, ignorable or compatibility characters that is
the same as comparing letters, with or without case. Order: signs before digits before letters, then accents, then case.
"""

import unicodedata

from simulator.dialect.refuse import Refused

# the root order of signs, before digits and letters
SIGNS = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
PLACE = {c: n for n, c in enumerate(SIGNS + "0123456789abcdefghijklmnopqrstuvwxyz")}
UNSETTLED = frozenset({"Cf", "Cc", "Mn", "Me", "Mc", "Cn", "Co", "Lt", "Lm", "No", "Nl"})
SPACES = frozenset("\t\n\v\f\r")
# letters whose comparison with others is a matter of culture or of expansion
SPECIAL = frozenset("ıİſßẞæÆœŒþÞðÐđĐøØłŁħĦŋŊŧŦĸŉĳĲŀĿ")
KNOWN = frozenset("łŁøØđĐæÆœŒþÞðÐßẞħĦ")  # letters of their own: never equal to another one but by case


def same_text(left: str, right: str, fold: bool) -> bool:
    """Equality of two strings as `-eq` (fold) or `-ceq` sees it.

    Raises:
        Refused: Text whose equality is a matter of culture.
    """
    if left == right:
        return True
    if left.isascii() and right.isascii():
        for words in (left, right):
            if not words.isprintable() and any((ord(c) < 32 and c not in SPACES) or ord(c) == 127 for c in words):
                raise Refused("")
        return fold and left.upper() == right.upper()
    for words in (left, right):
        settled(words)
    if not fold:
        return False
    if any(c in "ıİſßẞ" for c in left + right):
        raise Refused("")
    return [c.upper() for c in left] == [c.upper() for c in right]


def settled(words: str) -> None:
    """Refuses text with characters that are combined, ignored or equal to others."""
    if words.isascii():
        if any((ord(c) < 32 and c not in SPACES) or ord(c) == 127 for c in words):
            raise Refused("")
        return
    if unicodedata.normalize("NFKC", words) != words:
        raise Refused("")
    for char in words:
        if unicodedata.category(char) in UNSETTLED and char not in SPACES:
            raise Refused("")
        if char in SPECIAL and char not in KNOWN:
            raise Refused("")


def order_text(left: str, right: str, fold: bool = True) -> int:
    """-1, 0, 1 as the engine sorts text.

    Raises:
        Refused: Signs or letters whose order is not settled.
    """
    if left == right:
        return 0
    first, second = weights(left), weights(right)
    for level in range(2 if fold else 3):
        a, b = [w[level] for w in first], [w[level] for w in second]
        if a != b:
            if level == 1 and any(any(x[1] for x in w) for w in (first, second)) and not one_plain(a, b):
                raise Refused("")
            return -1 if a < b else 1
    return 0


def one_plain(a: list[int], b: list[int]) -> bool:
    """Whether at the first difference of accents one side has none: it comes first."""
    x, y = next((x, y) for x, y in zip(a, b, strict=True) if x != y)
    return 0 in (x, y)


def weights(words: str) -> list[tuple[int, int, int]]:
    """(place, accent, case) of each character."""
    out: list[tuple[int, int, int]] = []
    for char in words:
        base, accent = char, 0
        if not char.isascii():
            parts = unicodedata.normalize("NFD", char)
            if len(parts) != 2 or not parts[0].isascii() or unicodedata.category(parts[1]) != "Mn":
                raise Refused("")
            base, accent = parts[0], ord(parts[1])
        place = PLACE.get(base.lower())
        if place is None:
            raise Refused("")
        out.append((place, accent, int(base.isupper())))
    return out
