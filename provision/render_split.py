"""Who does what, as text, as Markdown that can be mailed, and as rows. Nothing is decided here."""

from collections.abc import Iterable, Sequence

from provision.model.change import Change
from provision.render import cell
from provision.split import Left, Split

COLUMNS = ("target", "who", "action", "object", "name", "risk", "permission", "role", "lacking", "how", "text")
"""The columns of `as_rows`, in order."""

_HOW = {
    "consent-link": "open this link and accept",
    "script": "render and run the script",
    "command": "run this command",
}


def as_rows(splits: Sequence[Split]) -> list[dict[str, str]]:
    """One row a change, the operator's first."""
    rows = []
    for one in splits:
        rows += [_row(one.target, "you", change) for change in one.mine]
        rows += [
            {**_row(one.target, left.person, left.change), "lacking": left.lacking, "how": left.how, "text": left.text}
            for left in one.others
        ]
    return rows


def as_text(one: Split) -> str:
    """For a terminal."""
    lines = [f"{one.target}: signed in as {one.operator}"]
    if not one.mine and not one.others:
        lines.append("  nothing to do")
    if one.mine:
        lines.append(f"  You can do this now, with `tenantry provision apply {one.target} --mine`:")
        lines += [f"    {c.action} {c.object} {c.name}  [{c.risk} risk]" for c in one.mine]
    for person, how, text, group in _groups(one.others):
        lines.append(f"  For the role {person}: {_HOW[how]}")
        lines.append(f"    {text}")
        lines += [f"    - {x.change.action} {x.change.object} {x.change.name}: you lack {x.lacking}" for x in group]
    return "\n".join(lines) + "\n"


def as_markdown(one: Split) -> str:
    """For a mail: what was done or can be, then a section for each person."""
    lines = [f"# {cell(one.target)}: who does what", "", f"Prepared by {cell(one.operator)}.", ""]
    if not one.mine and not one.others:
        return "\n".join([*lines, "Nothing is left to do.", ""])
    if one.mine:
        lines += [f"## {cell(one.operator)}", "", f"`tenantry provision apply {one.target} --mine`", ""]
        lines += _table(one.mine)
    for person, how, text, group in _groups(one.others):
        lines += [f"## {cell(person)} (or a Global Administrator)", "", f"Please {_HOW[how]}:", "", f"    {text}", ""]
        if how == "consent-link" and one.consent:
            lines += [f"It asks to accept: {', '.join(cell(seen) for seen in one.consent.sees)}.", ""]
        lines += _table([left.change for left in group])
    lines += ["## Afterwards", "", f"`tenantry provision apply {one.target}`, then `tenantry provision verify "]
    return "\n".join(lines) + f"{one.target}`\n"


def _table(changes: Iterable[Change]) -> list[str]:
    head = ["| Change | Object | Name | Risk | Needs | Why |", "|---|---|---|---|---|---|"]
    rows = [
        (c.action, c.object, c.name, c.risk, ", ".join(part for part in (c.permission, c.role) if part), c.reason)
        for c in changes
    ]
    return [*head, *(f"| {' | '.join(cell(text) for text in row)} |" for row in rows), ""]


def _groups(others: Iterable[Left]) -> list[tuple[str, str, str, list[Left]]]:
    """The changes that one person does in one way, together."""
    found: dict[tuple[str, str, str], list[Left]] = {}
    for left in others:
        found.setdefault((left.person, left.how, left.text), []).append(left)
    return [(*key, group) for key, group in found.items()]


def _row(target: str, who: str, change: Change) -> dict[str, str]:
    return {
        "target": target,
        "who": who,
        "action": change.action,
        "object": change.object,
        "name": change.name,
        "risk": change.risk,
        "permission": change.permission,
        "role": change.role,
        "lacking": "",
        "how": "command",
        "text": f"tenantry provision apply {target} --mine",
    }
