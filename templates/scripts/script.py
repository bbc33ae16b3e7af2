"""A rendered script: its bytes, where it works, and how it gets into a folder."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from templates import ROOT, quoting, render_bytes
from tenantry.errors import RenderRefused
from tenantry.files import write_atomic

Product = Literal["online", "2007", "2010", "2013", "2016", "2019", "se"]

PRODUCTS: tuple[Product, ...] = ("online", "2010", "2013", "2016", "2019", "se", "2007")
SUMS = "SHA256SUMS"
NAME_LIMIT = 64  # of mailboxes, management scopes and role assignments; New-Mailbox, New-ManagementScope
ENVIRONMENTS = {"usgov": "O365USGovGCCHigh", "usgov-dod": "O365USGovDoD", "china": "O365China"}


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """A rendered script: its file name and its bytes (UTF-8 with BOM, CRLF)."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Of the bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """Where a script works: the tenant's id (empty where only its domain is known), its cloud's name, our names.

    `product` is the Exchange it is for; the tenant's id and cloud matter for Exchange Online only.
    """

    tenant_id: str
    cloud: str
    tenant: str
    integration: str = ""
    product: Product = "online"

    def file_name(self, kind: str) -> str:
        """`kind-tenant-integration.ps1`, with nothing in it that a file system could take amiss."""
        parts = [kind, self.tenant, self.integration]
        return "-".join(re.sub(r"[^\w.]+", "-", part).strip("-.") for part in parts if part) + ".ps1"


def make(kind: str, target: Target, *, template: str = "", per_mailbox: bool = False, **values: Any) -> Script:
    """Renders a script.

    Args:
        kind: Names the script, and its template unless `template` does.
        target: Where it works.
        template: Another template.
        per_mailbox: Its changes are too many to keep in memory, so they stand in the journal only.
        values: What the template needs.

    Raises:
        RenderRefused: A value cannot stand in a script, or is empty.
    """
    name = target.file_name(kind)
    common = {
        "product": target.product,
        "per_mailbox": per_mailbox,
        "tenant_id": quoting.guid(target.tenant_id, "tenant id") if target.tenant_id else "",
        "environment": ENVIRONMENTS.get(target.cloud, "O365Default"),
        "result_name": name.removesuffix(".ps1") + ".result.json",
    }
    _no_blanks(values)
    return Script(name=name, content=render_bytes(f"powershell/{template or kind}.ps1", **common, **values))


def write(scripts: Sequence[Script], folder: Path) -> list[Path]:
    """Writes the scripts and brings the folder's SHA256SUMS up to date; returns the scripts' paths."""
    sums = _read_sums(folder / SUMS)
    paths = []
    for script in scripts:
        write_atomic(folder / script.name, script.content)
        sums[script.name] = script.sha256
        paths.append(folder / script.name)
    write_atomic(folder / SUMS, "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)))
    return paths


def unique(texts: Sequence[str]) -> list[str]:
    """Each text once, in the order given."""
    return list(dict.fromkeys(texts))


@cache
def tables() -> dict[str, Any]:
    """Roles and permissions, generated from the reference data (`dev_tables.py`)."""
    loaded: dict[str, Any] = json.loads((ROOT / "tables" / "exchange.json").read_text(encoding="utf-8"))
    return loaded


def _no_blanks(values: Mapping[str, Any]) -> None:
    """Refuses empty names: Exchange takes an empty identity for all objects."""
    for field, value in values.items():
        texts = [value] if isinstance(value, str | bool) else value.values() if isinstance(value, Mapping) else value
        if any(isinstance(text, str) and not text.strip() for text in texts):
            raise RenderRefused(f"{field}: is empty.", fix="Exchange takes an empty name for all objects.")


def _read_sums(path: Path) -> dict[str, str]:
    """What the list holds for files that are still there."""
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("  ") for line in lines)
    return {name: digest for digest, _, name in pairs if name and (path.parent / name).is_file()}
