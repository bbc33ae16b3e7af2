"""Waivers: findings that somebody accepted, for a reason and until a date (`waivers.toml` in the workspace).

A waiver is held to one check and one object, and to the parts it names: when a second unknown secret turns up, the
waiver of the first does not cover it. A waiver that has expired or that nothing needs any more is itself a finding.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from audit.finding import Acceptance, Finding, Pointer, Severity, Subject, Verdict
from tenantry.toml import Document, check, closest, read

FILE = "waivers.toml"
EXPIRED = "waiver-expired"
UNUSED = "waiver-unused"

_Text = Annotated[str, Meta(min_length=1)]


class WaiverTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One waiver as it is written."""

    check: Annotated[_Text, Meta(description="The check, e.g. credential-unknown.")]
    object: Annotated[_Text, Meta(description="The object's id, as the finding gives it.")]
    reason: Annotated[_Text, Meta(description="Why it is accepted.")]
    owner: Annotated[_Text, Meta(description="Who answers for it.")]
    expires: Annotated[Any, Meta(description="The last day it holds, e.g. 2027-01-31.")]
    items: Annotated[list[_Text], Meta(description="Only these parts of the finding; by default all of it.")] = []
    ticket: Annotated[_Text | None, Meta(description="Where it was decided.")] = None


class WaiversFile(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """The whole file."""

    waiver: Annotated[list[WaiverTable], Meta(description="One accepted finding each.")] = []


@dataclass(frozen=True)
class Waiver:
    """One waiver, read."""

    check: str
    object: str
    reason: str
    owner: str
    expires: date
    items: frozenset[str]
    file: str

    def covers(self, finding: Finding) -> bool:
        """True where it accepts all of the finding."""
        if finding.verdict is Verdict.PASS or finding.key != (self.check, self.object):
            return False
        return not self.items or (bool(finding.items) and set(finding.items) <= self.items)

    def expired(self, as_of: datetime) -> bool:
        """True from the day after its last day on."""
        return as_of.date() > self.expires


def load(path: Path, checks: Sequence[str]) -> tuple[Waiver, ...]:
    """Reads the waivers.

    Args:
        path: The TOML file.
        checks: The checks that exist, so that a misspelt one is told.

    Raises:
        ConfigurationError: Everything that is wrong with it, with file and line.
    """
    document = read(path)
    tables = check(document, document.data, WaiversFile).get("waiver", [])
    found = [_waiver(document, i, table, checks) for i, table in enumerate(tables)]
    keys: set[tuple[str, str]] = set()
    for i, waiver in enumerate(found):
        if waiver is not None and (waiver.check, waiver.object) in keys:
            document.report(("waiver", i), "this check and object are waived above already.", "Make them one.")
        elif waiver is not None:
            keys.add((waiver.check, waiver.object))
    document.settle()
    return tuple(waiver for waiver in found if waiver is not None)


def _waiver(document: Document, i: int, table: dict[str, Any], checks: Sequence[str]) -> Waiver | None:
    before = len(document.problems)
    expires = _date(table.get("expires"))
    if "expires" in table and expires is None:
        document.report(("waiver", i, "expires"), "is no date.", "Write its last day, such as 2027-01-31.")
    if "check" in table and table["check"] not in checks:
        document.report(
            ("waiver", i, "check"), f"there is no check {table['check']!r}.", closest(table["check"], checks)
        )
    if len(document.problems) > before or expires is None or not {"check", "object", "reason", "owner"} <= {*table}:
        return None
    return Waiver(
        check=table["check"],
        object=table["object"],
        reason=table["reason"],
        owner=table["owner"],
        expires=expires,
        items=frozenset(table.get("items", ())),
        file=document.path.name,
    )


def _date(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def apply(findings: Iterable[Finding], waivers: Sequence[Waiver], as_of: datetime) -> Iterator[Finding]:
    """The findings with the accepted ones marked, and what is to say about the waivers themselves."""
    used: set[Waiver] = set()
    partly: dict[Waiver, Finding] = {}
    for finding in findings:
        for waiver in waivers:
            if waiver.covers(finding):
                used.add(waiver)
            elif waiver.items and finding.key == (waiver.check, waiver.object):
                partly[waiver] = finding
        holder = next((w for w in waivers if w.covers(finding) and not w.expired(as_of)), None)
        yield _accept(finding, holder) if holder else finding
    for waiver in waivers:
        if waiver.expired(as_of):
            yield _about(waiver, EXPIRED, Severity.MEDIUM, f"expired on {waiver.expires}")
        elif waiver not in used:
            yield _about(waiver, UNUSED, Severity.LOW, _why_unused(waiver, partly.get(waiver)))


def _accept(finding: Finding, waiver: Waiver) -> Finding:
    note = Acceptance(reason=waiver.reason, owner=waiver.owner, expires=waiver.expires.isoformat())
    return msgspec.structs.replace(finding, verdict=Verdict.WAIVED, waiver=note)


def _why_unused(waiver: Waiver, finding: Finding | None) -> str:
    if finding is None or finding.verdict is Verdict.PASS:
        return "covers no finding any more"
    more = sorted({*finding.items} - waiver.items)
    return f"does not cover the finding, which is also about {', '.join(more) or 'more than it names'}"


def _about(waiver: Waiver, check_id: str, severity: Severity, what: str) -> Finding:
    name = f"waiver of {waiver.check}"
    return Finding(
        check=check_id,
        verdict=Verdict.FAIL,
        severity=severity,
        object=Subject(type="waiver", id=f"{waiver.check}/{waiver.object}", name=name),
        fact=f"The waiver of {waiver.check} for {waiver.object} ({waiver.owner}: {waiver.reason}) {what}.",
        evidence=(Pointer(file=waiver.file, id=f"{waiver.check}/{waiver.object}"),),
        remediation=f"Renew it or take it out of {waiver.file}.",
    )
