"""Recorded cases written otherwise, where the engine must do the same: they agree still, or are refused."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from simulator.dialect.__main__ import one
from simulator.dialect.compile.shape import AUTOMATIC
from tests import shared
from tests.simulator.dialect.agree import agrees, rows

pytestmark = pytest.mark.shared
LEAST = 0.6  # of the cases that run must run in each variant
SIGN = r"((?<!`)\$\{?|(?<=\s)@)"
VARIABLE = re.compile(rf"{SIGN}([A-Za-z]\w*)(?![\w:]*:)")
QUOTED = re.compile(r"'[^'\n]*[$@]\w[^'\n]*'|`\$")  # names in text
KEYWORD = re.compile(
    r"(?<![\w$.'\"-])(if|else|elseif|foreach|for|while|do|until|switch|function|param|try|catch|finally|return|throw|in)"
    r"(?=[\s({])|(?<=\s)(-(?:eq|ne|gt|lt|ge|le|like|match|replace|split|join|contains|in|and|or|not|is|as|f))(?=[\s(])"
)


@cache
def running() -> list[dict[str, Any]]:
    """The recorded cases that run."""
    return [case for case in shared.lines("powershell/behaviour.jsonl") if "refused" not in one(case)]


def renamed(code: str) -> str:
    """Every variable of the script by another name, where the name stands nowhere else."""
    if QUOTED.search(code):
        return code
    names = {found[1].lower() for found in VARIABLE.findall(code)} - AUTOMATIC - {"testdir", "_", "x"}
    for name in names:
        if not re.search(rf"(?<![$@{{\w]){name}\b", code, re.I):
            code = re.sub(rf"{SIGN}{name}\b(?!:)", rf"\1zq{name}7", code, flags=re.I)
    return code


def loud(code: str) -> str:
    """Keywords and signs in capitals, outside of text as far as a pattern can tell."""
    return "\n".join(
        row if re.search(r"['\"#]", row) else KEYWORD.sub(lambda m: m[0].upper(), row) for row in rows(code)
    )


def spaced(code: str) -> str:
    """Blanks at the ends of lines, and comments between them; a here-string's lines stay as they are."""
    if "@'" in code or '@"' in code or "`\n" in code:
        return code
    return "\n".join(f"{row}   " for row in rows(code)) + "\n# the end\n<# really #>\n"


def opened(code: str) -> bool:
    """Whether text may run on over lines."""
    return any(row.count("'") % 2 or row.count('"') % 2 for row in rows(code))


VARIANTS: dict[str, Callable[[str], str]] = {
    "other names": renamed,
    "capitals": loud,
    "blanks and comments": lambda code: code if opened(code) else spaced(code),
    "crlf": lambda code: code if opened(code) or "@'" in code or '@"' in code else "\r\n".join(rows(code)),
    "in a block that always runs": lambda code: f"if ($true) {{\n{code}\n}}",
    "in a loop of one round": lambda code: (
        code if re.search(r"break|continue", code) else f"foreach ($zq in 1) {{\n{code}\n}}"
    ),
    "dot-sourced": lambda code: f"$zq = {{\n{code}\n}}\n. $zq" if "param(" not in code[:6] else code,
    "behind other statements": lambda code: (
        f"$zq1 = 'a', 'b'\n$zq2 = @{{ a = $zq1.Count }}\n$null = $zq2.a + 1\n{code}"
    ),
    "with a statement behind each line of its own": lambda code: f"{code}\n$null = 5",
}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_agrees_or_is_refused(name: str) -> None:
    wrong, ran = [], 0
    for case in running():
        code = VARIANTS[name](case["code"])
        made = one({"id": case["id"], "code": code})
        if "refused" in made:
            assert made["refused"] in rows(code)[made["line"] - 1]
        elif agrees(made, case):
            ran += 1
        else:
            wrong.append((case["id"], code))
    assert not wrong
    assert ran >= LEAST * len(running())
