"""Text as the engine holds it: UTF-16 units. A character beyond the basic plane is two units here, as in .NET.

Inside the dialect every string is in this form, so length, index, split and regular expressions count as the engine
does. `to_units` and `from_units` stand at the borders: source, files, records, and what a host gives or takes.
"""

import re

ASTRAL = re.compile("[\U00010000-\U0010ffff]")
PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
LONE = re.compile("[\ud800-\udfff]")


def to_units(text: str) -> str:
    """Splits characters beyond the basic plane into their two surrogates."""
    return ASTRAL.sub(_split, text)


def from_units(text: str) -> str:
    """Joins surrogate pairs; a lone surrogate stays."""
    return PAIR.sub(_join, text)


def has_lone(text: str) -> bool:
    """True where a surrogate has lost its partner: such text cannot be written as UTF-8."""
    return LONE.search(from_units(text)) is not None


def _split(match: "re.Match[str]") -> str:
    code = ord(match[0]) - 0x10000
    return chr(0xD800 + (code >> 10)) + chr(0xDC00 + (code & 0x3FF))


def _join(match: "re.Match[str]") -> str:
    words = match[0]
    return chr(0x10000 + ((ord(words[0]) - 0xD800) << 10) + (ord(words[1]) - 0xDC00))
