"""How untrusted text gets into a PowerShell script: always as a single-quoted literal, or not at all.

PowerShell knows five single-quote characters and takes any of them as the end of a literal, whichever opened it. So
each is doubled with itself. Text whose looks would differ from what runs (control characters, bidirectional controls)
is refused. Source: PowerShell's CharTraits.cs and codegen.cs; learn.microsoft.com about_Quoting_Rules.
"""

import math
import re
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from tenantry.errors import RenderRefused

SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b"

_QUOTE = re.compile(f"[{SINGLE_QUOTES}]")
_REFUSED = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_TYPOGRAPHIC = re.compile(f"[{SINGLE_QUOTES[1:]}]")
_INT64 = range(-(2**63), 2**63)


def escape(text: str) -> str:
    """`text` as it stands between two U+0027: each of the five single quotes doubled with itself, nothing else."""
    return _QUOTE.sub(r"\g<0>\g<0>", text)


def escape_format(text: str) -> str:
    """`text` as a constant part of a format string (the left side of `-f`): braces doubled."""
    return text.replace("{", "{{").replace("}", "}}")


def check(text: str, field: str) -> None:
    """Refuses text that may not stand in a script.

    Raises:
        RenderRefused: A control character (a newline too), a bidirectional control or half a surrogate pair; names
            the field, the code point and where it is.
    """
    found = _REFUSED.search(text)
    if found:
        raise RenderRefused(
            f"{field}: {_kind(found[0])} U+{ord(found[0]):04X} at position {found.start() + 1} "
            "cannot stand in a script.",
            fix="Remove that character.",
        )


def check_all(values: Mapping[str, Any]) -> None:
    """Checks every text in `values`, however deep, and refuses with all problems in one error."""
    problems = []
    for field, text in _texts(values):
        try:
            check(text, field)
        except RenderRefused as refused:
            problems.append(refused.what)
    if problems:
        raise RenderRefused(" ".join(problems), fix="Remove these characters.")


def literal(value: Any, field: str = "value") -> str:
    """`value` as a PowerShell constant; this is what every `{{ … }}` of a script template goes through.

    Text becomes one single-quoted literal; numbers, booleans and None their canonical words; sequences `@(…)`;
    mappings `@{ 'Name' = … }`.

    Raises:
        RenderRefused: Text that `check` refuses, or a kind of value that has no constant.
    """
    if isinstance(value, str):
        check(value, field)
        return f"'{escape(value)}'"
    if isinstance(value, Mapping):
        return _hashtable(value, field)
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return "@(" + ", ".join(literal(item, f"{field}[{i}]") for i, item in enumerate(value)) + ")"
    return _scalar(value, field)


def guid(text: str, field: str) -> str:
    """`text` as a canonical lower-case GUID.

    Raises:
        RenderRefused: It is none; `*`, which Exchange would take for all apps, is none either.
    """
    if not re.fullmatch(r"\{?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?", text, re.ASCII):
        raise RenderRefused(f"{field}: {_shown(text)} is not a GUID.", fix="Copy the id from the Entra admin centre.")
    return str(uuid.UUID(text.strip("{}")))


def word(text: str, field: str, allowed: Collection[str]) -> str:
    """`text` as one of the `allowed` words, in their own spelling (PowerShell's enum words ignore case)."""
    for candidate in allowed:
        if candidate.casefold() == text.casefold():
            return candidate
    raise RenderRefused(f"{field}: {_shown(text)} is not one of {', '.join(allowed)}.")


def typographic(text: str) -> bool:
    """Whether `text` has a single-quote character besides U+0027.

    An OPATH filter is a second language with quotes of its own: scripts double U+0027 in it, and whether it takes the
    others for quotes is not documented, so they stay out of filters.
    """
    return bool(_TYPOGRAPHIC.search(text))


def opath_beginning(text: str) -> str:
    """The beginning of `text`, up to its first typographic quote, as the pattern of an OPATH filter's `-like`."""
    return "'" + _TYPOGRAPHIC.split(text, maxsplit=1)[0].replace("'", "''") + "*'"


def _scalar(value: object, field: str) -> str:
    if value is None:
        return "$null"
    if isinstance(value, bool):
        return "$true" if value else "$false"
    if isinstance(value, uuid.UUID):
        return f"'{value}'"
    if isinstance(value, int) and value in _INT64:
        return repr(value)
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    raise RenderRefused(f"{field}: a value of type {type(value).__name__} has no PowerShell constant here.")


def _hashtable(value: Mapping[Any, Any], field: str) -> str:
    if len({str(key).casefold() for key in value}) != len(value):
        raise RenderRefused(f"{field}: two keys differ in case only, which a hashtable cannot hold.")
    pairs = [f"{literal(key, f'a key of {field}')} = {literal(item, f'{field}.{key}')}" for key, item in value.items()]
    return "@{ " + "; ".join(pairs) + " }" if pairs else "@{}"


def _texts(value: Any, field: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(key, str):
                yield f"a key of {field}" if field else "a name", key
            yield from _texts(item, f"{field}.{key}" if field else str(key))
    elif isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        for index, item in enumerate(value):
            yield from _texts(item, f"{field}[{index}]")


def _kind(char: str) -> str:
    if char in "\r\n":
        return "the line break"
    if "\ud800" <= char <= "\udfff":
        return "the lone surrogate"
    return "the control character" if char < "\u2000" else "the bidirectional control"


def _shown(text: str) -> str:
    return ascii(text if len(text) <= 60 else text[:57] + "...")
