"""The simulated people: reversible, lazy, awkward, and made of nothing but Graph's own properties."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.population import Kind, Population, has_mailbox, kind_of
from simulator.population.ids import Ids
from tests import shared

DOMAIN = "contoso.onmicrosoft.com"


@pytest.fixture(scope="module")
def people() -> Population:
    return Population(7, 300, DOMAIN)


@given(st.integers(0, 2**64), st.integers(0, 2**20), st.integers(0, 2**40))
def test_ids_read_back(seed: int, kind: int, index: int) -> None:
    ids = Ids(seed)
    made = ids.make(kind, index)
    assert ids.read(made) == (kind, index)
    assert ids.read(made.upper()) == (kind, index)


@given(st.uuids(version=4))
def test_foreign_ids_are_not_ours(foreign: object) -> None:
    population = Population(7, 100_000, DOMAIN)
    assert population.index(str(foreign)) is None


def test_ids_of_another_seed_and_beyond_the_count_are_not_ours(people: Population) -> None:
    assert people.index(Population(8, 300, DOMAIN).at(3)["id"]) is None
    assert people.index(Population(7, 400, DOMAIN).at(399)["id"]) is None
    assert people.index("not-an-id") is None
    assert people.places().index(people.at(0)["id"]) is None


def test_every_account_is_found_by_id_name_and_mail(people: Population) -> None:
    for index in range(len(people)):
        account = people.at(index)
        assert people.index(account["id"]) == index
        assert people.lookup("id", account["id"]) == index
        assert people.lookup("userPrincipalName", account["userPrincipalName"].swapcase()) == index
        if account["mail"]:
            assert index in people.matches("mail", account["mail"].lower())


@pytest.mark.parametrize("value", ["nobody@contoso.com", "nobody9@contoso.com", "x", "", "a99999999999@b"])
def test_unknown_addresses_find_nobody(people: Population, value: str) -> None:
    assert people.matches("mail", value) == []
    assert people.lookup("userPrincipalName", value) is None


def test_same_seed_same_people_other_seed_others(people: Population) -> None:
    assert Population(7, 300, DOMAIN).at(50) == people.at(50)
    assert Population(8, 300, DOMAIN).at(50) != people.at(50)


def test_ids_and_principal_names_are_unique() -> None:
    accounts = [Population(1, 3000, DOMAIN).at(index) for index in range(3000)]
    assert len({a["id"] for a in accounts}) == 3000
    assert len({a["userPrincipalName"].lower() for a in accounts}) == 3000


def test_fifty_accounts_hold_every_kind() -> None:
    assert {kind_of(index) for index in range(50)} == set(Kind)


def test_kinds_are_what_they_say(people: Population) -> None:
    for index in range(len(people)):
        _check_kind(people, index, people.at(index))


def _check_kind(people: Population, index: int, account: dict[str, Any]) -> None:
    kind, mail, principal = kind_of(index), account["mail"], account["userPrincipalName"]
    assert ("#EXT#" in principal) == (account["userType"] == "Guest") == (kind in {Kind.GUEST, Kind.TWIN_GUEST})
    assert (mail is None) == (kind is Kind.NO_MAIL)
    if kind is Kind.OTHER_MAIL:
        assert mail != principal
    if kind is Kind.TWO_ADDRESSES:
        assert len(account["proxyAddresses"]) == 2
    if kind is Kind.UPPER_CASE:
        assert mail == mail.upper() != principal
    if kind in {Kind.TWIN_DISABLED, Kind.TWIN_GUEST}:
        assert people.matches("mail", mail) == [index - 1, index]
        assert account["accountEnabled"] is (kind is Kind.TWIN_GUEST)
    if kind in {Kind.DISABLED, Kind.ROOM, Kind.SHARED}:
        assert account["accountEnabled"] is False
    lacking = {Kind.GUEST, Kind.TWIN_GUEST, Kind.NO_MAIL, Kind.ON_PREMISES, Kind.TWIN_DISABLED}
    assert has_mailbox(account) is (kind not in lacking)


def test_names_are_awkward_but_never_dangerous(people: Population) -> None:
    names = [people.at(index)["displayName"] for index in range(len(people))]
    letters = set("".join(names))
    assert set("Å'’ŁÖ🎉-ד") <= letters
    categories = {unicodedata.category(c) for c in letters}
    assert "Mn" in categories
    assert any(unicodedata.bidirectional(c) in ("R", "AL") for c in letters)
    assert not {c for c in letters if unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI")}
    assert max(map(len, names)) > 200
    assert all(len(n) <= 256 for n in names)
    given = [people.at(index) for index in range(len(people))]
    assert all(len(a["surname"] or "") <= 64 and len(a["givenName"] or "") <= 64 for a in given)


def test_addresses_are_ascii(people: Population) -> None:
    for index in range(len(people)):
        account = people.at(index)
        assert account["userPrincipalName"].isascii()
        assert " " not in account["userPrincipalName"]


@pytest.mark.shared
def test_nothing_but_properties_of_graph(people: Population) -> None:
    types = shared.load("graph/csdl-types.json")["types"]

    def known(name: str) -> set[str]:
        return set(types[name]["props"]) | (known(types[name]["base"]) if types[name].get("base") else {"id"})

    for index in range(50):
        assert set(people.at(index)) <= known("user")
    for group in people.groups():
        assert set(group) <= known("group")
    places = people.places()
    for index in range(len(places)):
        place = places.at(index)
        assert set(place) - {"@odata.type"} <= known(place["@odata.type"].rpartition(".")[2])


def test_switchboard_group_nests(people: Population) -> None:
    groups = {g["displayName"]: g for g in people.groups()}
    board, reception, night = (groups[n]["id"] for n in ("Switchboard", "Reception", "Reception, natt"))
    members = list(people.members())
    assert len(set(members)) == len(members)
    assert (board, reception) in members
    assert (reception, night) in members
    assert groups["Switchboard"]["mail"] == f"switchboard@{DOMAIN}"
    assert (groups["Switchboard"]["securityEnabled"], groups["Switchboard"]["mailEnabled"]) == (True, True)
    for group in (board, reception, night):
        assert any(g == group and people.index(m) is not None for g, m in members)


def test_members_exist(people: Population) -> None:
    groups = {g["id"] for g in people.groups()}
    for group, member in people.members():
        assert group in groups
        assert member in groups or people.index(member) is not None


@pytest.mark.parametrize("count", [0, 1, 11, 12, 37, 300])
def test_every_room_account_is_a_place(count: int) -> None:
    people = Population(3, count, DOMAIN)
    places = people.places()
    made = [places.at(index) for index in range(len(places))]
    rooms = {p["emailAddress"] for p in made if p["@odata.type"].endswith(".room")}
    assert rooms == {people.at(i)["mail"] for i in range(count) if kind_of(i) is Kind.ROOM}
    assert [places.index(p["id"]) for p in made] == list(range(len(made)))


def test_a_mailbox_needs_an_address_and_an_exchange_licence() -> None:
    assert has_mailbox({"mail": "a@b", "userType": None})
    assert not has_mailbox({"mail": None})
    assert not has_mailbox({"mail": "a@b", "assignedPlans": [{"service": "exchange", "capabilityStatus": "Deleted"}]})
