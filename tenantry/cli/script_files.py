"""Reads scripts that are to be rehearsed, and says of each file that cannot be used why: by name and line."""

import codecs
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from tenantry.errors import ConfigurationError, Problem

LIMIT = 5 * 1024 * 1024  # bytes; a script with 100,000 members has some four million
_RENDERED = "Use the file as it was rendered (tenantry scripts render): UTF-8 with byte order mark."
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read(paths: Sequence[Path]) -> list[str]:
    """The texts of the scripts.

    Raises:
        ConfigurationError: Some cannot be used; all of them are named.
    """
    found = [_one(path) for path in paths]
    problems = [one for one in found if isinstance(one, Problem)]
    if problems:
        raise ConfigurationError(problems)
    return [one for one in found if isinstance(one, str)]


def _one(path: Path) -> str | Problem:
    try:
        size = path.stat().st_size
        if size > LIMIT:
            told = f"has {size / 1024**2:.1f} MB, which no rendered script has (at most {LIMIT // 1024**2} MB)."
            return Problem(told, where=str(path), fix="Is it the right file?")
        raw = path.read_bytes()
    except OSError as error:
        told = f"cannot be read: {error.strerror}."
        return Problem(told, where=str(path), fix="Render it: tenantry scripts render KIND")
    wrong = next(_faults(raw), None)
    if wrong is None:
        return raw.decode("utf-8-sig")
    line, told = wrong
    return Problem(told, where=f"{path}:{line}", fix=_RENDERED)


def _faults(raw: bytes) -> Iterator[tuple[int, str]]:
    """(line, what) of what keeps the bytes from being a script of ours, the plainest reason first."""
    if raw.startswith(_UTF16):
        yield 1, "is in UTF-16, not in UTF-8."
    if b"\0" in raw:
        at = raw.index(b"\0")
        utf16 = at == 1 or raw[1::2].count(0) > len(raw) // 4
        yield _line(raw, at), "is in UTF-16, not in UTF-8." if utf16 else "is no text: there is a zero byte."
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield _line(raw, error.start), f"is not in UTF-8: there is a byte {raw[error.start]:#04x}."
        return
    if not raw.startswith(codecs.BOM_UTF8) and not text.isascii():
        at = next(place for place, char in enumerate(text) if ord(char) > 127)
        name = unicodedata.name(text[at], "a character").lower()
        told = f"holds {text[at]!r} ({name}) without a byte order mark, so Windows PowerShell 5.1 reads something else."
        yield text.count("\n", 0, at) + 1, told


def _line(raw: bytes, at: int) -> int:
    return raw.count(b"\n", 0, at) + 1
