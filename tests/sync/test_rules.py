"""Masking and weighing: what of an Outlook event may be stored, and what it means."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.instants import DAY, of, parse, text
from sync.rules import OutlookEvent, fields, mask, state_of, weigh
from sync.zones import zone_of
from tenantry.integration import Rules

STOCKHOLM = ZoneInfo("Europe/Stockholm")
OPEN = Rules(private="as-type", title=("busy", "oof"), location=("busy",))


def outlook(**more: Any) -> OutlookEvent:
    """A Graph event as it comes over the wire, with `more` changed."""
    wire = {
        "id": "AAMk1",
        "subject": "Budget",
        "showAs": "busy",
        "sensitivity": "normal",
        "isAllDay": False,
        "isCancelled": False,
        "responseStatus": {"response": "accepted", "time": "2026-11-01T00:00:00Z"},
        "location": {"displayName": "Room 1", "locationType": "default"},
        "start": {"dateTime": "2026-11-21T08:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2026-11-21T09:00:00.0000000", "timeZone": "UTC"},
    }
    return msgspec.json.decode(msgspec.json.encode(wire | more), type=OutlookEvent)


def days(first: str, after: str) -> dict[str, Any]:
    """Start and end of an all-day event as Graph sends them."""
    return {
        "isAllDay": True,
        "start": {"dateTime": f"{first}T00:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": f"{after}T00:00:00.0000000", "timeZone": "UTC"},
    }


def test_texts_are_kept_only_for_the_states_that_may_show_them() -> None:
    assert mask(outlook(), OPEN, STOCKHOLM).subject == "Budget"
    assert mask(outlook(), Rules(), STOCKHOLM).subject is None
    assert mask(outlook(showAs="oof"), OPEN, STOCKHOLM).location is None
    assert mask(outlook(showAs="tentative"), OPEN, STOCKHOLM).subject is None


@pytest.mark.parametrize("sensitivity", ["private", "personal", "confidential", "somethingNew", None])
@pytest.mark.parametrize("private", ["skip", "busy"])
def test_a_private_text_is_never_kept_unless_private_goes_as_its_type(sensitivity: str | None, private: str) -> None:
    rules = msgspec.structs.replace(OPEN, private=private)
    kept = mask(outlook(sensitivity=sensitivity), rules, STOCKHOLM)
    assert kept.private
    assert b"Budget" not in msgspec.json.encode(kept)
    assert b"Room" not in msgspec.json.encode(kept)


def test_a_private_text_is_kept_as_its_type_allows() -> None:
    assert mask(outlook(sensitivity="private"), OPEN, STOCKHOLM).subject == "Budget"
    assert mask(outlook(sensitivity="private", showAs="tentative"), OPEN, STOCKHOLM).subject is None


@pytest.mark.parametrize(
    "more",
    [{"isCancelled": True}, {"responseStatus": {"response": "declined"}}],
)
def test_cancelled_and_declined_are_dropped_and_keep_no_text(more: dict[str, Any]) -> None:
    kept = mask(outlook(**more), OPEN, STOCKHOLM)
    assert kept.dropped in ("cancelled", "declined")
    assert kept.subject is None
    assert weigh(kept, OPEN).why == kept.dropped


@pytest.mark.parametrize("answer", ["none", "organizer", "tentativelyAccepted", "accepted", "notResponded", None])
def test_every_other_answer_counts(answer: str | None) -> None:
    assert weigh(mask(outlook(responseStatus={"response": answer}), OPEN, STOCKHOLM), OPEN).why == ""


def test_a_missing_answer_counts() -> None:
    assert mask(outlook(responseStatus=None), OPEN, STOCKHOLM).dropped == ""


def test_states_that_are_not_synced_are_left_out_with_their_text() -> None:
    rules = msgspec.structs.replace(OPEN, skip=("busy",))
    kept = mask(outlook(), rules, STOCKHOLM)
    assert (kept.subject, weigh(kept, rules).why) == (None, "skipped")


@pytest.mark.parametrize("show", ["unknown", "unknownFutureValue", "onTheMoon", None])
def test_an_unknown_state_is_mapped_as_unknown(show: str | None) -> None:
    assert weigh(mask(outlook(showAs=show), Rules(), STOCKHOLM), Rules()).state == "busy"


def test_private_as_busy_is_busy_without_text_whatever_its_type() -> None:
    rules = msgspec.structs.replace(OPEN, private="busy")
    made = weigh(mask(outlook(showAs="oof", sensitivity="private"), rules, STOCKHOLM), rules)
    assert (made.state, made.subject, made.location) == ("busy", None, None)


def test_rules_that_became_stricter_hide_what_was_stored_under_the_old_ones() -> None:
    kept = mask(outlook(sensitivity="private"), OPEN, STOCKHOLM)
    assert weigh(kept, Rules(private="as-type")).subject is None
    assert weigh(kept, Rules()).why == "private"
    assert weigh(kept, msgspec.structs.replace(OPEN, private="busy")).subject is None


def test_a_mapping_that_lacks_a_state_falls_back_to_the_built_in_word() -> None:
    assert state_of("oof", Rules(state={"busy": "Möte"})) == "out-of-office"


def test_an_empty_text_is_no_text() -> None:
    kept = mask(outlook(subject="", location={"displayName": ""}), OPEN, STOCKHOLM)
    assert (kept.subject, kept.location) == (None, None)


def test_only_the_few_fields_are_asked_for_and_texts_only_where_they_may_show() -> None:
    assert fields(Rules())[-1] == "responseStatus"
    assert set(fields(OPEN)) - set(fields(Rules())) == {"subject", "location"}
    assert not {"body", "attendees", "bodyPreview", "organizer"} & set(fields(OPEN))


def test_an_all_day_event_is_a_day_of_the_zone_not_of_utc() -> None:
    kept = mask(outlook(**days("2026-11-21", "2026-11-22")), OPEN, STOCKHOLM)
    assert (text(kept.start), text(kept.end)) == ("2026-11-20T23:00:00Z", "2026-11-21T23:00:00Z")


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-07-01", 24)])
def test_a_day_of_the_change_of_clocks_has_its_own_length(day: str, hours: int) -> None:
    after = (datetime.fromisoformat(day) + timedelta(days=1)).date().isoformat()
    kept = mask(outlook(**days(day, after)), OPEN, STOCKHOLM)
    assert kept.end - kept.start == hours * 3_600_000


def test_a_day_that_begins_at_one_oclock_begins_at_the_jump() -> None:
    """In Cairo clocks jump from midnight to one on 24 April 2026."""
    kept = mask(outlook(**days("2026-04-24", "2026-04-25")), OPEN, ZoneInfo("Africa/Cairo"))
    assert text(kept.start) == "2026-04-23T22:00:00Z"
    assert kept.end - kept.start == 23 * 3_600_000


def test_an_all_day_event_that_a_service_moved_into_utc_is_brought_back() -> None:
    moved = outlook(
        isAllDay=True,
        start={"dateTime": "2026-11-20T23:00:00.0000000", "timeZone": "UTC"},
        end={"dateTime": "2026-11-21T23:00:00.0000000", "timeZone": "UTC"},
    )
    assert mask(moved, OPEN, STOCKHOLM) == mask(outlook(**days("2026-11-21", "2026-11-22")), OPEN, STOCKHOLM)


@pytest.mark.parametrize(
    ("zone", "instant"),
    [
        ("UTC", "2026-11-21T08:00:00Z"),
        (None, "2026-11-21T08:00:00Z"),
        ("W. Europe Standard Time", "2026-11-21T07:00:00Z"),
        ("America/New_York", "2026-11-21T13:00:00Z"),
        ("tzone://Microsoft/Custom", "2026-11-21T07:00:00Z"),
    ],
)
def test_a_time_in_a_named_zone_is_understood(zone: str | None, instant: str) -> None:
    kept = mask(outlook(start={"dateTime": "2026-11-21T08:00:00.0000000", "timeZone": zone}), OPEN, STOCKHOLM)
    assert kept.start == parse(instant)


def test_a_time_with_its_own_offset_keeps_it() -> None:
    kept = mask(outlook(start={"dateTime": "2026-11-21T08:00:00+02:00", "timeZone": "UTC"}), OPEN, STOCKHOLM)
    assert text(kept.start) == "2026-11-21T06:00:00Z"


@settings(max_examples=1000, deadline=None)
@given(
    st.dates(min_value=date(2000, 1, 1), max_value=date(2040, 1, 1)),
    st.sampled_from(
        [
            "Europe/Stockholm",
            "America/Sao_Paulo",
            "Pacific/Apia",
            "Asia/Kathmandu",
            "America/Havana",
            "Australia/Lord_Howe",
            "Africa/Cairo",
            "Asia/Beirut",
        ]
    ),
)
def test_days_follow_each_other_without_gap_or_overlap(day: Any, name: str) -> None:
    """Each instant of a day, written as local time, is of that date; the next day begins where this one ends."""
    zone = ZoneInfo(name)
    one, two, three = ((day + timedelta(days=n)).isoformat() for n in range(3))
    first, second = (mask(outlook(**days(a, b)), OPEN, zone) for a, b in ((one, two), (two, three)))
    assert first.end == second.start
    if first.start < first.end:  # Apia had no 30 December 2011
        for instant in (first.start, (first.start + first.end) // 2, first.end - 1):
            assert datetime.fromisoformat(text(instant)).astimezone(zone).date() == day
        assert DAY - 2 * 3_600_000 <= first.end - first.start <= DAY + 2 * 3_600_000


def test_zone_names_of_windows_and_iana_are_known() -> None:
    assert zone_of("Eastern Standard Time", STOCKHOLM).key == "America/New_York"
    assert zone_of("Asia/Tokyo", STOCKHOLM).key == "Asia/Tokyo"
    assert zone_of("", STOCKHOLM) is STOCKHOLM
    assert of(datetime(1970, 1, 1, tzinfo=UTC)) == 0
