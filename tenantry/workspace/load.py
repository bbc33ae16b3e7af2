"""Reads `tenantry.toml`: every problem in it (and in the files it names) at once, each with file, line and field."""

import re
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tenantry.cloud import BUILT_IN, Cloud
from tenantry.errors import UsageError
from tenantry.toml import Document, check, closest, read
from tenantry.toml.positions import Path as KeyPath
from tenantry.workspace.integrations import Builder
from tenantry.workspace.model import Integration, Tenant, Workspace
from tenantry.workspace.places import Places
from tenantry.workspace.tables import WorkspaceFile

FILE = "tenantry.toml"
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")  # names Windows keeps for devices


def load(root: Path) -> Workspace:
    """What the workspace in the folder `root` says.

    Raises:
        UsageError: There is no `tenantry.toml`.
        ConfigurationError: Everything that is wrong with it.
    """
    path = root / FILE
    if not path.is_file():
        fix = "Run `tenantry init DIR` to make one, or point to its folder with -w DIR."
        raise UsageError(f"There is no {FILE} in {root}.", fix=fix)
    document = read(path)
    data = check(document, document.data, WorkspaceFile)
    clouds = _clouds(document, data.get("cloud", {}), root)
    places = Places(document, root)
    tenants = [
        _tenant(document, table, ("tenant", i), clouds, places) for i, table in enumerate(data.get("tenant", []))
    ]
    _distinct(document, data.get("tenant", []), ("tenant",), "tenant")
    _same_tenant(document, data.get("tenant", []))
    document.settle()
    return Workspace(root=root, tenants=tuple(tenant for tenant in tenants if tenant is not None))


def select(workspace: Workspace, names: Sequence[str]) -> list[tuple[Tenant, Integration]]:
    """The chosen integrations in the order of the file; `tenant` or `tenant/integration` each, none means all.

    Raises:
        UsageError: A name is unknown (with a suggestion), or what is chosen holds no integration.
    """
    pairs = {f"{t.name}/{i.name}": (t, i) for t in workspace.tenants for i in t.integrations}
    tenants = [tenant.name for tenant in workspace.tenants]
    for name in names:
        if name not in pairs and name not in tenants:
            known = [*pairs] if "/" in name else [*tenants, *pairs]
            raise UsageError(f'There is no "{name}" in {FILE}.', fix=closest(name, known))
    chosen = [pair for key, pair in pairs.items() if not names or key in names or pair[0].name in names]
    if not chosen:
        whose = f"tenant {names[0]}" if names else "this workspace"
        raise UsageError(f"There is no integration in {whose}.", fix=f"Add a [[tenant.integration]] to {FILE}.")
    return chosen


def _clouds(document: Document, tables: dict[str, Any], root: Path) -> dict[str, Cloud]:
    clouds = dict(BUILT_IN)
    for name, table in tables.items():
        at = ("cloud", name)
        if name in BUILT_IN:
            document.report(at, f"{name} is one of Microsoft's own clouds, built in.", "Choose another name.")
        if "ca" in table:
            _authority(document, root / table["ca"], (*at, "ca"))
        for key in ("login", "graph"):
            if key in table and urlsplit(table[key]).scheme != "https":
                document.report((*at, key), "must be https.")
        if {"login", "graph"} <= table.keys():
            given = {key: value.rstrip("/") if key != "ca" else value for key, value in table.items()}
            clouds[name] = Cloud(name=name, **given)
    return clouds


def _authority(document: Document, path: Path, at: KeyPath) -> None:
    """Reports a CA file that is not there or holds no certificate."""
    try:
        ssl.create_default_context(cafile=str(path))
    except FileNotFoundError:
        document.report(at, f'there is no file "{path.name}".', "Put the authority's PEM file there.")
    except (ssl.SSLError, OSError):
        document.report(at, f'"{path.name}" holds no certificate in PEM form.')


def _tenant(
    document: Document, table: dict[str, Any], at: KeyPath, clouds: dict[str, Cloud], places: Places
) -> Tenant | None:
    name = table.get("name", "")
    cloud = table.get("cloud", "global")
    if cloud not in clouds and ("cloud", cloud) not in document.lines:
        document.report((*at, "cloud"), f'there is no cloud "{cloud}".', closest(cloud, clouds))
    if not {"id", "domain"} & table.keys() and not {(*at, "id"), (*at, "domain")} & document.lines.keys():
        document.report(at, "has neither id nor domain.", 'Add id = "…" (the tenant id) or domain = "…".')
    builder = Builder(document, places, name, cloud)
    tables = table.get("integration", [])
    integrations = [builder.integration(inner, (*at, "integration", i)) for i, inner in enumerate(tables)]
    _distinct(document, tables, (*at, "integration"), "integration")
    if cloud not in clouds:
        return None
    return Tenant(
        name=name,
        cloud=clouds[cloud],
        id=table["id"].lower() if "id" in table else None,
        domain=table["domain"].lower() if "domain" in table else None,
        sign_in=table.get("sign_in", "browser"),
        integrations=tuple(integration for integration in integrations if integration is not None),
    )


def _distinct(document: Document, tables: list[dict[str, Any]], at: KeyPath, what: str) -> None:
    """Names are unique whatever their case, and usable as file names on every system."""
    seen: dict[str, str] = {}
    for index, table in enumerate(tables):
        name = table.get("name")
        if name is None:
            continue
        place = (*at, index, "name")
        if name.lower() in seen:
            document.report(place, f'another {what} is named "{seen[name.lower()]}".', "Names must differ.")
        if _RESERVED.fullmatch(name) or name.endswith("."):
            document.report(place, f'"{name}" cannot be a file name on Windows.', "Choose another.")
        seen.setdefault(name.lower(), name)


def _same_tenant(document: Document, tables: list[dict[str, Any]]) -> None:
    """One organisation is one [[tenant]], or two plans would fight over it."""
    for key in ("id", "domain"):
        seen: dict[tuple[str, str], str] = {}
        for index, table in enumerate(tables):
            if key not in table:
                continue
            place = (table[key].lower(), table.get("cloud", "global"))
            if place in seen:
                fix = "Give that one a second [[tenant.integration]] instead."
                document.report(("tenant", index, key), f'is the same as of tenant "{seen[place]}".', fix)
            seen.setdefault(place, table.get("name", "?"))
