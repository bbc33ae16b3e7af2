"""What a check says about one object. Findings are plain values; `audit.reports` lays them out.

The stable key of a finding is its check and the object's id: waivers and `audit diff` go by it, never by text.
"""

from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """`UNKNOWN` means that evidence is missing; it never reads as pass."""

    PASS = "pass"  # noqa: S105 (a verdict, not a password)
    FAIL = "fail"
    CONDITIONAL = "conditional"
    UNKNOWN = "unknown"
    WAIVED = "waived"


class Severity(StrEnum):
    """How bad it is if the finding is true, the mildest first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for low to 3 for critical."""
        return list(Severity).index(self)


class Subject(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """The object a finding is about: Graph's type name, id and display name."""

    type: str
    id: str
    name: str


class Pointer(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Where in the snapshot the proof is: a file, and the id of a row in it (empty: the whole file)."""

    file: str
    id: str = ""


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    """Who accepted a finding, why and until when; from `waivers.toml`."""

    reason: str
    owner: str
    expires: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One verdict on one object.

    `fact` is one sentence, `remediation` a command or a script to run. `items` names the parts that make up the
    finding (permissions, credential ids), so that a waiver can be held to them. `integration` is `tenant/name`
    where the object belongs to one.
    """

    check: str
    verdict: Verdict
    severity: Severity
    object: Subject
    fact: str
    evidence: tuple[Pointer, ...] = ()
    remediation: str = ""
    references: tuple[str, ...] = ()
    frameworks: dict[str, tuple[str, ...]] = {}
    items: tuple[str, ...] = ()
    integration: str | None = None
    waiver: Acceptance | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The stable key: check and object id."""
        return self.check, self.object.id
