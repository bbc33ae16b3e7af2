"""What is refused before the first write.

Too much at once, a plan that is not the reviewed one, missing rights, no place for what must be kept.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from provision import rights
from provision.model.change import Plan
from tenantry.errors import GuardRefused
from tenantry.integration import StoreRef

ROOM = 1_000_000
"""Bytes that must be free where a journal, a credential and an integration file are about to be written."""
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


def refuse_homeless(
    plan: Plan,
    root: Path,
    store: StoreRef | None,
    free: Callable[[Path], int] = lambda place: shutil.disk_usage(place).free,
) -> None:
    """Raises GuardRefused where a file of ours could not be written: a secret that is shown once would be lost."""
    files = [root / "integrations" / f"{plan.target}.json"]
    if store is not None and store.kind == "file" and store.path:
        files.append(root / store.path)
    for file in files:
        place = next(folder for folder in file.parents if folder.exists())
        if file.is_dir() or not place.is_dir() or not os.access(place, os.W_OK):
            why = "it is a folder" if file.is_dir() else f"{place} is no folder that may be written to"
            raise GuardRefused(
                f"{plan.target}: {file} cannot be written: {why}.", fix="Mend that, or choose another store."
            )
        if free(place) < ROOM:
            raise GuardRefused(f"{plan.target}: the disk of {place} is full.", fix="Make room; nothing was written.")


def _what(plan: Plan, key: tuple[str, str]) -> str:
    names: Iterable[str] = (f"{c.action} {c.object}" for c in plan.changes if (c.permission, c.role) == key)
    return ", ".join(dict.fromkeys(names))
