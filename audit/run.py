"""`audit run`: a snapshot in, a report out. No network, no clock, no state: the same input gives the same bytes."""

from collections.abc import Sequence

from audit.chain import chains
from audit.checks import CHECKS
from audit.checks.interface import Check
from audit.finding import Verdict
from audit.options import Options
from audit.report import FileNote, GapNote, Report, SnapshotNote
from audit.snapshot import Snapshot
from audit.times import shown
from audit.view import build
from audit.waivers import Waiver, apply
from tenantry import __version__
from tenantry.errors import UsageError
from tenantry.toml import closest


def run(
    snapshot: Snapshot, options: Options, *, checks: Sequence[Check] = CHECKS, waivers: Sequence[Waiver] = ()
) -> Report:
    """Judges the snapshot.

    Args:
        snapshot: The evidence, opened.
        options: Date, scope and thresholds.
        checks: Which checks, by default all.
        waivers: What somebody accepted; those of checks that do not run are left alone.
    """
    view = build(snapshot, options)
    found = [finding for check in checks for finding in check.find(view)]
    wanted = {check.id for check in checks}
    judged = apply(found, [waiver for waiver in waivers if waiver.check in wanted], options.as_of)
    findings = tuple(sorted(judged, key=lambda finding: (*finding.key, finding.integration or "")))
    return Report(
        tool="tenantry",
        version=__version__,
        as_of=shown(options.as_of),
        snapshot=SnapshotNote(
            tenant=snapshot.tenant, collected=snapshot.collected, sha256=snapshot.sha256, name=snapshot.name
        ),
        counts={str(v): sum(1 for finding in findings if finding.verdict is v) for v in Verdict},
        findings=findings,
        scope=view.scope,
        integrations=chains(view, findings),
        unverified=snapshot.doubts,
        evidence=_evidence(snapshot),
        missing=_missing(snapshot),
    )


def chosen(ids: Sequence[str]) -> tuple[Check, ...]:
    """The checks of these names, in their own order; none means all.

    Raises:
        UsageError: There is no such check.
    """
    known = {check.id: check for check in CHECKS}
    for name in ids:
        if name not in known:
            raise UsageError(f"There is no check {name!r}.", fix=closest(name, known))
    return tuple(check for check in CHECKS if not ids or check.id in ids)


def _evidence(snapshot: Snapshot) -> tuple[FileNote, ...]:
    files = snapshot.manifest.files if snapshot.manifest else {}
    return tuple(FileNote(file=name, rows=note.rows, sha256=note.sha256) for name, note in sorted(files.items()))


def _missing(snapshot: Snapshot) -> tuple[GapNote, ...]:
    gaps = snapshot.manifest.not_read if snapshot.manifest else ()
    return tuple(GapNote(file=gap.file, why=gap.why) for gap in sorted(gaps, key=lambda gap: gap.file))
