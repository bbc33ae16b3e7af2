"""`tenantry audit`: collect evidence once, judge it offline as often as you like."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tenantry.cli import common
from tenantry.errors import NotSo, UsageError

if TYPE_CHECKING:
    from audit.collect import Integrated
    from audit.report import Report
    from tenantry.workspace.model import Integration, Tenant

_FORMATS = ("table", "json", "csv", "md", "html")
_report_options: Callable[[Callable[..., None]], Callable[..., None]] = common.workspace_options(formats=_FORMATS)
_SEVERITIES = ("low", "medium", "high", "critical", "never")


@click.group()
def command() -> None:
    """Collect evidence from a tenant, and judge it offline.

    `collect` only reads, once. `run` needs no network and gives the same bytes for the same snapshot and date.
    """


@command.command(
    epilog=common.examples(
        "tenantry audit collect --out snapshot",
        "tenantry audit collect contoso --exchange exchange --out 2026-11-21.zip",
    )
)
@common.workspace_options
@common.names_argument
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder, or .zip, for the snapshot.")
@click.option(
    "--exchange",
    type=click.Path(path_type=Path),
    help="Folder with the JSON files that the script of `tenantry scripts render evidence` wrote.",
)
@click.option("--accept-gaps", is_flag=True, help="Finish even where Graph fails to answer; the snapshot says so.")
def collect(
    session: common.Session, names: tuple[str, ...], out: Path, exchange: Path | None, accept_gaps: bool
) -> None:
    """Read one tenant into a snapshot: Graph objects, integration files, Exchange evidence, each with its hash.

    What could not be read stands in manifest.json with the reason. An interrupted run goes on where it stopped.
    """
    from audit.collect import Job
    from audit.manifest import TenantNote

    tenant, integrations = _one_tenant(session, names)
    given = [_integrated(session.root, tenant, integration) for integration in integrations]
    tenant_id = tenant.id or next((one.file.tenant.id for one in given if one.file), "")
    evidence = _exchange(exchange)
    with session.progress("reading") as progress:

        def tell(file: str, rows: int) -> None:
            progress.note(f"{file}{f' {rows:,}' if rows else ''}")

        job = Job(
            out=out,
            tenant=TenantNote(name=tenant.name, id=tenant_id, cloud=tenant.cloud.name),
            integrations=tuple(given),
            exchange=evidence,
            accept_gaps=accept_gaps,
            tell=tell,
        )
        outcome = session.run(_collect(session, tenant, job))
    for gap in outcome.manifest.not_read:
        session.say(f"Not read: {gap.file} {gap.why}{f' It takes {gap.needs}.' if gap.needs else ''}")
    session.say(f"Judge it with `tenantry audit run --snapshot {out}`.")
    rows = [{"file": name, "rows": note.rows} for name, note in outcome.manifest.files.items()]
    session.say(f"SHA-256 of its manifest: {outcome.sha256}")
    data = {"snapshot": str(out), "sha256": outcome.sha256, "manifest": outcome.manifest}
    session.show(sorted(rows, key=lambda row: str(row["file"])), ["file", "rows"], data=data)


async def _collect(session: common.Session, tenant: "Tenant", job: Any) -> Any:
    from audit.collect import collect as read
    from tenantry import signin
    from tenantry.graph import Graph

    clock = session.clock(tenant)
    async with Graph.for_operator(tenant, session.root, clock, permissions=signin.AUDITOR) as graph:
        return await read(graph, job)


def _one_tenant(session: common.Session, names: Sequence[str]) -> "tuple[Tenant, list[Integration]]":
    """The tenant that the names choose; a snapshot is of one."""
    chosen = session.select(names)
    tenants = {tenant.name: tenant for tenant, _ in chosen}
    if len(tenants) != 1:
        raise UsageError(
            f"A snapshot is of one tenant; here are {', '.join(tenants)}.",
            fix="Name one: `tenantry audit collect NAME`.",
        )
    return chosen[0][0], [integration for _, integration in chosen]


def _integrated(root: Path, tenant: "Tenant", integration: "Integration") -> "Integrated":
    from audit.collect import Integrated
    from tenantry import integration as integrations

    path = integrations.path_of(root, tenant.name, integration.name)
    name = f"{tenant.name}/{integration.name}"
    if not path.is_file():
        return Integrated(name=name, file=None)
    raw = path.read_bytes()
    return Integrated(name=name, file=integrations.parse(raw, path), raw=raw)


def _exchange(folder: Path | None) -> dict[str, bytes]:
    """The evidence files of a folder, each looked at so that a bad one is told now."""
    from audit.exchange import decode_export

    if folder is None:
        return {}
    fix = "Give the folder that the script of `tenantry scripts render evidence` wrote."
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder.", fix=fix)
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.json"))}
    if not files:
        raise UsageError(f"{folder} holds no .json files.", fix=fix)
    for name, raw in files.items():
        decode_export(str(folder / name), raw)
    return files


@command.command(
    epilog=common.examples(
        "tenantry audit run --snapshot snapshot",
        "tenantry audit run --snapshot snapshot.zip -o html --out report.html",
        "tenantry audit run --snapshot snapshot --fail-on high   # 3 where something that bad is not settled",
    )
)
@_report_options
@click.option("--snapshot", required=True, type=click.Path(path_type=Path), help="What `audit collect` wrote.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the report to this file.")
@click.option(
    "--fail-on",
    type=click.Choice(_SEVERITIES),
    default="never",
    show_default=True,
    help="End with 3 where a finding at least this severe failed, is conditional or unknown.",
)
@click.option("--as-of", help="Judge as of this date or time; by default when the snapshot was collected.")
@click.option("--unverified", is_flag=True, help="Judge it even where its manifest is missing or does not match.")
@click.option("--checks", help="Only these checks, separated by commas.")
@click.option("--waivers", type=click.Path(path_type=Path), help="By default waivers.toml in the workspace.")
@click.option(
    "--scope",
    type=click.Choice(["integrations", "tenant"]),
    help="Judge the integrations' apps, or every app. By default the former, or all where there is no integration.",
)
@click.option("--expiry", default="30d", show_default=True, help="How long before its end a credential is told.")
@click.option("--longest-life", default="731d", show_default=True, help="How long a credential may live.")
def run(session: common.Session, snapshot: Path, out: Path | None, fail_on: str, **given: Any) -> None:
    """Judge a snapshot, offline. Evidence that is missing makes a check unknown, never pass."""
    report = _judge(session, snapshot, **given)
    _deliver(session, report, out)
    _settle(session, report, fail_on)


def _judge(
    session: common.Session,
    snapshot: Path,
    *,
    as_of: str | None,
    unverified: bool,
    checks: str | None,
    waivers: Path | None,
    scope: Any,
    expiry: str,
    longest_life: str,
) -> "Report":
    from audit import run as auditing
    from audit import waivers as accepted
    from audit.checks import CHECKS
    from audit.options import Options
    from audit.snapshot import open_snapshot

    chosen = auditing.chosen([name.strip() for name in (checks or "").split(",") if name.strip()])
    warning, longest = _duration("--expiry", expiry), _duration("--longest-life", longest_life)
    opened = open_snapshot(snapshot, unverified=unverified)
    options = Options(
        as_of=_date(as_of, opened.collected),
        scope=scope,
        expiry_warning=warning,
        expiry_alarm=min(warning, timedelta(days=7)),
        longest_life=longest,
    )
    path = waivers or session.root / accepted.FILE
    if waivers is not None and not path.is_file():
        raise UsageError(f"{path} does not exist.", fix="Give the file with the waivers.")
    known = [check.id for check in CHECKS]
    loaded = accepted.load(path, known) if path.is_file() else ()
    return auditing.run(opened, options, checks=chosen, waivers=loaded)


def _date(text: str | None, collected: str) -> Any:
    """The date to judge by: as given, else that of the evidence, else today's."""
    from audit.times import as_of, moment
    from tenantry.clock import SystemClock

    if text is not None:
        return as_of(text)
    return moment(collected) or as_of(SystemClock().now().date().isoformat())


