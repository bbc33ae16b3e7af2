"""The other four systems of the demo: what is added to tenantry.toml, and what came of all five, in a line each."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenantry.files import write_atomic

if TYPE_CHECKING:
    from tenantry.cli.demo_scene import Scene

EXCLUDED = "Require MFA for all users"
_HEAD = """
[[tenant.integration]]
name = "{name}"
profile = "{profile}"
owners = ["{owner}"]
mailboxes = {mailboxes}
time_zone = "Europe/Stockholm"
{more}"""


def add_systems(scene: "Scene") -> None:
    """Four more integrations at the end of the workspace file."""
    rooms = [place["emailAddress"] for place in scene.door("/state/places") if place.get("emailAddress")][:3]
    group, owner = f'{{ group = "{scene.group}" }}', scene.ready["operator"]["userPrincipalName"]
    systems = (
        ("teams", "telia-presence", "{ all = true }", f'options = {{ exclude_from = ["{EXCLUDED}"] }}\n'),
        ("rooms", "maptician-rooms", f"{{ rooms = {json.dumps(rooms)} }}", ""),
        ("xphone", "xphone-calendar", "{ all = true }", ""),
        ("monitor", "bredband2-calendar", group, ""),
    )
    text = "".join(
        _HEAD.format(name=name, profile=profile, owner=owner, mailboxes=mailboxes, more=more)
        for name, profile, mailboxes, more in systems
    )
    path = scene.root / "tenantry.toml"
    write_atomic(path, path.read_text(encoding="utf-8") + text)


def summary(root: Path) -> list[str]:
    """A line for each integration file: which system, what it may do, and what it signs in with."""
    files = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((root / "integrations").glob("*/*.json"))]
    rows = [(file["integration"], file["profile"], _may(file), _signs_in(file)) for file in files]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)) for row in rows]


def _may(file: dict[str, Any]) -> str:
    kinds = [permission["type"] for permission in file["permissions"]["granted"]]
    counts = [(kinds.count(kind), kind) for kind in ("application", "delegated")]
    return " + ".join(f"{count} {kind}" for count, kind in counts if count)


def _signs_in(file: dict[str, Any]) -> str:
    credential, users = file["credential"], file["integration_users"]
    parts = [f"{credential['kind']} until {credential['expires'][:10]}" if credential else "no secret: a public client"]
    if users:
        parts.append(f"{len(users)} integration user{'s' if len(users) > 1 else ''}")
    return ", ".join(parts)
