"""`python dev.py bench`: measures everything in one run, as ratios where two ways can be compared."""

import json
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import fleet, reading, rehearsing, scale, starting

MEASURES: list[tuple[str, Callable[[Path], list[dict[str, Any]]]]] = [
    ("starting", starting.measure),
    ("fleet", fleet.measure),
    ("reading", reading.measure),
    ("scale", scale.measure),
    ("rehearsing", rehearsing.measure),
]
OUT = Path(__file__).resolve().parent / "out"


def main(arguments: list[str]) -> int:
    """Runs the named measures (all by default), prints a Markdown table, keeps the figures as JSON."""
    rows: list[dict[str, Any]] = []
    for name, measure in MEASURES:
        if arguments and name not in arguments:
            continue
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            rows += measure(Path(folder))
    OUT.mkdir(exist_ok=True)
    machine = {"python": platform.python_version(), "system": platform.system(), "machine": platform.machine()}
    (OUT / "bench.json").write_text(json.dumps({"machine": machine, "rows": rows}, indent=2) + "\n", encoding="utf-8")
    print("| what | measured | target | |\n| --- | ---: | ---: | --- |")
    for row in rows:
        print(f"| {row['what']} | {row['value']:.2f} | {row['target']} | {'met' if row['met'] else 'NOT met'} |")
    return 0 if all(row["met"] for row in rows) else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
