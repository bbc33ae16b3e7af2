"""Explanations: the match, the users passed over, and the fate of every event."""

import msgspec

from sync.explain import Explained, explain
from sync.instants import DAY, HOUR
from sync.model import People
from sync.store.memory import MemoryStore
from tenantry.integration import IntegrationFile
from tests.sync.make import NOW, calendar, event, integration, match, person, record, user

FILE = integration(rules={"title": ["busy"]})
PEOPLE = People(configured=1, matched=1)
LISTED = integration(people={"all": False, "listed": [{"address": "u1@contoso.com", "key": "4711"}]})


def stored(*others: int, **more: object) -> MemoryStore:
    """A store with person 1, whose address also those users have."""
    store = MemoryStore()
    store.begin_users()
    sharing = [user(n, address="u1@contoso.com", enabled=n % 2 == 0, member=n < 8) for n in others]
    store.stage_users([user(1), user(30, address=None), user(31, enabled=False), user(32, member=False), *sharing])
    store.stage_matches([match(1, others=len(others))])
    store.adopt(NOW, PEOPLE)
    store.save([person(1, **more)], [], [])
    return store


def one(store: MemoryStore | None, name: str, at: int = NOW, file: IntegrationFile = FILE) -> Explained:
    (found,) = explain(file, store, name, at, NOW)
    return found


def test_every_event_has_its_fate() -> None:
    events = calendar(
        event(-2, -1, "over"),
        event(-1, 1, "short"),
        event(-1, 2, "long", subject="Budget"),
        event(-1, 2, "zlong", subject="Same"),
        event(-1, 3, "tent", "tentative"),
        event(1, 2, "later"),
        event(-1, 1, "hidden", "oof", private=True),
        event(-1, 1, "off", "oof", dropped="cancelled"),
    )
    found = one(stored(calendar=events, sent=record("u1@contoso.com", 5)), "U1@contoso.com")
    fates = {(each.start[11:13], each.end[11:13], each.show): (each.verdict, each.why) for each in found.events}
    assert fates["06", "07", "busy"] == ("not now", "it is over")
    assert fates["07", "09", "busy"] == ("loses", "another of the same rank ends later")
    assert fates["07", "11", "tentative"] == ("loses", "another state comes first in priority")
    assert fates["09", "10", "busy"] == ("not now", "it has not begun")
    assert {each.why for each in found.events if each.verdict == "dropped"} == {
        "it is private, and private events are skipped",
        "it was cancelled",
    }
    won = [each.subject for each in found.events if each.verdict == "wins"]
    assert won == ["Budget"]
    assert "another has the lower event id" in {each.why for each in found.events}
    assert found.availability is not None
    assert (found.availability["state"], found.availability["until"]) == ("busy", "2026-11-21T09:00:00Z")
    assert "number 5" in " ".join(found.facts)
    assert "Same" not in str([each for each in found.events if each.verdict == "dropped"])


def test_another_time_may_be_asked_for() -> None:
    store = stored(calendar=calendar(event(1, 2)))
    assert one(store, "u1@contoso.com", NOW + HOUR).events[0].verdict == "wins"
    assert "outside the window" in " ".join(one(store, "u1@contoso.com", NOW + 30 * DAY).facts)


def test_users_who_share_the_address_are_told_best_first_with_why() -> None:
    found = one(stored(3, 9, 10), "u1@contoso.com")
    assert [(each.id, each.chosen, each.why) for each in found.candidates] == [
        ("id1", True, "its `mail` is the address"),
        ("id10", False, "not taken: the other account is a member, this one is a guest"),
        ("id3", False, "not taken: the other account is enabled, this one is disabled"),
        ("id9", False, "not taken: the other account is enabled, this one is disabled"),
    ]


def test_what_holds_a_person_back_is_a_fact() -> None:
    assert "has not been read yet" in one(stored(), "u1@contoso.com").facts[0]
    failed = one(stored(stale=2, failure="HTTP 403", calendar=calendar()), "u1@contoso.com")
    assert (failed.stale, "HTTP 403" in failed.facts[0]) == (True, True)
    assert "users failed" in one(stored(stale=1, calendar=calendar()), "u1@contoso.com").facts[0]
    assert "Matched no more" in one(stored(gone=NOW), "u1@contoso.com").facts[0]
    store = stored()
    store.stage_matches([match(1, follow=False)])
    store.adopt(NOW, PEOPLE)
    assert "does not follow" in one(store, "u1@contoso.com").facts[0]


def test_why_nobody_is_there() -> None:
    store = stored()
    assert "not worked yet" in one(None, "x").facts[0]
    assert "Aliases" in one(store, "alias@contoso.com").facts[0]
    assert "no `mail`" in one(store, "U30@contoso.onmicrosoft.com").facts[0]
    assert "is disabled" in one(store, "u31@contoso.com").facts[0]
    assert "is a guest" in one(store, "u32@contoso.com").facts[0]
    assert "configured" in one(store, "x@contoso.com", file=LISTED).facts[0]
    assert "only as its sign-in name; its `mail` is u31" in one(store, "u31@contoso.onmicrosoft.com").facts[0]
    store.forget("u1@contoso.com")
    assert "No user" in one(store, "4711", file=LISTED).facts[0]


def test_the_answer_is_json_ready() -> None:
    assert b"u1@contoso.com" in msgspec.json.encode(one(stored(calendar=calendar(event(0, 1))), "u1@contoso.com"))
