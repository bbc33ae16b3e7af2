"""What an Exchange administrator exported (`exchange/<Cmdlet>.json`), as far as provisioning and its proof need it.

Only Exchange can tell whether an app has a right by RBAC for Applications, and in which scope: Graph shows neither.
"""

import codecs
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from provision.model.narrowing import Narrowing
from tenantry.errors import UsageError
from tenantry.integration import Mailboxes

FOLDER = "exchange"
"""Where the evidence script writes, below the workspace, and `scripts render evidence` tells people to run it."""

POLICIES, ASSIGNMENTS, POINTERS = "Get-ApplicationAccessPolicy", "Get-ManagementRoleAssignment", "Get-ServicePrincipal"
_SCOPES, _GROUPS, _RECIPIENTS = "Get-ManagementScope", "Get-DistributionGroup", "Get-Recipient"
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
Row = dict[str, Any]


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """One cmdlet's rows, and when they were collected."""

    items: tuple[Row, ...]
    collected: str = ""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """The exports by cmdlet; a cmdlet that is missing was not exported."""

    exports: dict[str, Export] = {}

    def rows(self, cmdlet: str) -> tuple[Row, ...]:
        """Its rows; none where it was not exported."""
        found = self.exports.get(cmdlet)
        return found.items if found else ()

    def policies_of(self, app_id: str) -> list[Row] | None:
        """The access policies about this app; None without an export."""
        if POLICIES not in self.exports:
            return None
        return [row for row in self.rows(POLICIES) if app_id.lower() in _text(row, "AppId").lower()]

    def since(self, cmdlet: str) -> datetime | None:
        """When the cmdlet was exported, None where that is not known."""
        found = self.exports.get(cmdlet)
        try:
            moment = datetime.fromisoformat(found.collected) if found else None
        except ValueError:
            return None
        return moment if moment is not None and moment.tzinfo is not None else None

    def lacking(self, app: "AppIds", narrowing: Narrowing, mailboxes: Mailboxes, unit: str) -> str:
        """Why the rights that Exchange shall give are not there exactly as wished; empty where they are."""
        if ASSIGNMENTS not in self.exports or POINTERS not in self.exports:
            return "there is no export from Exchange that shows the role assignments"
        ours = [row for row in self.rows(ASSIGNMENTS) if self._of(row, app)]
        for row in ours:
            what = _text(row, "Name", "Identity")
            if not self._fits(row, mailboxes, unit):
                return f"Exchange's export shows the assignment {what} with another scope ({_scope(row) or 'none'})"
        for permission in narrowing.in_exchange:
            if not any(_role(row) == f"application {permission.name}".lower() for row in ours):
                return f"Exchange's export shows no role assignment of {permission.name} to the app"
        return ""

    def _of(self, row: Row, app: "AppIds") -> bool:
        """True for an enabled assignment to the app, known by any name of Exchange's pointer to it."""
        names = {app.app_id.lower(), app.principal.lower()}
        for pointer in self.rows(POINTERS):
            own = {_text(pointer, "AppId").lower(), _text(pointer, "ObjectId").lower()}
            if names & own - {""}:
                keys = ("Identity", "Name", "DisplayName", "Guid")
                names |= own | {_text(pointer, key).lower() for key in keys}
        named = {_text(row, key).lower() for key in ("RoleAssignee", "RoleAssigneeName", "App")}
        return bool(named & names - {""}) and _text(row, "Enabled").lower() != "false"

    def _fits(self, row: Row, mailboxes: Mailboxes, unit: str) -> bool:
        """True where the assignment's scope holds exactly the wished mailboxes."""
        if mailboxes.administrative_unit:
            wished = {mailboxes.administrative_unit.lower(), unit.lower()} - {""}
            return _text(row, "RecipientAdministrativeUnitScope").lower() in wished
        name = _text(row, "CustomResourceScope").lower()
        scope = next((s for s in self.rows(_SCOPES) if name and _text(s, "Name").lower() == name), None)
        if scope is None:
            return False
        if mailboxes.group:
            return _text(scope, "RecipientFilter").strip("() ").lower() in set(self._filters(mailboxes.group))
        held = {_text(r, "PrimarySmtpAddress").lower() for r in self.rows(_RECIPIENTS) if _scoped(r) == name}
        return held == {room.lower() for room in mailboxes.rooms or ()}

    def _filters(self, group: str) -> Iterator[str]:
        for row in self.rows(_GROUPS):
            if group.lower() in (
                _text(row, "PrimarySmtpAddress").lower(),
                _text(row, "ExternalDirectoryObjectId").lower(),
            ):
                name = _text(row, "DistinguishedName").replace("'", "''")
                yield f"memberofgroup -eq '{name}'".lower()


class AppIds(msgspec.Struct, frozen=True, kw_only=True):
    """How Exchange may name the app: client id, and object id of its service principal."""

    app_id: str
    principal: str


def read_evidence(folder: Path) -> Evidence:
    """Every export of that folder that matters here; none where there is no such folder.

    Raises:
        UsageError: A file is no export.
    """
    names = (POLICIES, ASSIGNMENTS, POINTERS, _SCOPES, _GROUPS, _RECIPIENTS)
    there = {name: folder / f"{name}.json" for name in names}
    return Evidence(exports={name: _read(path) for name, path in there.items() if path.is_file()})


def _read(path: Path) -> Export:
    try:
        raw = path.read_bytes()
        encoding = next((name for bom, name in _BOMS if raw.startswith(bom)), "")
        encoding = encoding or ("utf-16-le" if raw[1:2] == b"\0" else "utf-8")
        document = json.loads(raw.decode(encoding).removeprefix("\ufeff"))
        items = document["items"] or []
        rows = items if isinstance(items, list) else [items]
        if not all(isinstance(row, dict) for row in rows):
            raise TypeError("a row is no object")
        return Export(items=tuple(rows), collected=str(document.get("collected") or ""))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is not an export of Exchange evidence.", fix="Export it again.") from error


def _text(row: Row, *keys: str) -> str:
    """The first of these that is not empty, as text; a list's members side by side."""
    for key in keys:
        value = row.get(key)
        if value not in (None, "", []):
            return " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return ""


def _role(row: Row) -> str:
    return _text(row, "Role").rsplit("\\", 1)[-1].lower()


def _scope(row: Row) -> str:
    return _text(row, "CustomResourceScope", "RecipientAdministrativeUnitScope", "RecipientGroupScope")


def _scoped(row: Row) -> str:
    return _text(row, "Scope").lower()
