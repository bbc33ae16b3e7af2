"""`python -m simulator.dialect CASES.jsonl`: runs cases `{"id", "code"}` and prints one record a line."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from simulator.dialect.cmdlets.core import core
from simulator.dialect.engine import Engine, run
from simulator.dialect.files import Files
from simulator.dialect.record import record
from simulator.dialect.refuse import Refused

DEPTH = 20_000  # calls of Python's own that a deep recursion of a script may take


def one(case: dict[str, Any]) -> dict[str, Any]:
    """The record of one case, or what refused it and on which line."""
    code = str(case["code"])
    with tempfile.TemporaryDirectory() as folder:
        home = str(Path(folder).resolve())
        engine = Engine(Files(Path(folder)), core(), missing_is_error=True)
        try:
            made = record(str(case["id"]), engine, run(code, engine, {"TestDir": home}))
        except Refused as refusal:
            return {"id": case["id"], **refused(refusal, code)}
        except Exception:  # noqa: BLE001 (a fault of ours must not read as the engine's outcome, nor end the run)
            return {"id": case["id"], **refused(Refused("", engine.line), code)}
        shown: dict[str, Any] = json.loads(json.dumps(made).replace(json.dumps(home)[1:-1], "<TestDir>"))
        return shown


def refused(refusal: Refused, code: str) -> dict[str, Any]:
    """What was refused, by a name that stands on its line."""
    rows = code.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    number = min(max(refusal.line, 1), len(rows))
    if refusal.line == 0:  # it arose behind the last line: the output itself
        number = max((n for n, row in enumerate(rows, 1) if row.strip()), default=1)
    row = rows[number - 1]
    name = refusal.what if refusal.what and refusal.what in row else (row.split() or [""])[0]
    return {"refused": name, "line": number}


def main(arguments: list[str]) -> int:
    """Reads the file of cases and prints the records."""
    if len(arguments) != 1:
        sys.stderr.write("Usage: python -m simulator.dialect CASES.jsonl\n")
        return 2
    sys.setrecursionlimit(max(sys.getrecursionlimit(), DEPTH))
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    with Path(arguments[0]).open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                sys.stdout.write(json.dumps(one(json.loads(line)), ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