def _duration(option: str, text: str) -> timedelta:
    from tenantry.duration import parse

    try:
        return parse(text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from error


def _deliver(session: common.Session, report: "Report", out: Path | None) -> None:
    """The report to its file or to stdout."""
    from audit.reports import FORMATS
    from audit.reports.json import data
    from tenantry.files import write_atomic

    if out is not None:
        text = FORMATS[session.output](report)
        mark = "\ufeff" if session.output == "csv" else ""  # Excel takes UTF-8 for what it is only with this
        write_atomic(out, mark + text)
        session.say(f"Written to {out}.")
    elif session.output == "json":
        session.show([], data=data(report))
    else:
        session.write(FORMATS[session.output](report))


def _settle(session: common.Session, report: "Report", fail_on: str) -> None:
    """Says in short what came out, and ends with 3 where that was asked for."""
    from audit.finding import Severity

    counts = ", ".join(f"{number} {verdict}" for verdict, number in report.counts.items() if number)
    session.say(f"{len(report.findings)} findings: {counts or 'none'}.")
    if report.unverified:
        session.say("The snapshot is unverified: nothing proves that it is as it was collected.")
    if fail_on == "never":
        return
    bad = report.worst(Severity(fail_on))
    if bad:
        names = ", ".join(sorted({f"{finding.check} ({finding.verdict})" for finding in bad}))
        raise NotSo(f"{len(bad)} finding{'' if len(bad) == 1 else 's'} at {fail_on} or above: {names}.")


@command.command(
    epilog=common.examples(
        "tenantry audit diff snapshot-october snapshot-november",
        "tenantry audit diff october.json november.json -o json",
    )
)
@common.workspace_options
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--exit-code", is_flag=True, help="End with 3 where something is new or worse.")
def diff(session: common.Session, old: Path, new: Path, exit_code: bool) -> None:
    """What changed between two audits: reports (-o json) or snapshots, each judged as of its own date."""
    from audit.diff import compare, findings_of

    changes = compare(findings_of(old), findings_of(new))
    rows = [
        {
            "change": change.kind,
            "check": change.check,
            "object": change.name,
            "before": change.before,
            "after": change.after,
            "fact": change.fact,
        }
        for change in changes
        if change.kind != "same"
    ]
    session.show(rows, ["change", "check", "object", "before", "after", "fact"], data=changes)
    worse = [change for change in changes if change.worse]
    session.say(f"{len(changes)} findings compared, {len(rows)} changed, {len(worse)} for the worse.")
    if exit_code and worse:
        raise NotSo(f"{len(worse)} findings are new or worse.")


@command.command(
    epilog=common.examples(
        "tenantry audit checks                  # each check with what it says",
        "tenantry audit checks -o json",
    )
)
@common.plain_options
def checks(session: common.Session) -> None:
    """The checks there are, with what each is about."""
    from audit.checks import CHECKS

    rows = [{"check": c.id, "severity": str(c.severity), "title": c.title, "risk": c.risk} for c in CHECKS]
    session.show(rows, ["check", "severity", "title"], data=rows)
