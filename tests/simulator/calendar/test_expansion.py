"""The calendar view of seeded events against a recomputation that shares no code: day by day, instant by instant."""

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.tenant import Tenant
from tests.simulator.calendar.asking import JSON, make_tenant, view
from tests.simulator.calendar.test_recurrence import days_of, patterns

ZONES = {  # Outlook's names, and what they are (from the Unicode CLDR, typed in by hand)
    "W. Europe Standard Time": "Europe/Berlin",
    "Europe/Stockholm": "Europe/Stockholm",
    "Eastern Standard Time": "America/New_York",
    "AUS Eastern Standard Time": "Australia/Sydney",
    "Nepal Standard Time": "Asia/Katmandu",
    "UTC": "UTC",
    "Pacific/Kiritimati": "Pacific/Kiritimati",
    "Samoa Standard Time": "Pacific/Apia",
    "Newfoundland Standard Time": "America/St_Johns",
}
TENANT = make_tenant(2)
OWNER = next(TENANT.collection("users").iterate())["id"]
zones = st.sampled_from(sorted(ZONES))
days = st.one_of(  # where summer time begins and ends
    st.dates(date(2026, 3, 1), date(2026, 4, 6)), st.dates(date(2026, 10, 1), date(2026, 11, 5))
)
clock_times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))  # coarse, so that edges meet
Span = tuple[datetime, datetime, str]


def instant(wall: datetime, zone: str) -> datetime:
    return wall.replace(tzinfo=ZoneInfo(ZONES[zone])).astimezone(UTC)


def times(start: datetime, end: datetime, zone: str) -> JSON:
    return {side: {"dateTime": wall.isoformat(), "timeZone": zone} for side, wall in (("start", start), ("end", end))}


@st.composite
def windows(draw: st.DrawFn) -> tuple[datetime, datetime]:
    since = datetime.combine(draw(days), draw(clock_times), UTC)
    return since, since + timedelta(minutes=30 * draw(st.integers(0, 48 * 40)))


@st.composite
def singles(draw: st.DrawFn) -> JSON:
    all_day = draw(st.booleans())
    start = datetime.combine(draw(days), draw(clock_times))
    length = timedelta(minutes=draw(st.sampled_from([0, 30, 60, 90, 1440, 4020])))
    if all_day:
        start = start.replace(hour=0, minute=0, second=0)
        length = timedelta(draw(st.integers(1, 4)))
    return {"subject": "single", "isAllDay": all_day, **times(start, start + length, draw(zones))}


@st.composite
def series(draw: st.DrawFn) -> JSON:
    made: JSON = draw(singles()) | {"subject": "plain"}
    kind = draw(st.sampled_from(["endDate", "noEnd", "numbered"]))
    start = date.fromisoformat(made["start"]["dateTime"][:10])
    limits = {
        "type": kind,
        "startDate": str(start),
        "endDate": str(start + timedelta(draw(st.integers(0, 300)))),
        "numberOfOccurrences": draw(st.integers(1, 60)) if kind == "numbered" else 0,
        "recurrenceTimeZone": made["start"]["timeZone"],
    }
    made["recurrence"] = {"pattern": draw(patterns), "range": limits}
    found = list(days_of(made["recurrence"], date(2027, 3, 1)))[:40]
    if found:
        chosen = draw(st.lists(st.sampled_from(found), max_size=6, unique=True))
        made["@exceptions"] = {str(day): draw(changes(made["start"]["timeZone"], day)) for day in chosen}
    return made


@st.composite
def changes(draw: st.DrawFn, zone: str, day: date) -> JSON | None:
    kind = draw(st.sampled_from(["deleted", "moved", "renamed"]))
    if kind == "deleted":
        return None
    if kind == "renamed":
        return {"subject": "renamed"}
    start = datetime.combine(day, draw(clock_times)) + timedelta(draw(st.integers(-3, 3)))
    return {"subject": "moved", "isAllDay": False, **times(start, start + timedelta(minutes=60), draw(zones))}


def expected(event: JSON, viewer: str) -> list[Span]:
    """Every time at which an event takes place until March 2027, all-day as midnights of the viewer's zone."""
    start, end = (datetime.fromisoformat(event[side]["dateTime"]) for side in ("start", "end"))
    zone = viewer if event["isAllDay"] else event["start"]["timeZone"]
    if "recurrence" not in event:
        return [(instant(start, zone), instant(end, zone), "single")]
    found = []
    for day in days_of(event["recurrence"], date(2027, 3, 1)):
        changed = event.get("@exceptions", {}).get(str(day), {})
        if changed is None:
            continue
        if "start" in changed:
            own = changed["start"]["timeZone"]
            moved = [instant(datetime.fromisoformat(changed[side]["dateTime"]), own) for side in ("start", "end")]
            found.append((moved[0], moved[1], "moved"))
        else:
            begin = datetime.combine(day, start.time())
            span = instant(begin, zone), instant(begin + (end - start), zone)
            found.append((*span, changed.get("subject", "plain")))
    return found


def overlaps(span: Span, since: datetime, until: datetime) -> bool:
    start, end, _ = span
    return start < until and (end > since or start == end >= since)


def shown(tenant: Tenant, since: datetime, until: datetime, viewer: str) -> list[Span]:
    first, last = (quote(moment.isoformat()) for moment in (since, until))
    rows = view(tenant, OWNER, first, last, "&$top=40", prefer=f'outlook.timezone="{viewer}"')
    assert {row[side]["timeZone"] for row in rows for side in ("start", "end")} <= {viewer}
    return [(_read(row["start"]), _read(row["end"]), row["subject"]) for row in rows]


def _read(value: JSON) -> datetime:
    return datetime.fromisoformat(value["dateTime"][:19])


def wall(moment: datetime, viewer: str) -> datetime:
    return moment.astimezone(ZoneInfo(ZONES[viewer])).replace(tzinfo=None)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(st.one_of(singles(), series()), min_size=1, max_size=3), windows(), zones)
def test_the_view_equals_the_recomputation(events: list[JSON], window: tuple[datetime, datetime], viewer: str) -> None:
    store = TENANT.collection("events")
    store.clear()
    for number, event in enumerate(events):
        store.put({"id": f"e{number}", "@owner": OWNER, **event})
    spans = sorted(span for event in events for span in expected(event, viewer) if overlaps(span, *window))
    wanted = [(wall(start, viewer), wall(end, viewer), subject) for start, end, subject in spans]
    found = shown(TENANT, *window, viewer)
    assert sorted(found) == sorted(wanted)
    assert [span[0] for span in found] == [span[0] for span in wanted]
