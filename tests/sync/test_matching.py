"""Matching by address: stable choices, and the brake on loss."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sync.matching import Shrink, Wanted, preference, refusal, shrink, why
from sync.model import User
from tests.sync.make import integration, user

EVERYBODY = Wanted(integration())
users = st.lists(
    st.builds(
        User,
        st.uuids().map(str),
        st.sampled_from(["a@x", "b@x", "c@x"]),
        st.just("n"),
        st.booleans(),
        st.booleans(),
    ),
    unique_by=lambda each: each.id,
    max_size=12,
)


def listed(*people: tuple[str, str, bool | None], **more: object) -> Wanted:
    """The persons of a list: address, key, follow."""
    entries = [{"address": a, "key": k, "follow": f} for a, k, f in people]
    return Wanted(integration(people={"all": False, "listed": entries}, **more))


def sorted_by_address(found: list[User]) -> list[User]:
    return sorted(found, key=lambda each: (each.address or "", each.id))


@given(users, st.randoms())
def test_the_choice_does_not_depend_on_the_order_of_the_read(found: list[User], shuffler: Random) -> None:
    mixed = list(found)
    shuffler.shuffle(mixed)
    chosen = list(EVERYBODY.match(sorted_by_address(found)))
    assert chosen == list(EVERYBODY.match(sorted(mixed, key=lambda each: each.address or "")))
    assert len({match.user for match in chosen}) == len({match.address for match in chosen}) == len(chosen)


@given(users)
def test_nobody_better_is_passed_over(found: list[User]) -> None:
    by_id = {each.id: each for each in found}
    for match in EVERYBODY.match(sorted_by_address(found)):
        sharing = [each for each in found if each.address == match.address]
        assert match.others == len(sharing) - 1
        for other in sharing:
            assert preference(by_id[match.user]) <= preference(other)
            assert other.id == match.user or why(by_id[match.user], other)


def test_everybody_means_members_that_may_sign_in() -> None:
    found = [user(1), user(2, enabled=False), user(3, member=False), user(4, address=None)]
    assert [match.key for match in EVERYBODY.match(found)] == ["u1@contoso.com"]


def test_listed_people_are_matched_whoever_they_are() -> None:
    wanted = listed(("U1@contoso.com", "11", None), ("u2@contoso.com", "22", False), ("gone@contoso.com", "33", None))
    matches = {match.key: match for match in wanted.match([user(1, enabled=False), user(2), user(3)])}
    assert set(matches) == {"11", "22"}
    assert (matches["11"].follow, matches["22"].follow) == (True, False)


def test_the_default_of_following_is_the_rules() -> None:
    wanted = listed(("u1@contoso.com", "1", None), ("u2@contoso.com", "2", True), rules={"follow": False})
    assert {match.key: match.follow for match in wanted.match([user(1), user(2)])} == {"1": False, "2": True}


def test_of_a_persons_two_addresses_the_first_in_the_list_that_exists_is_taken() -> None:
    wanted = listed(("u2@contoso.com", "anna", None), ("u1@contoso.com", "anna", None))
    assert [match.user for match in wanted.match([user(1), user(2)])] == ["id2"]
    assert [match.user for match in wanted.match([user(1)])] == ["id1"]
    assert wanted.keys == {"anna"}


def test_an_address_listed_twice_belongs_to_the_first() -> None:
    wanted = listed(("u1@contoso.com", "a", None), ("U1@CONTOSO.com", "b", None))
    assert [match.key for match in wanted.match([user(1)])] == ["a"]


def test_rooms_are_rooms() -> None:
    wanted = listed(("u1@contoso.com", "r", None), mailboxes={"rooms": ["U1@contoso.com"]})
    assert [match.kind for match in wanted.match([user(1)])] == ["room"]


def test_who_could_be_of_interest() -> None:
    wanted = listed(("u1@contoso.com", "a", None))
    assert [wanted.interested(each) for each in (user(1), user(2), user(3, address=None))] == [True, False, False]
    assert [p.key for p in wanted.persons("U1@contoso.com")] == [p.key for p in wanted.persons("a")] == ["a"]
    assert EVERYBODY.wants("whoever")


def test_loss_counts_only_people_who_are_still_wanted() -> None:
    wanted = listed(("u1@contoso.com", "a", None), ("u2@contoso.com", "b", None))
    assert shrink(100, 10, ["a", "x", "y"], wanted) == Shrink(users=100, known=8, lost=1)
    assert shrink(100, 10, ["x", "y"], EVERYBODY) == Shrink(users=100, known=10, lost=2)


def test_an_empty_or_shrunken_read_is_refused() -> None:
    assert refusal(Shrink(0, 0, 0))
    assert refusal(Shrink(0, 5, 5))
    assert not refusal(Shrink(9, 10, 2))
    assert refusal(Shrink(9, 10, 3))
    assert not refusal(Shrink(9, 2, 1))
    assert refusal(Shrink(9, 2, 2))
    assert not refusal(Shrink(9, 0, 0))
