"""The finished audit: everything that any report format shows, ready and sorted. Same input and date, same value."""

import msgspec

from audit.chain import Chain
from audit.finding import Finding, Severity, Verdict


class SnapshotNote(msgspec.Struct, frozen=True, kw_only=True):
    """Whose evidence (the tenant's id and its display name), when it was collected, the hash that stands for it."""

    tenant: str
    collected: str
    sha256: str
    name: str = ""

    @property
    def title(self) -> str:
        """The tenant as people call it."""
        return self.name or self.tenant or "an unnamed tenant"


class FileNote(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the evidence."""

    file: str
    rows: int
    sha256: str


class GapNote(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that could not be read."""

    file: str
    why: str


class Report(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What `audit run -o json` prints. `unverified` lists why the snapshot proves nothing; empty where it does."""

    tool: str
    version: str
    as_of: str
    snapshot: SnapshotNote
    counts: dict[str, int]
    findings: tuple[Finding, ...]
    scope: str
    integrations: tuple[Chain, ...] = ()
    unverified: tuple[str, ...] = ()
    evidence: tuple[FileNote, ...] = ()
    missing: tuple[GapNote, ...] = ()

    def worst(self, at_least: Severity) -> list[Finding]:
        """The findings that are not settled (fail, conditional, unknown) and at least that severe."""
        open_ = (Verdict.FAIL, Verdict.CONDITIONAL, Verdict.UNKNOWN)
        return [f for f in self.findings if f.verdict in open_ and f.severity.rank >= at_least.rank]
