"""Links, status and check: which link is named, and in which words."""

from typing import Any

import msgspec
import pytest

from sync.check import Checked, check
from sync.instants import DAY, HOUR
from sync.links import Fault, fault, missing, needed, short, unserved
from sync.model import People, Round
from sync.status import status
from sync.store import Store
from sync.store.memory import MemoryStore
from tenantry.errors import SignInError, TenantryError, UsageError
from tests.sync.fake import FakeDoor, graph_error, graph_event
from tests.sync.make import NOW, calendar, integration, person
from tests.sync.store.test_store import adopt

FILE = integration()
GOOD = Round(name="users", last=NOW, ok=True), Round(name="calendars", last=NOW, ok=True)
CALENDAR = "/users/x/calendarView"


@pytest.mark.parametrize(
    ("error", "lacking", "link"),
    [
        (SignInError("x", code="AADSTS7000215"), [], "credential"),
        (SignInError("x", code="AADSTS7000222"), [], "credential"),
        (SignInError("x", code=""), [], "credential"),
        (SignInError("x", code="AADSTS700016"), [], "required"),
        (SignInError("x", code="AADSTS65001"), [], "granted"),
        (graph_error(401, "InvalidAuthenticationToken"), [], "credential"),
        (graph_error(403, "Authorization_RequestDenied"), ["User.Read.All"], "granted"),
        (graph_error(403, "Authorization_RequestDenied"), [], "granted"),
        (graph_error(403, "ErrorAccessDenied", CALENDAR), ["Calendars.Read"], "granted"),
        (graph_error(403, "ErrorAccessDenied", CALENDAR), [], "scoped"),
        (graph_error(429, "TooManyRequests"), [], "state"),
        (graph_error(0, "noAnswer"), [], "state"),
        (TenantryError("x"), [], "state"),
    ],
)
def test_every_error_breaks_one_link(error: TenantryError, lacking: list[str], link: str) -> None:
    found = fault(error, lacking)
    assert found.link == link
    assert found.text


def test_what_a_token_lacks_is_what_the_file_requires_and_the_runner_needs() -> None:
    assert missing(FILE, ["Calendars.Read"]) == ["User.Read.All"]
    assert missing(integration(permissions={}), []) == ["Calendars.Read", "User.Read.All"]
    assert needed(integration(permissions={"required": [{"name": "Calendars.Read"}]})) == ["Calendars.Read"]


def test_errors_in_short_have_no_ids() -> None:
    assert short(graph_error(403, "ErrorAccessDenied")) == "HTTP 403 ErrorAccessDenied"
    assert short(graph_error(0, "noAnswer")) == "no answer (noAnswer)"
    assert short(SignInError("x", code="AADSTS1")) == "AADSTS1"
    assert short(None) == "failed"


def stored(*rounds: Round, people: People | None = None) -> Store:
    """A store in which those rounds were done."""
    store = MemoryStore()
    adopt(store, 1, 2)
    store.adopt(NOW, people or People(configured=2, matched=2))
    for done in rounds:
        store.save_round(done)
    return store


def test_a_good_status_has_the_shape_of_the_contract() -> None:
    made = msgspec.to_builtins(status(FILE, stored(*GOOD), NOW + 5))
    assert set(made) >= {"tenant", "integration", "ok", "link", "fact", "people", "rounds", "stale"}
    assert (made["ok"], made["link"], made["stale"]) == (True, None, 0)
    assert made["people"] == {"configured": 2, "matched": 2, "unmatched": 0, "duplicate": 0}
    assert made["rounds"]["users"] == {"last": "2026-11-21T08:00:00Z", "ok": True, "next": None, "error": None}


def test_before_the_first_round_the_state_does_not_flow() -> None:
    made = status(FILE, None, NOW)
    assert (made.ok, made.link) == (False, "state")
    assert "never read" in made.fact
    listed = {"all": False, "listed": [{"address": "a@x", "key": "a"}, {"address": "b@x", "key": "a"}]}
    assert status(integration(people=listed), None, NOW).people == People(configured=1, unmatched=1)


def broken(link: str, name: str = "calendars") -> Round:
    return Round(name=name, last=NOW, ok=False, link=link, error=f"{link} is broken.")  # type: ignore[arg-type]


def test_the_first_broken_link_of_the_chain_is_named() -> None:
    both = stored(broken("granted", "users"), broken("state"))
    assert (status(FILE, both, NOW).link, status(FILE, both, NOW).fact) == ("granted", "granted is broken.")


def test_an_ended_credential_is_named_and_one_that_ends_soon_is_mentioned() -> None:
    store = stored(*GOOD)
    assert status(_ending("2026-11-21T07:00:00Z"), store, NOW).link == "credential"
    soon = status(_ending("2026-11-30T08:00:00Z"), store, NOW)
    assert (soon.ok, "ends in 9 days" in soon.fact) == (True, True)
    assert "ends" not in status(_ending(None), store, NOW).fact


def _ending(expires: str | None) -> Any:
    store = {"kind": "file", "path": "x"}
    return integration(credential={"kind": "secret", "id": "k", "expires": expires, "store": store})


def test_nobody_matched_is_the_addresses() -> None:
    store = stored(*GOOD, people=People(configured=2, unmatched=2))
    assert status(FILE, store, NOW).link == "addresses"
    assert "None of 2" in status(FILE, store, NOW).fact
    assert "configured" in status(FILE, stored(*GOOD, people=People()), NOW).fact


def test_a_runner_that_stopped_is_named() -> None:
    planned = Round(name="calendars", last=NOW, ok=True, next=NOW + HOUR)
    store = stored(GOOD[0], planned)
    assert status(FILE, store, NOW + 2 * HOUR).ok
    late = status(FILE, store, NOW + 2 * HOUR + 1)
    assert (late.link, "last read at 2026-11-21T08:00:00Z" in late.fact) == ("state", True)
    once = stored(*GOOD)
    assert status(FILE, once, NOW + DAY).ok
    assert status(FILE, once, NOW + DAY + 1).link == "state"


