"""What a collection is asked to do, and what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from audit.manifest import Manifest, TenantNote
from tenantry.integration import IntegrationFile

Tell = Callable[[str, int], None]
"""Told while reading: the file, and how many rows it has by now."""


@dataclass(frozen=True)
class Integrated:
    """An integration of the tenant: its name `tenant/integration`, and its file where it was emitted already."""

    name: str
    file: IntegrationFile | None
    raw: bytes = b""

    @property
    def place(self) -> str:
        """Where its copy lies in the snapshot."""
        return f"integrations/{self.name}.json"


@dataclass(frozen=True)
class Job:
    """One collection. `exchange` holds the evidence files by name; `accept_gaps` finishes without what fails."""

    out: Path
    tenant: TenantNote
    integrations: tuple[Integrated, ...] = ()
    exchange: Mapping[str, bytes] = field(default_factory=dict)
    accept_gaps: bool = False
    tell: Tell = lambda _file, _rows: None


@dataclass(frozen=True)
class Outcome:
    """The finished snapshot: where it is, its manifest, and the hash that stands for all of it."""

    path: Path
    manifest: Manifest
    sha256: str
