"""`python -m simulator.dialect CASES.jsonl`: runs cases `{"id", "code"}` and prints one record a line."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from simulator.dialect.cmdlets import core
from simulator.dialect.engine import Engine, run
from simulator.dialect.files import Files
from simulator.dialect.record import record
from simulator.dialect.refuse import Refused


def one(case: dict[str, Any]) -> dict[str, Any]:
    """The record of one case, or what refused it."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Files(Path(folder)), core())
        try:
            outcome = run(case["code"], engine, {"TestDir": str(Path(folder).resolve())})
            made = record(case["id"], engine, outcome)
        except Refused as refusal:
            return {"id": case["id"], "refused": refusal.what, "line": refusal.line}
        shown: dict[str, Any] = json.loads(json.dumps(made).replace(str(Path(folder).resolve()), "<TestDir>"))
        return shown


def main(arguments: list[str]) -> int:
    """Reads the file of cases and prints the records."""
    if len(arguments) != 1:
        sys.stderr.write("Usage: python -m simulator.dialect CASES.jsonl\n")
        return 2
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    with Path(arguments[0]).open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                sys.stdout.write(json.dumps(one(json.loads(line)), ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
