"""`python -m simulator.dialect CASES.jsonl`: runs cases `{"id", "code"}` and prints one record a line.

A case that is outside the dialect gives `{"id", "refused": name, "line": n}`. Exit code 0; 1 after an error of ours,
whose line says `"refused": "internal error: …"`; 2 where the file, or a line of it, is no case: each in one sentence.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulator.dialect.cmdlets.core import core
from simulator.dialect.engine import Engine, run
from simulator.dialect.files import Files
from simulator.dialect.record import record
from simulator.dialect.refuse import Refused
from simulator.dialect.syntax.reader import BREAK

JSON = dict[str, Any]
STEPS = 50_000  # of a case; no recorded one takes a thousandth of it


def one(case: JSON) -> JSON:
    """The record of one case, or what refused it and on which line."""
    code = str(case["code"])
    with tempfile.TemporaryDirectory() as folder:
        home = str(Path(folder).resolve())
        engine = Engine(Files(Path(folder)), core(), missing_is_error=True, most=STEPS)
        try:
            made = record(str(case["id"]), engine, run(code, engine, {"TestDir": home}))
        except Refused as refusal:
            return {"id": case["id"], **refused(refusal, code)}
        shown: JSON = json.loads(json.dumps(made).replace(json.dumps(home)[1:-1], "<TestDir>"))
        return shown


def refused(refusal: Refused, code: str) -> JSON:
    """What was refused, by a name that stands on its line."""
    rows = BREAK.split(code)
    number = min(max(refusal.line, 1), len(rows))
    if refusal.line == 0:  # it arose behind the last line: the output itself
        number = max((n for n, row in enumerate(rows, 1) if row.strip()), default=1)
    row = rows[number - 1]
    name = refusal.what if refusal.what and refusal.what in row else (row.split() or [""])[0]
    return {"refused": name, "line": number}


def guarded(case: JSON) -> tuple[JSON, bool]:
    """(the line of a case, whether it is fine): an error of ours says so, for it must not read as anything else."""
    try:
        return one(case), True
    except Exception as error:  # noqa: BLE001 (whatever it is, the cases behind it run)
        told = f"internal error: {type(error).__name__}: {error}".splitlines()[0]
        sys.stderr.write(f"{case['id']}: {told}\n")
        return {"id": case["id"], "refused": told, "line": 1}, False


def cases(file: Path) -> Iterator[JSON | str]:
    """Each case of a file; a sentence for each line that is none."""
    try:
        words = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        yield f"{file}: cannot be read ({error.strerror}). Name a file of cases."
        return
    except UnicodeDecodeError:
        yield f"{file}: is not UTF-8. Save it as UTF-8."
        return
    for number, line in enumerate(words.split("\n"), 1):
        if line.strip():
            yield case_of(line, f"{file}:{number}")


def case_of(line: str, place: str) -> JSON | str:
    """One line as a case."""
    try:
        made = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f'{place}: is no JSON ({error}). Write {{"id": "…", "code": "…"}}.'
    if not isinstance(made, dict):
        return f'{place}: is no object. Write {{"id": "…", "code": "…"}}.'
    for name in ("id", "code"):
        if not isinstance(made.get(name), str):
            return f'{place}: "{name}" is missing or no text.'
    return made


def main(arguments: list[str]) -> int:
    """Reads the file of cases and prints the records."""
    if len(arguments) != 1:
        sys.stderr.write("Usage: python -m simulator.dialect CASES.jsonl\n")
        return 2
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    codes = {0}
    for case in cases(Path(arguments[0])):
        if isinstance(case, str):
            sys.stderr.write(f"{case}\n")
            codes.add(2)
            continue
        line, fine = guarded(case)
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        codes.add(0 if fine else 1)
    return 1 if 1 in codes else max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
