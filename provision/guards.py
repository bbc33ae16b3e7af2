"""What is refused before the first write: too much at once, a plan that is not the reviewed one, missing rights."""

from collections.abc import Iterable, Mapping
from typing import Any

from provision import rights
from provision.model.change import Plan
from tenantry.errors import GuardRefused

MOST_REMOVALS = 20
"""Deletions and revocations in one integration's plan that need no `--max-removals`."""


def refuse_mass(plan: Plan, limit: int = MOST_REMOVALS) -> None:
    """Raises GuardRefused where a plan takes away more than `limit` things."""
    removals = sum(change.removes for change in plan.changes)
    if removals > limit:
        raise GuardRefused(
            f"{plan.target}: the plan takes away {removals} things; more than {limit} at once are refused.",
            fix=f"Look at the plan; if it is meant, add --max-removals {removals}.",
        )


def refuse_moved(plan: Plan, reviewed: str | None) -> None:
    """Raises GuardRefused where the plan made now is not the reviewed one, by checksum."""
    if reviewed is not None and plan.checksum != reviewed:
        raise GuardRefused(
            f"{plan.target}: the tenant or the workspace moved since the plan was made "
            f"(checksum {plan.checksum}, reviewed {reviewed}).",
            fix="Look at `tenantry provision plan` again.",
        )


def refuse_powerless(plan: Plan, claims: Mapping[str, Any], *, owned: bool = True) -> None:
    """Raises GuardRefused where the operator's own token shows that a change of the plan will be denied."""
    needed = {(c.permission, c.role) for c in plan.changes if c.permission}
    lacking = rights.missing(needed, claims, owned=owned)
    if lacking:
        what = "; ".join(f"{_what(plan, key)} needs {lack}" for key, lack in sorted(lacking.items()))
        raise GuardRefused(
            f"{plan.target}: the operator's rights do not suffice: {what}.",
            fix="Give the operator what is named, sign in again and repeat; nothing was written. "
            f"`tenantry provision split {plan.target}` says what these rights allow, and who does the rest.",
        )


def _what(plan: Plan, key: tuple[str, str]) -> str:
    names: Iterable[str] = (f"{c.action} {c.object}" for c in plan.changes if (c.permission, c.role) == key)
    return ", ".join(dict.fromkeys(names))
