"""The position finder names exactly the paths that tomllib sees, each on the line where its key stands."""

import json
import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tenantry.toml.positions import Path, positions


def paths(value: Any, at: Path = ()) -> Iterator[Path]:
    """Every path of parsed TOML."""
    yield at
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*at, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths(inner, (*at, index))


def check(text: str) -> dict[Path, int]:
    """Same paths as tomllib, and each key's own text on its line."""
    found = dict(positions(text))
    assert set(found) == set(paths(tomllib.loads(text)))
    lines = text.split("\n")
    for path, line in found.items():
        if path and isinstance(path[-1], str):
            assert spelled(path[-1], lines[line - 1]), (path, line)
    return found


def spelled(key: str, line: str) -> bool:
    return any(form in line for form in (key, json.dumps(key)[1:-1], literal(key)[1:-1]))


def test_the_shape_of_a_workspace() -> None:
    text = """# comment with "quotes" and [brackets]
version = 1

[[tenant]]
name = "contoso"   # [not] = a table

[[tenant.integration]]
mailboxes = { group = "a,b}", rooms = ["x", "y"] }
[tenant.integration.rules]
title = [
  "busy", # first ]
  'oof',
]
[[tenant.integration]]
name = "second"

[[tenant]]
name = "fabrikam"
[cloud.one]
login = "x"
[cloud.two]
"""
    found = check(text)
    assert found["tenant", 0, "integration", 0, "mailboxes", "rooms", 1] == 8
    assert found["tenant", 0, "integration", 0, "rules", "title", 1] == 12
    assert found["tenant", 0, "integration", 1, "name"] == 15
    assert found["tenant", 1] == 17
    assert found["cloud",] == 19
    assert found["cloud", "two"] == 21


def test_strings_dates_and_dotted_keys() -> None:
    check(
        'a.b."c.d" = 1\na.b.e = 1979-05-27 07:32:00\n"a b" . \'c"d\' = -1.5e3\n'
        'f = """x\n#"" ="""""\ng = \'\'\'\n[h]\'\'\'\n'
    )
    found = check('s = """\none\\\n  "two" \\"""\n"""\nafter = [[1, 2], [{x = {y = 3}}],]\n')
    assert found["after", 1, 0, "x", "y"] == 5


def test_windows_line_ends() -> None:
    assert check("a = 1\r\n[b]\r\nc = [\r\n1,\r\n2]\r\n")["b", "c", 1] == 5


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=True) if all(ord(c) < 0xD800 for c in text) else literal(text)


def literal(text: str) -> str:
    return '"' + "".join(f"\\U{ord(c):08X}" for c in text) + '"'


def spell(key: str) -> str:
    bare = key.isascii() and key and all(c.isalnum() or c in "_-" for c in key)
    return key if bare else quoted(key)


KEYS = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"), max_size=5),
)
SCALARS = st.one_of(
    st.integers(-99, 99).map(str),
    st.booleans().map(lambda yes: "true" if yes else "false"),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f"), max_size=9).map(quoted),
    st.sampled_from(
        ["'[x] # y'", '"""a\n]"}"""', "'''\n{\n'''", "07:32:00", "2020-01-01", "2020-01-01 00:00:00Z", "inf", "0xA"]
    ),
)
BREAKS = st.sampled_from(["", " ", "\n", " # ] } = [x]\n", "\n\n\t"])


@st.composite
def values(draw: st.DrawFn, depth: int = 2) -> str:
    kind = draw(st.sampled_from(["scalar", "array", "table"])) if depth else "scalar"
    if kind == "scalar":
        return draw(SCALARS)
    if kind == "array":
        items = [draw(BREAKS) + draw(values(depth - 1)) + draw(BREAKS) for _ in range(draw(st.integers(0, 3)))]
        return "[" + ",".join(items) + draw(BREAKS) + "]"
    keys = draw(st.lists(KEYS, max_size=3, unique=True))
    return "{ " + ", ".join(f"{spell(key)} = {draw(values(depth - 1))}" for key in keys) + " }"


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Key lines, then tables and arrays of tables with sub-tables, with comments strewn in."""
    out: list[str] = []

    def pairs() -> None:
        for key in draw(st.lists(KEYS, max_size=3, unique=True)):
            head = spell(key) + draw(st.sampled_from(["", ".x", ' . "y z"']))
            out.append(f"{head} = {draw(values())}" + draw(st.sampled_from(["", "  # note = [", "\n"])))

    pairs()
    used = {line.split("=")[0].split(".")[0].strip() for line in out}
    for name in draw(st.lists(KEYS.map(spell), max_size=3, unique=True)):
        if name in used:
            continue
        if draw(st.booleans()):
            out.append(f"[ {name} ]")
            pairs()
            continue
        for _ in range(draw(st.integers(1, 3))):
            out.append(f"[[{name}]]")
            out.append("[" + name + ".sub.deep]" if draw(st.booleans()) else f"[[{name}.list]]")
            pairs()
    return "\n".join(out)


@given(documents())
@settings(max_examples=300, deadline=None)
def test_any_document(text: str) -> None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # a key drawn twice
    check(text)
