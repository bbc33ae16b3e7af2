"""`tenantry sync`: the runner on an emitted integration file. No workspace file is needed, only what was emitted."""

import signal
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tenantry.cli import common
from tenantry.errors import ExitCode, PartlyDone, UsageError

if TYPE_CHECKING:
    from sync.place import Place
    from sync.status import Status
    from sync.work import Clocks


@click.group()
def command() -> None:
    """Keeps the switchboard's availability in step with the calendars.

    Reads integrations/TENANT/NAME.json below the folder, or the one file given with --integration.
    """


def chosen(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: which integration files; passes `names` and `integration`."""
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    option = click.option("--integration", type=file, metavar="FILE", help="One integration file, wherever it lies.")
    return common.names_argument(option(function))


@command.command(epilog=common.examples("tenantry sync check", "tenantry sync check contoso/telia -o json"))
@common.workspace_options
@chosen
def check(session: common.Session, names: tuple[str, ...], integration: Path | None) -> int:
    """Tries every link of the chain without changing anything; exit code 3 where one is broken."""
    from sync import work

    places = _places(session, names, integration)
    with session.progress("Trying each link"):
        found = session.run(work.checks(places, _clocks()))
    rows = [
        {
            "integration": f"{each.tenant}/{each.integration}",
            "link": link.link,
            "ok": _mark(link.ok),
            "fact": _two(link),
        }
        for each in found
        for link in each.links
    ]
    session.show(rows, ["integration", "link", "ok", "fact"], found)
    return int(ExitCode.NOT_SO if any(each.broken for each in found) else ExitCode.FINE)


@command.command(epilog=common.examples("tenantry sync once", "tenantry sync once contoso/telia --accept-loss"))
@common.workspace_options
@chosen
@click.option("--accept-loss", is_flag=True, help="Believe an empty or shrunken read: people are really gone.")
def once(session: common.Session, names: tuple[str, ...], integration: Path | None, *, accept_loss: bool) -> None:
    """Reads users and calendars once, sends what changed, and ends."""
    from sync import work

    places = _places(session, names, integration)
    with session.progress("Reading") as progress:
        done = session.run(work.once(places, _clocks(), accept=accept_loss, note=progress.note))
    _show_statuses(session, [status for status, _ in done])
    if not all(well for _, well in done):
        fix = "What was known is held. `tenantry sync check` tries each link."
        raise PartlyDone("Not everything could be read or delivered.", fix=fix)


@command.command(
    epilog=common.examples(
        "tenantry sync run",
        "tenantry sync run contoso/telia --for 24h",
        "tenantry sync run --integration /etc/tenantry/telia.json --log json",
    )
)
@common.workspace_options
@chosen
@click.option("--for", "duration", metavar="DURATION", help="End after that time of the tenant's clock, e.g. 24h.")
@click.option("--users-every", default="1d", show_default=True, metavar="DURATION", help="How often users are read.")
@click.option("--calendars-every", default="1h", show_default=True, metavar="DURATION", help="How often calendars are.")
@click.option("--retention", default="30d", show_default=True, metavar="DURATION", help="Forget people gone that long.")
def run(
    session: common.Session,
    names: tuple[str, ...],
    integration: Path | None,
    *,
    duration: str | None,
    users_every: str,
    calendars_every: str,
    retention: str,
) -> int:
    """Works until told to stop (Ctrl-C, SIGTERM). States change when events begin and end, not when they are read."""
    from sync import work
    from sync.runner import Schedule

    schedule = Schedule(
        users=_span("--users-every", users_every),
        calendars=_span("--calendars-every", calendars_every),
        retention=_span("--retention", retention),
    )
    length = None if duration is None else _span("--for", duration)
    places = _places(session, names, integration)
    session.say(f"Syncing {', '.join(place.name for place in places)}. Ctrl-C ends it.")
    with session.progress("Syncing") as progress:
        statuses, by = session.run(_run(partial(work.run, duration=length, note=progress.note), places, schedule))
    _show_statuses(session, statuses)
    return int(ExitCode.INTERRUPTED if by == signal.SIGINT else ExitCode.FINE)


@command.command(epilog=common.examples("tenantry sync status", "tenantry sync status contoso -o json"))
@common.workspace_options
@chosen
def status(session: common.Session, names: tuple[str, ...], integration: Path | None) -> int:
    """How the sync stands, as its runner left it; exit code 3 where a link of the chain is broken."""
    from sync import work

    found = work.statuses(_places(session, names, integration), _clocks())
    _show_statuses(session, found)
    return int(ExitCode.FINE if all(each.ok for each in found) else ExitCode.NOT_SO)


@command.command(
    epilog=common.examples(
        "tenantry sync explain anna@contoso.com",
        "tenantry sync explain anna@contoso.com contoso/telia --at 2026-11-21T09:30:00Z",
    )
)
@common.workspace_options
@click.argument("address")
@chosen
@click.option("--at", metavar="TIME", help="The time asked for, e.g. 2026-11-21T09:30:00Z; now by default.")
def explain(
    session: common.Session, address: str, names: tuple[str, ...], integration: Path | None, at: str | None
) -> None:
    """Why a person has this state: the user matched, duplicates, and every event with what became of it."""
    from sync import work

    found = work.explanations(_places(session, names, integration), _clocks(), address, _instant(at))
    if session.output == "table":
        for each in found:
            _tell(session, each)
        return
    rows = [
        {
            "key": each.key,
            "start": event.start,
            "end": event.end,
            "state": event.state,
            "verdict": event.verdict,
            "why": event.why,
        }
        for each in found
        for event in each.events
    ]
    session.show(rows, ["key", "start", "end", "state", "verdict", "why"], found)


@command.command(epilog=common.examples("tenantry sync forget anna@contoso.com"))
@common.workspace_options
@click.argument("address")
@chosen
def forget(session: common.Session, address: str, names: tuple[str, ...], integration: Path | None) -> None:
    """Removes everything about a person from the runner's store. What sinks were sent is theirs to remove."""
    from sync import work

    found = work.forget(_places(session, names, integration), address)
    if not any(each["forgotten"] for each in found):
        raise UsageError(f"Nobody is known as {address}.", fix="`tenantry sync explain` tells who is.")
    session.show(found, ["tenant", "integration", "forgotten", "returns"], found)
    if any(each["returns"] for each in found):
        session.say("Still configured: the next users round finds this person again unless you take them out.")


async def _run(work: Callable[..., Any], places: "Sequence[Place]", schedule: object) -> Any:
    """The runners, with signals turned into a polite stop; the statuses and the signal."""
    from sync.stopping import stopping

    with stopping() as stop:
        return await work(places, _clocks(), stop, schedule), stop.by


def _places(session: common.Session, names: Sequence[str], integration: Path | None) -> "list[Place]":
    """The integration files that were chosen."""
    from sync import place

    if integration is None:
        return place.places(session.root, names)
    if names:
        raise UsageError("Names and --integration do not go together.", fix="Give one of them.")
    return [place.place_of(integration)]


def _clocks() -> "Clocks":
    """The clock of each tenant; one object a door, so that all who wait on it wait together."""
    from tenantry.clock import Clock, clock_for

    made: dict[str | None, Clock] = {}

    def clock(place: "Place") -> Clock:
        door = place.file.tenant.cloud.clock
        if door not in made:
            made[door] = clock_for(door)
        return made[door]

    return clock


def _span(option: str, text: str) -> int:
    """A duration in milliseconds."""
    from tenantry.duration import parse

    try:
        span = parse(text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from None
    if span <= timedelta(0):
        raise UsageError(f"{option}: the time must be longer than nothing.")
    return span // timedelta(milliseconds=1)


def _instant(text: str | None) -> int | None:
    """A time as an instant."""
    from sync import instants

    try:
        return None if text is None else instants.parse(text)
    except ValueError:
        raise UsageError(f'--at: "{text}" is not a time.', fix="Write it like 2026-11-21T09:30:00Z.") from None


def _show_statuses(session: common.Session, found: "Sequence[Status]") -> None:
    rows = [
        {
            "integration": f"{each.tenant}/{each.integration}",
            "ok": each.ok,
            "link": each.link,
            "matched": f"{each.people.matched} of {each.people.configured}",
            "stale": each.stale,
            "fact": _two(each),
        }
        for each in found
    ]
    session.show(rows, ["integration", "ok", "link", "matched", "stale", "fact"], found)


def _tell(session: common.Session, each: Any) -> None:
    """An explanation as text: facts first, then the state, then the events."""
    lines = [f"{each.tenant}/{each.integration}: {each.key or each.address} at {each.at}", *each.facts]
    for user in each.candidates:
        kind = ", ".join(("enabled" if user.enabled else "disabled", "member" if user.member else "guest"))
        lines.append(f"{'Taken' if user.chosen else 'Passed over'}: {user.name} ({user.id}; {kind}): {user.why}.")
    if each.availability is not None:
        shown = each.availability
        lines.append(f"State: {shown['state']} (from {shown['source']}), until {shown['until'] or 'further notice'}.")
    from tenantry.cli.output import visible

    session.write("\n".join(visible(line) for line in lines))
    if each.events:
        names = ["start", "end", "show", "private", "state", "verdict", "why", "subject", "location"]
        session.show([{name: getattr(event, name) for name in names} for event in each.events], names)
    session.write("")


def _two(each: Any) -> str:
    """Fact and fix in one cell."""
    return f"{each.fact} {each.fix}".strip()


def _mark(ok: bool | None) -> str:
    return {True: "yes", False: "no", None: "?"}[ok]
