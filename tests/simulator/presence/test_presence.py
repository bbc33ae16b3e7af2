"""Presence over Graph: reading one, many and 650, and setting it as an application and as a person."""

from datetime import UTC, datetime
from typing import Any

import pytest

from simulator.core import Token
from tests.simulator.directory.asking import Asker

FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)
APP = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def ask() -> Asker:
    """60 people on a Friday morning."""
    made = Asker(users=60)
    made.clock.set(FRIDAY)
    return made


def person(ask: Asker, number: int = 1) -> str:
    return str(ask.tenant.population.at(number)["id"]) if ask.tenant.population else ""


def token(ask: Asker, *roles: str) -> Token:
    return Token(APP, frozenset(roles or ("Presence.ReadWrite.All",)), frozenset(), ask.principal["id"])


def act(ask: Asker, action: str, body: Any = None, number: int = 1) -> int:
    return ask.reply("POST", f"/users/{person(ask, number)}/presence/{action}", body, token=token(ask)).status


def shown(ask: Asker, number: int = 1) -> tuple[str, str]:
    row = ask.get(f"/users/{person(ask, number)}/presence", token=token(ask))
    return row["availability"], row["activity"]


def own(ask: Asker, availability: str, activity: str | None = None) -> None:
    row = {"@owner": person(ask), "availability": availability}
    ask.tenant.seed({"presences": [row | ({"activity": activity} if activity else {})]})


def session(availability: str = "Busy", activity: str = "InACall", **more: Any) -> dict[str, Any]:
    return {"sessionId": APP, "availability": availability, "activity": activity, **more}


def test_everybody_has_a_presence_by_seed(ask: Asker) -> None:
    rows = ask.everything("/communications/presences", token=token(ask))
    assert len(rows) == 60
    again = Asker(users=60)
    again.clock.set(FRIDAY)
    assert rows == again.everything("/communications/presences", token=token(again))
    assert {"Available", "PresenceUnknown"} <= {row["availability"] for row in rows}
    assert not any(key[0] == "@" for row in rows for key in row)


def test_one_presence_by_either_path(ask: Asker) -> None:
    by_user = ask.get(f"/users/{person(ask)}/presence", token=token(ask))
    by_id = ask.get(f"/communications/presences/{person(ask)}", token=token(ask))
    assert {k: v for k, v in by_user.items() if k[0] != "@"} == {k: v for k, v in by_id.items() if k[0] != "@"}
    assert by_user["outOfOfficeSettings"] == {"message": None, "isOutOfOffice": False}
    assert ask.refusal("GET", f"/users/{APP}/presence", token=token(ask)).status == 404


def test_up_to_650_at_once(ask: Asker) -> None:
    path, who = "/communications/getPresencesByUserId", [person(ask, n) for n in range(60)]
    rows = ask.post(path, {"ids": [*who, APP]}, token=token(ask))["value"]
    assert [row["id"] for row in rows] == who
    spare = [ask.tenant.new_id() for _ in range(590)]
    assert len(ask.post(path, {"ids": who + spare}, token=token(ask))["value"]) == 60
    for ids in ([*who, *spare, APP], [], ["x"], None):
        assert ask.refusal("POST", path, {"ids": ids}, token=token(ask)).status == 400


def test_a_session_wins_over_available_and_ends(ask: Asker) -> None:
    own(ask, "Available")
    assert act(ask, "setPresence", session(expirationDuration="PT1H")) == 200
    assert shown(ask) == ("Busy", "InACall")
    ask.clock.advance(3599)
    assert shown(ask) == ("Busy", "InACall")
    ask.clock.advance(1)
    assert shown(ask) == ("Available", "Available")


def test_a_session_lasts_five_minutes_by_default_and_can_be_cleared(ask: Asker) -> None:
    own(ask, "Away")
    act(ask, "setPresence", session())
    ask.clock.advance(299)
    assert shown(ask)[0] == "Busy"
    assert act(ask, "clearPresence", {"sessionId": APP}) == 200
    assert shown(ask)[0] == "Away"
    url = f"/users/{person(ask)}/presence/clearPresence"
    assert ask.refusal("POST", url, {"sessionId": APP}, token=token(ask)).status == 404


