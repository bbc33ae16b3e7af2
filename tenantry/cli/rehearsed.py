"""What a rehearsal told, kept on disk while it runs, so that memory stays flat with 100,000 mailboxes."""

import json
import re
import tempfile
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

JSON = dict[str, Any]
LISTS = {"change": "changes", "prompt": "prompts", "error": "errors", "warning": "warnings", "whatIf": "whatIf"}
COLUMNS = ("kind", "what", "target", "before", "after", "line")
ENDS = 40  # rows that a long table shows at its beginning and at its end
_SAID = re.compile(r'Performing the operation "(?P<what>.*)" on target "(?P<target>.*)"\.', re.DOTALL)
_ASKED = re.compile(r'(?P<what>\S+) asks: are you sure about "(?P<target>.*)"\?', re.DOTALL)
_KINDS = {"change": "change", "whatIf": "would", "prompt": "asks", "error": "error"}


@dataclass
class Told:
    """One run. `refused` {"what", "line", "why"} or None; `errors` the last few of the script's own."""

    script: str
    counts: Counter[str] = field(default_factory=Counter)
    cmdlets: Counter[str] = field(default_factory=Counter)
    refused: JSON | None = None
    errors: deque[JSON] = field(default_factory=lambda: deque(maxlen=10))
    result: Any = None
    _spool: IO[str] = field(default_factory=lambda: tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n"))  # noqa: SIM115

    @property
    def failed(self) -> bool:
        """Whether the script itself ended, or went on, with an error."""
        return self.refused is None and bool(self.errors)

    def take(self, kind: str, value: Any) -> None:
        """Keeps one event."""
        if kind == "result":
            self.result = value
            return
        if kind == "refused":
            self.refused = value
            kind, value = "error", {"line": value["line"], "message": f"refused: {why(value)}"}
        elif kind == "error":
            self.errors.append(value)
        if kind not in LISTS:
            return
        self.counts[kind] += 1
        if kind == "change":
            self.cmdlets[value["cmdlet"]] += 1
        self._spool.write(json.dumps([kind, value]) + "\n")

    def events(self) -> Iterator[tuple[str, Any]]:
        """Everything kept, in the order in which it happened."""
        self._spool.seek(0)
        for line in self._spool:
            kind, value = json.loads(line)
            yield kind, value
        self._spool.seek(0, 2)

    def rows(self) -> Iterator[JSON]:
        """What happened, a row each: changes, what -WhatIf would do, prompts and errors."""
        return (row(kind, value) for kind, value in self.events() if kind in _KINDS)

    def document(self, indent: str = "", *, plain: bool = False) -> Iterator[str]:
        """The contract's object as JSON text in pieces, as `json.dumps(…, indent=2)` writes it; `plain`: ASCII only."""
        yield f'{{\n{indent}  "script": {_json(self.script, indent, plain)}'
        for kind in ("change", "prompt", "error"):
            yield from self._list(kind, indent, plain)
        yield f',\n{indent}  "result": {_json(self.result, indent + "  ", plain)}'
        for kind in ("warning", "whatIf"):
            yield from self._list(kind, indent, plain)
        yield f"\n{indent}}}"

    def _list(self, kind: str, indent: str, plain: bool) -> Iterator[str]:
        yield f',\n{indent}  "{LISTS[kind]}": ['
        first = True
        for found, value in self.events() if self.counts[kind] else ():
            if found == kind:
                yield f"{'' if first else ','}\n{indent}    {_json(value, indent + '    ', plain)}"
                first = False
        yield "]" if first else f"\n{indent}  ]"

    def close(self) -> None:
        """Lets the file on disk go."""
        self._spool.close()


def _json(value: Any, indent: str, plain: bool) -> str:
    return json.dumps(value, indent=2, ensure_ascii=plain).replace("\n", f"\n{indent}")


def why(refused: Mapping[str, Any]) -> str:
    """What of a script was refused, and why where that is known."""
    what, reason = refused["what"] or "a construct", str(refused.get("why") or "")
    if reason.startswith("is "):
        return f"{what} {reason}"
    return f"{what} cannot be rehearsed: {reason}" if reason else f"{what} is not in the dialect that can be rehearsed"


def row(kind: str, value: Any) -> JSON:
    """One event as a row of a table."""
    made: JSON = dict.fromkeys(COLUMNS, "") | {"kind": _KINDS[kind]}
    if kind == "change":
        return made | {"what": value["cmdlet"]} | {k: _plain(value[k]) for k in ("target", "before", "after", "line")}
    if kind == "error":
        return made | {"target": value["message"], "line": value["line"] or ""}
    found = _SAID.fullmatch(value) or _ASKED.fullmatch(value)
    return made | (found.groupdict() if found else {"target": value})


def _plain(value: Any) -> Any:
    """A value that a person reads; settings as `Name value`."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(inner)}" for name, inner in value.items())
    return "" if value is None else value


def ends(rows: Iterator[JSON]) -> tuple[list[JSON], int, list[JSON]]:
    """The first rows, how many are left out behind them, and the last rows; nothing is left out of a short list."""
    first: list[JSON] = []
    last: deque[JSON] = deque(maxlen=ENDS)
    count = 0
    for count, one in enumerate(rows, 1):
        if count <= ENDS:
            first.append(one)
        else:
            last.append(one)
    return first, count - len(first) - len(last), list(last)
