"""Holds the sizes that keep the house readable: files, functions, and their medians (`python dev.py lint`)."""

import ast
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("tenantry", "provision", "audit", "sync", "templates", "simulator")
FILE_LINES, FUNCTION_LINES, FILE_MEDIAN, FUNCTION_MEDIAN = 400, 60, 200, 12


def files() -> list[Path]:
    """Every Python file of the project's own, tests included."""
    folders = [*SHIPPED, "tests", "bench"]
    return sorted([*ROOT.glob("*.py"), *(p for f in folders for p in (ROOT / f).rglob("*.py"))])


def functions(path: Path) -> list[tuple[int, str]]:
    """(lines, place) of each function in the file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [((n.end_lineno or n.lineno) - n.lineno + 1, f"{path.relative_to(ROOT)}:{n.lineno} {n.name}") for n in found]


def faults() -> list[str]:
    """What is too long, in words."""
    lengths = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in files()}
    bodies = [f for p in lengths for f in functions(p)]
    said = [f"{p.relative_to(ROOT)} has {n} lines ({FILE_LINES} at most)" for p, n in lengths.items() if n > FILE_LINES]
    said += [f"{place} has {n} lines ({FUNCTION_LINES} at most)" for n, place in bodies if n > FUNCTION_LINES]
    medians = [
        ("file", statistics.median(n for n in lengths.values() if n), FILE_MEDIAN),
        ("function", statistics.median(n for n, _ in bodies), FUNCTION_MEDIAN),
    ]
    return said + [f"the median {kind} has {n} lines ({most} at most)" for kind, n, most in medians if n > most]


def main() -> int:
    """Prints what is too long; 1 if anything is."""
    said = faults()
    print("\n".join(said) if said else "sizes: fine")  # noqa: T201
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