def test_a_few_stale_people_and_duplicates_are_facts_of_a_chain_that_holds() -> None:
    store = stored(*GOOD, people=People(configured=2, matched=2, duplicate=1))
    adopt(store, 1, 2)
    store.save([person(1, calendar=calendar(), stale=2)], [], [])
    made = status(FILE, store, NOW)
    assert (made.ok, made.stale, "1 are stale" in made.fact) == (True, 1, True)


def by_link(checked: Checked) -> dict[str, bool | None]:
    return {link.link: link.ok for link in checked.links}


@pytest.fixture
def door() -> FakeDoor:
    made = FakeDoor()
    for number in range(3):
        made.add(number, graph_event(NOW, NOW + HOUR))
    return made


async def test_a_good_chain_is_good_link_by_link_and_nothing_was_stored(door: FakeDoor) -> None:
    store = stored(*GOOD)
    before = store.persons()
    checked = await check(FILE, door, store, NOW)
    assert [link.link for link in checked.links] == [
        "required",
        "granted",
        "scoped",
        "credential",
        "addresses",
        "state",
    ]
    assert set(by_link(checked).values()) == {True}
    assert not checked.broken
    assert store.persons() == before


async def test_a_missing_grant_is_found_and_what_hangs_on_it_cannot_be_told(door: FakeDoor) -> None:
    door.roles = ["Calendars.Read"]
    door.users_error = graph_error(403, "Authorization_RequestDenied")
    links = by_link(await check(FILE, door, None, NOW))
    assert (links["granted"], links["scoped"], links["addresses"], links["state"]) == (False, None, None, None)


async def test_a_sign_in_that_fails_is_the_credential(door: FakeDoor) -> None:
    links = by_link(await check(FILE, SignInError("x", code="AADSTS7000215"), None, NOW))
    assert (links["credential"], links["granted"], links["scoped"]) == (False, None, None)
    links = by_link(await check(FILE, UsageError("The secret is not there."), None, NOW))
    assert links["credential"] is False


async def test_mailboxes_that_are_kept_out_are_the_scope(door: FakeDoor) -> None:
    for number in range(3):
        door.mailbox_errors[f"id{number}"] = graph_error(403, "ErrorAccessDenied", CALENDAR)
    links = by_link(await check(FILE, door, None, NOW))
    assert (links["granted"], links["scoped"]) == (True, False)
    del door.mailbox_errors["id0"]
    checked = await check(FILE, door, None, NOW)
    scoped = next(link for link in checked.links if link.link == "scoped")
    assert (scoped.ok, "1 of 3" in scoped.fact, "2 not: HTTP 403" in scoped.fact) == (True, True, True)
    door.mailbox_errors = {f"id{n}": graph_error(503, "", CALENDAR) for n in range(3)}
    assert by_link(await check(FILE, door, None, NOW))["scoped"] is None


async def test_addresses_that_nobody_has_are_named(door: FakeDoor) -> None:
    listed = [{"address": f"{name}@contoso.com", "key": name} for name in ("u1", "nobody")]
    checked = await check(integration(people={"all": False, "listed": listed}), door, None, NOW)
    addresses = next(link for link in checked.links if link.link == "addresses")
    assert (addresses.ok, "1 of 2" in addresses.fact, "nobody" in addresses.fact) == (True, True, True)
    checked = await check(integration(people={"all": False, "listed": listed[1:]}), door, None, NOW)
    assert by_link(checked)["addresses"] is False
    door.users = []
    assert by_link(await check(FILE, door, None, NOW))["addresses"] is False


async def test_a_file_that_lacks_a_permission_and_an_ended_credential_are_told(door: FakeDoor) -> None:
    file = msgspec.structs.replace(_ending("2026-11-21T07:00:00Z"), permissions=integration(permissions={}).permissions)
    links = by_link(await check(file, door, stored(broken("granted", "users")), NOW))
    assert (links["required"], links["credential"], links["state"]) == (False, False, False)
    plain = msgspec.structs.replace(FILE, credential=None)
    assert by_link(await check(plain, door, None, NOW))["credential"] is True


def test_a_fault_in_one_line() -> None:
    assert Fault("state", "It broke.").text == "It broke."
    assert Fault("state", "It broke.", "Mend it.").text == "It broke. Mend it."


def test_what_exchange_gives_is_not_looked_for_in_the_token() -> None:
    required = [{"name": "Calendars.Read"}, {"name": "User.Read.All"}]
    file = integration(permissions={"required": required, "in_exchange": [{"name": "Calendars.Read"}]})
    assert missing(file, ["User.Read.All"]) == []
    assert missing(file, []) == ["User.Read.All"]


def test_narrower_permissions_that_do_are_served() -> None:
    required = [{"name": "Calendars.ReadBasic.All"}, {"name": "User.ReadBasic.All"}]
    assert unserved(integration(permissions={"required": required})) == []
    presence = [{"name": "Presence.Read.All"}, {"name": "User.Read.All"}]
    assert unserved(integration(permissions={"required": presence})) == ["the calendars"]


async def test_a_profile_that_sync_does_not_serve_is_told_so_plainly() -> None:
    file = integration(profile="presence", permissions={"required": [{"name": "User.Read.All"}]})
    checked = await check(file, FakeDoor(), None, NOW)
    links = {link.link: link for link in checked.links}
    assert links["required"].ok is False
    assert "does not serve this integration yet" in links["required"].fact
    assert "the profile presence" in links["required"].fact
    assert links["granted"].ok is None