@pytest.mark.parametrize(
    "body",
    [
        session("Busy", "Busy"),
        session(expirationDuration="PT4M"),
        session(expirationDuration="PT5H"),
        session(expirationDuration="an hour"),
        {**session(), "sessionId": "22222222-2222-4333-8444-555555555555"},
        {"availability": "Busy", "activity": "InACall"},
        None,
    ],
)
def test_what_is_no_session_is_refused(ask: Asker, body: Any) -> None:
    url = f"/users/{person(ask)}/presence/setPresence"
    assert ask.refusal("POST", url, body, token=token(ask)).status == 400


def test_a_preferred_presence_needs_a_session_and_ends(ask: Asker) -> None:
    act(ask, "setUserPreferredPresence", {"availability": "DoNotDisturb", "activity": "DoNotDisturb"})
    own(ask, "Offline")
    assert shown(ask)[0] == "Offline"
    act(ask, "setPresence", session("Away", "Away", expirationDuration="PT4H"))
    assert shown(ask) == ("DoNotDisturb", "DoNotDisturb")
    act(ask, "clearUserPreferredPresence", {})
    assert shown(ask) == ("Away", "Away")
    act(ask, "setUserPreferredPresence", {"availability": "Busy", "activity": "Busy"})
    ask.clock.advance(24 * 3600)
    own(ask, "Available")
    assert shown(ask)[0] == "Available"  # a preferred Busy ends after a day


def test_a_status_message_and_its_end(ask: Asker) -> None:
    ends = {"dateTime": "2026-11-20T11:30:00.0000000", "timeZone": "W. Europe Standard Time"}
    text = {"content": "På lunch", "contentType": "text"}
    act(ask, "setStatusMessage", {"statusMessage": {"message": text, "expiryDateTime": ends}})
    told = ask.get(f"/users/{person(ask)}/presence", token=token(ask))["statusMessage"]
    assert told["message"]["content"] == "På lunch"
    assert told["expiryDateTime"]["dateTime"].startswith("2026-11-20T10:30:00")
    ask.clock.advance(2 * 3600)
    assert ask.get(f"/users/{person(ask)}/presence", token=token(ask))["statusMessage"] is None


def test_a_work_location_that_the_person_said_wins(ask: Asker) -> None:
    act(ask, "setManualLocation", {"workLocationType": "remote", "placeId": None})
    act(ask, "setAutomaticLocation", {"workLocationType": "office", "placeId": None})
    told = ask.get(f"/users/{person(ask)}/presence", token=token(ask))["workLocation"]
    assert (told["workLocationType"], told["source"]) == ("remote", "manual")
    act(ask, "clearAutomaticLocation")
    act(ask, "clearLocation")
    assert ask.get(f"/users/{person(ask)}/presence", token=token(ask))["workLocation"] is None


def test_a_person_with_a_narrow_permission_sees_only_themselves(ask: Asker) -> None:
    me = Token(APP, frozenset(), frozenset({"Presence.Read"}), person(ask, 2))
    assert [row["id"] for row in ask.everything("/communications/presences", token=me)] == [person(ask, 2)]
    assert ask.refusal("GET", f"/communications/presences/{person(ask)}", token=me).status == 403


def test_the_sequence_number_rises_with_a_change(ask: Asker) -> None:
    own(ask, "Available")
    url = f"/users/{person(ask)}/presence"
    before = ask.get(url, token=token(ask))["sequenceNumber"]
    ask.clock.advance(60)
    assert ask.get(url, token=token(ask))["sequenceNumber"] == before
    act(ask, "setPresence", session())
    assert ask.get(url, token=token(ask))["sequenceNumber"] > before


def test_a_seed_names_its_person_by_any_name(ask: Asker) -> None:
    upn = ask.tenant.population.at(1)["userPrincipalName"] if ask.tenant.population else ""
    ask.tenant.seed({"presences": [{"@owner": upn, "availability": "Busy", "activity": "InAMeeting"}]})
    assert shown(ask) == ("Busy", "InAMeeting")
    with pytest.raises(ValueError, match="there is no user 'nobody'"):
        ask.tenant.seed({"presences": [{"@owner": "nobody", "availability": "Busy"}]})


def test_presences_are_kept_in_the_state_file(ask: Asker) -> None:
    own(ask, "BeRightBack")
    other = Asker(users=60)
    other.tenant.load(ask.tenant.save())
    assert shown(other) == ("BeRightBack", "BeRightBack")
