"""Numbers as the engine writes them: digits, a type's letter, a size. Also what arithmetic makes of text."""

import re
from decimal import Decimal

from simulator.dialect.values import Int64, Value

INT32 = range(-(2**31), 2**31)
INT64 = range(-(2**63), 2**63)
SIZES = {"kb": 2**10, "mb": 2**20, "gb": 2**30, "tb": 2**40, "pb": 2**50}
LONGEST = 40  # characters; what is longer is no number that a script of ours would write
NUMBER = re.compile(
    r"(?P<hex>0[xX][0-9a-fA-F]+)(?P<hexsize>[kKmMgGtTpP][bB])?"
    r"|(?P<digits>[0-9]+(?P<fraction>\.[0-9]+)?|(?P<bare>\.[0-9]+))(?P<power>[eE][+-]?[0-9]+)?"
    r"(?P<letter>[lLdD])?(?P<size>[kKmMgGtTpP][bB])?"
)


def number_at(words: str, at: int) -> "re.Match[str] | None":
    """The number that begins at an offset, if one does; what may follow it is the caller's business."""
    return NUMBER.match(words, at)


def value_of(found: "re.Match[str]", sign: int = 1) -> Value | None:
    """The value of a number's match, None where the engine's type for it is not settled here."""
    if len(found[0]) > LONGEST:
        return None
    if found["hex"]:
        whole = int(found["hex"], 16)
        return sign * whole if whole in INT32 and not found["hexsize"] else None
    letter, size = (found["letter"] or "").lower(), SIZES.get((found["size"] or "").lower(), 1)
    real = bool(found["fraction"] or found["bare"] or found["power"])
    if letter == "d":
        digits = found["digits"] + (found["power"] or "")
        return Decimal(digits) * sign if size == 1 and not found["power"] and len(digits) < 28 else None
    if real:
        made = sign * float(found["digits"] + (found["power"] or "")) * size
        return made if not letter and abs(made) != float("inf") else None
    whole = sign * int(found["digits"]) * size
    if letter == "l":
        return Int64(whole) if whole in INT64 else None
    return narrow(whole) if whole in INT64 else None


def narrow(whole: int) -> Value:
    """A whole number in the smallest type the engine gives it: Int32, Int64, else Double."""
    if whole in INT32:
        return int(whole)
    return Int64(whole) if whole in INT64 else float(whole)
