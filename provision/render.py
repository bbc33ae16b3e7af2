"""A finished plan as text, Markdown or plain data. Nothing is decided here."""

import textwrap
from collections.abc import Sequence
from typing import Any

import msgspec

from provision.model.change import Change, Plan

_SIGNS = {"create": "+", "grant": "+", "update": "~", "script": ">", "delete": "-", "revoke": "-"}
_HEAD = "| Change | Object | Name | Risk | Before | After | Needs | Why |"


COLUMNS = ("target", "action", "object", "name", "risk", "permission", "role", "reason")
"""The columns of `as_rows`, in order."""


def as_data(plans: Sequence[Plan]) -> list[dict[str, Any]]:
    """What `-o json` prints."""
    data: list[dict[str, Any]] = msgspec.to_builtins(list(plans))
    return data


def as_rows(plans: Sequence[Plan]) -> list[dict[str, str]]:
    """One row a change, for tables and CSV."""
    return [
        {
            "target": plan.target,
            "action": c.action,
            "object": c.object,
            "name": c.name,
            "risk": c.risk,
            "permission": c.permission,
            "role": c.role,
            "reason": c.reason,
        }
        for plan in plans
        for c in plan.changes
    ]


def as_text(plan: Plan, width: int = 0) -> str:
    """The plan for a person at a terminal; lines that are wider than it go on below, 0: they never do."""
    if not plan.changes:
        lines = [f"{plan.target}: nothing to do (checksum {plan.checksum})"]
    else:
        lines = [f"{plan.target}: {_count(len(plan.changes), 'change')} (checksum {plan.checksum})"]
    for c in plan.changes:
        lines.append(f"  {_SIGNS[c.action]} {c.action} {c.object} {c.name}  [{c.risk} risk]")
        lines += [f"      {line}" for line in _details(c)]
    if plan.drift:
        lines.append(f"  {_count(len(plan.drift), 'thing')} nobody asked for, left alone:")
        lines += [f"    ! {d.object} {d.name}: {d.fact}" for d in plan.drift]
    if plan.notes:
        lines.append(f"  {_count(len(plan.notes), 'thing')} to know:")
        lines += [f"    i {n.object} {n.name}: {n.fact}" for n in plan.notes]
    return "\n".join(_folded(line, width) for line in lines) + "\n"


def _folded(line: str, width: int) -> str:
    if not width or len(line) <= width:
        return line
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return textwrap.fill(
        line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, replace_whitespace=False
    )


def as_markdown(plan: Plan) -> str:
    """The plan for a review: a table of changes, a list of drift."""
    lines = [f"## {cell(plan.target)}", "", f"Checksum `{plan.checksum}`", ""]
    if plan.changes:
        lines += [_HEAD, "|---|---|---|---|---|---|---|---|"]
        lines += [f"| {' | '.join(cell(text) for text in _columns(c))} |" for c in plan.changes]
    else:
        lines.append("Nothing to do.")
    if plan.drift:
        lines += ["", "Nobody asked for these; they are left alone:", ""]
        lines += [f"- {cell(d.object)} {cell(d.name)}: {cell(d.fact)}" for d in plan.drift]
    if plan.notes:
        lines += ["", "To know:", ""]
        lines += [f"- {cell(n.object)} {cell(n.name)}: {cell(n.fact)}" for n in plan.notes]
    return "\n".join(lines) + "\n"


def _columns(c: Change) -> tuple[str, ...]:
    needs = ", ".join(part for part in (c.permission, c.role) if part)
    return c.action, c.object, c.name, c.risk, _value(c.before), _value(c.after), needs, c.reason


def _details(c: Change) -> list[str]:
    details = [c.reason]
    if c.before is not None:
        details.append(f"before: {_value(c.before)}")
    if c.after is not None:
        details.append(f"after:  {_value(c.after)}")
    if c.permission:
        details.append(f"needs {c.permission} (role {c.role})")
    elif c.role:
        details.append(f"needs the role {c.role}")
    return details


def _value(value: Any) -> str:
    """Values of a change as words: `displayName X; tags a, b`."""
    plain = msgspec.to_builtins(value)
    if plain is None:
        return ""
    if isinstance(plain, dict):
        return "; ".join(f"{key} {_value(inner)}".strip() for key, inner in plain.items())
    if isinstance(plain, list | tuple):
        return ", ".join(map(str, plain)) or "nothing"
    return str(plain)


def cell(text: str) -> str:
    """Text that cannot break out of a Markdown table cell."""
    for special in "\\|`<>*_[]":
        text = text.replace(special, f"\\{special}")
    return " ".join(text.split())


def _count(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"
