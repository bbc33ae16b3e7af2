"""The contract of a store: every backend passes the same tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.model import CALENDAR_STALE, USERS_STALE, People, Person, Round
from sync.store import Store, open_store
from sync.store.memory import MemoryStore
from tests.sync.make import NOW, calendar, event, match, person, record, user

PEOPLE = People(configured=3, matched=3)


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "store.sqlite") if request.param == "sqlite" else MemoryStore()
    yield opened
    opened.close()


def adopt(store: Store, *numbers: int, now: int = NOW, **more: object) -> None:
    """A whole users round with those users matched."""
    store.begin_users()
    store.stage_users([user(number) for number in numbers])
    store.stage_matches([match(number, **more) for number in numbers])
    store.adopt(now, PEOPLE)


def keys(persons: list[Person]) -> list[str]:
    return [person.key for person in persons]


def test_staged_users_come_sorted_by_address_and_the_last_of_an_id_wins(store: Store) -> None:
    store.begin_users()
    store.stage_users([user(3), user(1), user(2, address=None)])
    store.stage_users([user(9, address="u1@contoso.com"), user(3, address="a@contoso.com")])
    assert [(u.id, u.address) for u in store.staged_users()] == [
        ("id3", "a@contoso.com"),
        ("id1", "u1@contoso.com"),
        ("id9", "u1@contoso.com"),
    ]


def test_a_round_that_is_not_adopted_changes_nothing(store: Store) -> None:
    adopt(store, 1, 2)
    before = store.persons()
    store.begin_users()
    store.stage_users([user(7)])
    store.stage_matches([match(7)])
    assert store.persons() == before
    assert store.users_at("u1@contoso.com") == [user(1)]
    store.begin_users()
    assert list(store.staged_users()) == []


def test_a_round_tells_its_loss_before_it_is_adopted(store: Store) -> None:
    adopt(store, 1, 2, 3)
    store.begin_users()
    store.stage_users([user(2), user(4), user(5, address=None)])
    assert store.stage_matches([match(2, others=1), match(4)]) == (2, 1)
    assert store.staged_loss() == (3, 3, ["u1@contoso.com", "u3@contoso.com"])


def test_matches_may_be_made_from_the_staged_users_as_they_stream(store: Store) -> None:
    store.begin_users()
    store.stage_users([user(number) for number in range(2000)])
    count, _ = store.stage_matches(match(int(u.id[2:])) for u in store.staged_users())
    assert count == 2000


def test_adopting_makes_persons_without_a_calendar_who_owe_nothing(store: Store) -> None:
    adopt(store, 1)
    assert store.persons() == [person(1)]
    assert store.people() == PEOPLE
    assert store.next_due() is None


def test_who_is_matched_no_more_is_gone_and_loses_the_calendar(store: Store) -> None:
    adopt(store, 1, 2)
    store.save([person(1, calendar=calendar(event(1, 2)), stale=2, failure="x", sent=record("u1"))], [], [])
    adopt(store, 2, now=NOW + 5)
    assert store.persons()[0] == person(1, gone=NOW + 5, next=NOW + 5, sent=record("u1"))
    adopt(store, 2, now=NOW + 9)
    assert store.persons()[0].gone == NOW + 5


def test_who_comes_back_is_gone_no_more_and_keeps_the_sequence(store: Store) -> None:
    adopt(store, 1)
    store.save([person(1, sent=record("u1", 7))], [], [])
    adopt(store, 2)
    adopt(store, 1)
    assert store.person("u1@contoso.com") == person(1, next=NOW, sent=record("u1", 7))


def test_another_user_at_the_address_does_not_get_the_old_ones_calendar(store: Store) -> None:
    adopt(store, 1)
    store.save([person(1, calendar=calendar(event(1, 2)), next=NOW + 50, stale=2, failure="x")], [], [])
    adopt(store, 1, user="id8", now=NOW + 3)
    assert store.persons() == [person(1, user="id8", next=NOW + 3)]


def test_the_same_user_keeps_calendar_and_due_time(store: Store) -> None:
    adopt(store, 1)
    held = person(1, calendar=calendar(event(1, 2)), next=NOW + 50, stale=2, failure="x")
    store.save([held], [], [])
    adopt(store, 1)
    assert store.persons() == [held]
    adopt(store, 1, others=2)
    assert store.persons()[0].others == 2
    assert store.persons()[0].calendar == held.calendar


def test_who_stops_following_is_due_and_loses_the_calendar(store: Store) -> None:
    adopt(store, 1)
    store.save([person(1, calendar=calendar(event(1, 2)), next=NOW + 50)], [], [])
    adopt(store, 1, follow=False, now=NOW + 1)
    assert store.persons() == [person(1, follow=False, next=NOW + 1)]
    assert store.persons(readable=True) == []


def test_people_come_in_pages_by_key(store: Store) -> None:
    adopt(store, *range(10, 15))
    first = store.persons(limit=3)
    assert keys(first) == ["u10@contoso.com", "u11@contoso.com", "u12@contoso.com"]
    assert keys(store.persons(after=first[-1].key, limit=3)) == ["u13@contoso.com", "u14@contoso.com"]


def test_due_people_come_earliest_first(store: Store) -> None:
    adopt(store, 1, 2, 3)
    store.save([person(1, next=NOW + 9), person(2, next=NOW + 2)], [], [])
    assert store.next_due() == NOW + 2
    assert keys(store.due(NOW + 9)) == ["u2@contoso.com", "u1@contoso.com"]
    assert keys(store.due(NOW + 8)) == ["u2@contoso.com"]
    assert keys(store.due(NOW + 9, limit=1)) == ["u2@contoso.com"]


def test_changed_rules_make_everybody_due_who_has_something_to_tell(store: Store) -> None:
    adopt(store, 1, 2, 3)
    store.save([person(1, calendar=calendar()), person(2, sent=record("u2"))], [], [])
    store.hasten(NOW + 1)
    assert keys(store.due(NOW + 1)) == ["u1@contoso.com", "u2@contoso.com"]


def test_people_are_found_by_key_or_address(store: Store) -> None:
    adopt(store, 1, key="4711")
    assert keys(store.named("4711")) == ["4711"]
    assert keys(store.named("U1@Contoso.com")) == ["4711"]
    assert store.named("nobody") == []
    assert store.person("nobody") is None


def test_users_are_found_by_mail_and_by_principal_name(store: Store) -> None:
    adopt(store, 1)
    assert store.users_at("U1@contoso.com") == store.users_at("u1@contoso.onmicrosoft.com") == [user(1)]


def test_records_wait_for_each_sink_in_order_until_it_takes_them(store: Store) -> None:
    adopt(store, 1, 2)
    records = [record("u1@contoso.com", n) for n in (1, 2)] + [record("u2@contoso.com")]
    store.save([person(1, sent=records[1]), person(2, sent=records[2])], records, ["a", "b"])
    waiting = store.pending("a")
    assert [each.key for each in waiting] == ["u1@contoso.com", "u1@contoso.com", "u2@contoso.com"]
    assert [each.body for each in waiting] == [each.body for each in store.pending("b")]
    store.delivered("a", [waiting[0].id, waiting[2].id])
    assert store.pending("a") == [waiting[1]]
    assert (store.waiting("a"), store.waiting("b"), store.waiting("c")) == (1, 3, 0)
    assert len(store.pending("b", limit=2)) == 2
    assert store.pending("c") == []


def test_a_new_sink_gets_everybodys_last_record_and_an_old_one_loses_its_queue(store: Store) -> None:
    adopt(store, 1, 2)
    store.keep_sinks(["a"])
    sent = record("u1@contoso.com", 4)
    store.save([person(1, sent=sent)], [sent], ["a"])
    store.keep_sinks(["a", "b"])
    assert len(store.pending("a")) == 1
    assert [each.body for each in store.pending("b")] == [each.body for each in store.pending("a")]
    store.keep_sinks(["b"])
    assert store.pending("a") == []
    assert len(store.pending("b")) == 1


def test_only_known_calendars_count_as_stale(store: Store) -> None:
    adopt(store, 1, 2, 3)
    store.save(
        [person(1, stale=1, calendar=calendar()), person(2, stale=2, failure="403"), person(3, failure="403")], [], []
    )
    assert (store.stale(), store.stale(USERS_STALE), store.stale(CALENDAR_STALE)) == (1, 1, 0)
    assert store.failures() == [("403", 2)]


def test_rounds_and_facts_are_remembered(store: Store) -> None:
    done = Round(name="users", last=NOW, ok=False, link="granted", error="no consent", fails=1)
    store.save_round(done)
    store.save_round(Round(name="calendars", last=NOW, ok=True))
    assert store.rounds()["users"] == done
    assert store.fact("rules") is None
    store.save_fact("rules", "x")
    store.save_fact("rules", "y")
    assert store.fact("rules") == "y"


def test_forgetting_leaves_nothing_and_no_number_comes_twice(store: Store) -> None:
    adopt(store, 1, 2)
    sent = record("u1@contoso.com", 9)
    store.keep_sinks(["a"])
    store.save([person(1, calendar=calendar(event(1, 2)), sent=sent)], [sent], ["a"])
    assert store.forget("U1@contoso.com") == ["u1@contoso.com"]
    assert keys(store.persons()) == ["u2@contoso.com"]
    assert (store.users_at("u1@contoso.com"), store.pending("a"), store.floor()) == ([], [], 9)
    assert store.forget("u1@contoso.com") == []


def test_a_change_of_somebody_forgotten_meanwhile_is_passed_over(store: Store) -> None:
    adopt(store, 1)
    held, sent = person(1, calendar=calendar(event(1, 2))), record("u1@contoso.com")
    store.forget(held.key)
    store.save([held], [sent], ["a"])
    assert (store.persons(), store.pending("a")) == ([], [])


def test_who_is_gone_long_enough_is_purged(store: Store) -> None:
    adopt(store, 1, 2, 3)
    adopt(store, 2, 3, now=NOW + 10)
    adopt(store, 3, now=NOW + 20)
    assert store.purge(NOW + 20) == 1
    assert keys(store.persons()) == ["u2@contoso.com", "u3@contoso.com"]
