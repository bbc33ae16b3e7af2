"""Comparison operators. Strings are compared linguistically by the engine; where that could differ from an ordinal
comparison (combining marks, ignorable characters), the dialect refuses instead of guessing."""

import re
import unicodedata
import uuid
from decimal import Decimal

from simulator.dialect.convert import each, inner_text, number_of, text, truth
from simulator.dialect.faults import Thrown, engine
from simulator.dialect.refuse import Refused
from simulator.dialect.values import Array, Char, Enum, Hash, Int64, NetList, NetType, Switch, Value

IGNORABLE = {"Cf", "Cc", "Mn", "Me", "Cs", "Co", "Cn"}
PLAIN = re.compile(r"[A-Za-z0-9]*")


def same_text(left: str, right: str, fold: bool) -> bool:
    """Equality of two strings as `-eq` (fold) or `-ceq` sees it."""
    if left == right:
        return True
    for words in (left, right):
        if not words.isascii() and (
            unicodedata.normalize("NFKC", words) != words or any(unicodedata.category(c) in IGNORABLE for c in words)
        ):
            raise Refused("comparing text with combining or ignorable characters")
        if any(ord(c) < 32 and c not in "\t\r\n" for c in words):
            raise Refused("comparing text with control characters")
    if not fold:
        return False
    if any(c in "İıẞß" for c in left + right):
        raise Refused("comparing letters whose case folding is cultural")
    return left.upper() == right.upper()


def order_text(left: str, right: str) -> int:
    """-1, 0, 1 as the engine sorts text without case; only letters and digits of ASCII are settled."""
    if left.upper() == right.upper():
        return 0
    if not (PLAIN.fullmatch(left) and PLAIN.fullmatch(right)):
        return order_marked(left, right)
    return -1 if left.upper() < right.upper() else 1


def order_marked(left: str, right: str) -> int:
    """Texts such as `a@x.se` and `b@x.se` that differ first in a plain letter or digit after a common start."""
    common = 0
    for a, b in zip(left.upper(), right.upper(), strict=False):
        if a != b:
            break
        common += 1
    a, b = left.upper()[common : common + 1], right.upper()[common : common + 1]
    known = all(c.isascii() and c.isprintable() and c not in "-'" for c in left + right)
    if known and (a.isalnum() or not a) and (b.isalnum() or not b):
        return -1 if a < b else 1
    raise Refused("ordering text beyond letters and digits of ASCII")


def equal(left: Value, right: Value, fold: bool = True) -> bool:  # noqa: PLR0911
    """One value against another: the left one's type decides."""
    if left is None or right is None:
        return left is None and right is None
    if isinstance(left, Switch):
        left = left.present
    if isinstance(right, Switch):
        right = right.present
    if isinstance(left, bool):
        return left == truth(right)
    if isinstance(left, Char) and isinstance(right, Char):
        return same_text(str(left), str(right), fold)
    if isinstance(left, str):
        return same_text(str(left), inner_text(right) if not isinstance(right, Array) else text(right), fold)
    if isinstance(left, int | float | Decimal):
        try:
            return bool(left == as_number(right))
        except Thrown:
            return False
    if isinstance(left, Enum):
        return left.name.upper() == text(right).upper() or (isinstance(right, int) and left.number == right)
    if isinstance(left, uuid.UUID):
        return str(left) == text(right).strip("{}()").lower()
    if isinstance(left, NetType):
        return left == right
    return left is right


