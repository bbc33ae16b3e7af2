"""When a record of ours agrees with a recorded one."""

import re
from typing import Any

FACTS = ("id", "type", "category")


def rows(code: str) -> list[str]:
    """The lines of a script; only CR and LF end one."""
    return re.split(r"\r\n|\r|\n", code)


def fault(error: dict[str, Any] | None) -> tuple[Any, ...] | None:
    """What counts of an error."""
    return None if error is None else tuple(error.get(name) for name in FACTS)


def outcome(record: dict[str, Any]) -> tuple[Any, ...]:
    """What counts of a record."""
    errors = [fault(error) for error in record["errors"]]
    return record["output"], fault(record["error"]), errors, record["warnings"], record["verbose"]


def agrees(made: dict[str, Any], case: dict[str, Any]) -> bool:
    """Whether a run gave exactly what was recorded."""
    return "refused" not in made and not case["parseErrors"] and outcome(made) == outcome(case)
