"""`python -m tests.simulator.dialect.prove`: writes the keys that recordings and golden rehearsals prove."""

import tempfile
from pathlib import Path

from simulator.dialect import proven
from simulator.dialect.__main__ import one
from simulator.dialect.operators import regex, wildcard
from simulator.dialect.proven import Key, Seen
from tests import shared
from tests.simulator.dialect.agree import agrees
from tests.simulator.exchange.stage import run
from tests.simulator.exchange.test_scripts import NAMES, WORKING, prepared
from tests.simulator.exchange.walks import WALKS


def fresh() -> Seen:
    """A table that remembers, and nothing remembered from before."""
    regex.regex.cache_clear()
    wildcard.compiled.cache_clear()
    return Seen()


def recorded() -> dict[str, set[Key]]:
    """The keys of each recorded case that agrees."""
    found = {}
    for case in shared.lines("powershell/behaviour.jsonl"):
        seen = fresh()
        with proven.within(seen):
            made = one(case)
        if agrees(made, case):
            found[str(case["id"])] = seen.known
    return found


def rehearsed() -> dict[str, set[Key]]:
    """The keys of each golden script: its first run, its second, what-if, and after a stop."""
    found = {}
    for name in NAMES:
        seen = fresh()
        with proven.within(seen), tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            shell = prepared(name)
            calls = run(shell, name, place / "a").check().calls
            run(shell, name, place / "a").check()
            run(prepared(name), name, place / "b", what_if=True).check()
            for stop in {1, calls // 2, calls - 1} if name in WORKING else ():
                shell = prepared(name)
                run(shell, name, place / str(stop), stop=stop)
                run(shell, name, place / str(stop)).check()
        found[name] = seen.known
    for name, walk in WALKS.items():
        seen = fresh()
        with proven.within(seen), tempfile.TemporaryDirectory() as folder:
            walk(Path(folder))
        found[name] = seen.known
    return found


WIDE = frozenset({"argument", "call", "case", "cast", "each", "form", "get", "index", "input", "inside", "op", "put"})
WIDE |= {"parameter", "return", "set", "sign", "static", "text", "truth", "unroll"}


def wide(key: Key) -> str:
    """A golden script's key as a rule: on another day its text has other letters, and its lists another length."""
    return " ".join([key[0], *("|".join(proven.alike(word)) if key[0] in WIDE else word for word in key[1:])])


def table() -> str:
    """The rows of proven.txt."""
    rules = proven.Table((), proven.written(proven.CERTAIN))
    keys = set[Key]().union(*recorded().values())
    scripts = set[Key]().union(*rehearsed().values()) - keys
    assert not any(set(" *|\n") & set(word) for key in keys | scripts for word in key)
    rows = {" ".join(key) for key in keys if not rules.proven(key)}
    rows |= {wide(key) for key in scripts if not rules.proven(key)}
    return "".join(f"{row}\n" for row in sorted(rows))


if __name__ == "__main__":
    proven.PROVEN.write_text(table(), encoding="utf-8", newline="\n")