def as_number(value: Value) -> Value:
    """The right side of an arithmetic comparison."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, Char):
        return ord(value)
    if isinstance(value, str):
        return number_of(value)
    if isinstance(value, Switch):
        return int(value.present)
    raise engine("ComparisonFailure", f"Cannot compare with {text(value)}.")


def order(left: Value, right: Value) -> int:
    """-1, 0, 1 for -lt and its kin; null is below everything but negative numbers."""
    if left is None and right is None:
        return 0
    if left is None:
        return 1 if isinstance(right, int | float) and right < 0 else -1
    if right is None:
        return -1 if isinstance(left, int | float) and left < 0 else 1
    if isinstance(left, str):
        return order_text(str(left), text(right))
    if isinstance(left, int | float | Decimal):
        other = as_number(right)
        return (left > other) - (left < other)
    if hasattr(left, "isoformat") and type(left) is type(right):
        return int((left > right) - (left < right))
    raise Refused("ordering values of this type")


def wildcard(pattern: str) -> "re.Pattern[str]":
    """A `-like` pattern as a regular expression (without the flags)."""
    out, at = [], 0
    while at < len(pattern):
        char = pattern[at]
        if char == "`" and at + 1 < len(pattern):
            out.append(re.escape(pattern[at + 1]))
            at += 2
            continue
        if char == "[":
            end = pattern.find("]", at + 1)
            if end < 0 or end == at + 1:
                raise Refused("a wildcard pattern with an unfinished [")
            inside = pattern[at + 1 : end]
            out.append("[" + re.sub(r"([\\^\[\]])", r"\\\1", inside) + "]")
            at = end + 1
            continue
        out.append({"*": ".*", "?": "."}.get(char, re.escape(char)))
        at += 1
    return re.compile("".join(out), re.DOTALL | re.IGNORECASE)


def like(left: Value, right: Value, fold: bool = True) -> bool:
    """One value against a wildcard pattern."""
    pattern = wildcard(text(right))
    flags = re.DOTALL | (re.IGNORECASE if fold else re.NOFLAG)
    return re.compile(pattern.pattern, flags).fullmatch(text(left)) is not None


NET_ONLY = re.compile(r"\(\?[imnsx]*-|\\p\{|\\G|\\Z|\(\?<[^=!a-zA-Z_]|\[[^\]]*-\[|\(\?\(|\(\?'")


def regex(pattern: str, fold: bool = True) -> "re.Pattern[str]":
    """A .NET pattern as Python's, where both mean the same."""
    if NET_ONLY.search(pattern):
        raise Refused("a regular expression in this form")
    translated = re.sub(r"\(\?<([a-zA-Z_]\w*)>", r"(?P<\1>", pattern)
    translated = re.sub(r"\\k<(\w+)>", r"(?P=\1)", translated).replace(r"\z", r"\Z")
    if re.search(r"(?<!\\)\$", translated):
        translated = re.sub(r"(?<!\\)\$", r"(?=\\n?\\Z)", translated)
    try:
        return re.compile(translated, re.IGNORECASE if fold else re.NOFLAG)
    except re.error as error:
        raise Refused("a regular expression in this form") from error


def contains(left: Value, right: Value, fold: bool = True) -> bool:
    """-contains: any item of the left equals the right."""
    items = list(left) if isinstance(left, Array | NetList) else each(left) if left is not None else [None]
    return any(equal(item, right, fold) for item in items)


def is_type(value: Value, wanted: NetType, name: str) -> bool:
    """-is."""
    if wanted.name == "System.Object":
        return value is not None
    if wanted.name in BASES:
        return BASES[wanted.name](value)
    if wanted.name == name:
        return True
    known = name in LEAF and wanted.name in LEAF
    if not known:
        raise Refused(f"-is [{wanted.name}]")
    return False


BASES = {
    "System.Array": lambda v: isinstance(v, Array),
    "System.Collections.IDictionary": lambda v: isinstance(v, Hash),
    "System.Collections.IEnumerable": lambda v: isinstance(v, str | Array | NetList | Hash) and not isinstance(v, Char),
    "System.ValueType": lambda v: isinstance(v, bool | int | float | Decimal | Char),
}
LEAF = {
    "System.String",
    "System.Int32",
    "System.Int64",
    "System.Double",
    "System.Boolean",
    "System.Char",
    "System.Decimal",
    "System.DateTime",
    "System.Guid",
    "System.Collections.Hashtable",
    "System.Collections.Specialized.OrderedDictionary",
    "System.Object[]",
    "System.String[]",
    "System.Management.Automation.PSCustomObject",
    "System.Management.Automation.ScriptBlock",
    "System.Management.Automation.SwitchParameter",
    "System.Collections.ArrayList",
    "System.Management.Automation.ErrorRecord",
}
__all__ = ["Int64", "contains", "equal", "is_type", "like", "order", "regex", "same_text", "wildcard"]
