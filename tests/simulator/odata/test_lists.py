"""Lists: what is selected, sorted, counted, searched, paged and refused."""

from collections.abc import Callable
from operator import itemgetter
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.core import Call, GraphFault, Reply, Token
from simulator.odata import Shape, number, one, respond
from tests.simulator.directory.asking import EVENTUAL, Asker

JSON = dict[str, Any]
TENANT = Asker().tenant
TOKEN = Token("app", frozenset(), frozenset(), "sp")
USER = Shape("user", defaults={"user": ("id", "displayName", "businessPhones")})
ROWS: list[JSON] = [
    {"id": f"{n:02d}", "displayName": f"Name {n % 7}", "mail": None if n % 3 else f"m{n}@x", "@private": 1, "age": n}
    for n in range(50)
]
PASSES: dict[str, Callable[[JSON], bool]] = {
    "": lambda row: True,
    "mail ne null": lambda row: row["mail"] is not None,
    "startswith(displayName,'name 3')": lambda row: row["displayName"] == "Name 3",
    "displayName eq 'nobody'": lambda row: False,
}
NAME = itemgetter(0)
SIXTEEN = [f"'{number}'" for number in range(16)]


def call(url: str, headers: JSON | None = None) -> Call:
    query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    return Call(TENANT, TOKEN, "GET", urlsplit(url).path, query, headers or {}, origin="https://graph.example")


def body(url: str, headers: JSON | None = None, rows: Any = None, **more: Any) -> JSON:
    reply = respond(call(url, headers), ROWS if rows is None else rows, shape=USER, context="users", **more)
    found: JSON = reply.body
    return found


def ids(url: str, headers: JSON | None = None, **more: Any) -> list[str]:
    found: list[str] = []
    while url:
        page = body(url, headers, **more)
        found += [row["id"] for row in page["value"]]
        url = page.get("@odata.nextLink", "").removeprefix("https://graph.example/v1.0")
    return found


def refusal(url: str, headers: JSON | None = None) -> GraphFault:
    with pytest.raises(GraphFault) as caught:
        body(url, headers)
    return caught.value


def test_only_defaults_are_sent_and_gaps_are_filled() -> None:
    got = body("/users?$top=1")
    assert got == {
        "@odata.context": "https://graph.example/v1.0/$metadata#users",
        "@odata.nextLink": got["@odata.nextLink"],
        "value": [{"id": "00", "displayName": "Name 0", "businessPhones": []}],
    }


def test_select_takes_any_case_and_names_columns_in_the_context() -> None:
    got = body("/users?$select=ID,mail,employeeId&$top=1")
    assert got["value"] == [{"id": "00", "mail": "m0@x", "employeeId": None}]
    assert got["@odata.context"].endswith("#users(id,mail,employeeId)")
    assert body("/users?select=id&$top=1")["value"] == [{"id": "00"}]
    assert body("/users?$select=*&$top=1")["value"][0]["displayName"] == "Name 0"
    assert body("/users?$select=ext55gb1l09_courses&$top=1")["value"] == [{}]


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("/users?$select=colour", 400, "BadRequest"),
        ("/users?$filter=colour eq 'a'", 400, "BadRequest"),
        ("/users?$filter=displayName eq", 400, "BadRequest"),
        ("/users?$orderby=colour", 400, "BadRequest"),
        ("/users?$orderby=displayName sideways", 400, "BadRequest"),
        ("/users?$top=0", 400, "Request_BadRequest"),
        ("/users?$top=1000", 400, "Request_BadRequest"),
        ("/users?$top=many", 400, "BadRequest"),
        ("/users?$skip=1", 400, "Request_BadRequest"),
        ("/users?$apply=x", 400, "BadRequest"),
        ("/users?$skiptoken=abc", 400, "Directory_ExpiredPageToken"),
        ("/users?$filter=displayName ne 'a'", 400, "Request_UnsupportedQuery"),
        ("/users?$filter=not(displayName eq 'a')", 400, "Request_UnsupportedQuery"),
        ("/users?$filter=endswith(mail,'x')", 400, "Request_UnsupportedQuery"),
        ("/users?$filter=contains(mail,'x')", 400, "Request_UnsupportedQuery"),
        ("/users?$filter=assignedLicenses/$count eq 0", 400, "Request_UnsupportedQuery"),
        ("/users?$filter=mail eq 'a'&$orderby=displayName", 400, "Request_UnsupportedQuery"),
        ("/users?$orderby=mail", 400, "Request_UnsupportedQuery"),
        ('/users?$search="displayName:a"', 400, "Request_UnsupportedQuery"),
        (f"/users?$filter=displayName in ({','.join(SIXTEEN)})", 400, "Request_UnsupportedQuery"),
    ],
)
def test_what_the_directory_refuses(url: str, status: int, code: str) -> None:
    fault = refusal(url)
    assert (fault.status, fault.code) == (status, code)


@pytest.mark.parametrize(
    "url",
    [
        "/users?$filter=displayName ne 'Name 1'&$count=true",
        "/users?$filter=not(displayName eq 'Name 1')&$count=true",
        "/users?$filter=endswith(mail,'x')&$count=true",
        "/users?$filter=mail eq null&$orderby=displayName&$count=true",
        "/users?$orderby=mail desc&$count=true",
        '/users?$search="displayName:name"',
        "/users?$filter=assignedLicenses/$count eq 0&$count=true",
    ],
)
def test_what_the_advanced_index_answers(url: str) -> None:
    assert body(url, EVENTUAL)["value"]


def test_the_header_is_not_carried_by_the_link() -> None:
    page = body("/users?$filter=displayName ne 'Name 1'&$count=true&$top=5", EVENTUAL)
    url = page["@odata.nextLink"].removeprefix("https://graph.example/v1.0")
    assert refusal(url).code == "Request_UnsupportedQuery"
    assert body(url, EVENTUAL)["value"]


def test_expand_and_the_advanced_index_do_not_meet() -> None:
    assert refusal("/users?$expand=manager&$count=true", EVENTUAL).code == "Request_UnsupportedQuery"


@given(
    st.integers(1, 60),
    st.lists(st.tuples(st.sampled_from(["displayName", "mail", "id"]), st.booleans()), max_size=2, unique_by=NAME),
    st.sampled_from(sorted(PASSES)),
)
def test_pages_put_together_are_the_whole_list(top: int, order: list[tuple[str, bool]], text: str) -> None:
    rows = [row for row in ROWS if PASSES[text](row)]
    for name, down in reversed(order):  # a stable sort by the last name first: ties stand by position
        rows = sorted(rows, key=lambda row: (row[name] is not None, row[name] or ""), reverse=down)
    url = f"/users?$count=true&$top={top}"
    url += f"&$filter={text}" if text else ""
    url += "&$orderby=" + ",".join(f"{name} {'desc' if down else 'asc'}" for name, down in order) if order else ""
    assert ids(url, EVENTUAL) == [row["id"] for row in rows]
    assert body(url, EVENTUAL)["@odata.count"] == len(rows)


@given(st.lists(st.integers(0, 49), max_size=50, unique=True), st.booleans())
def test_awkward_lists_are_whole_as_well(kept: list[int], filtered: bool) -> None:
    TENANT.awkward = True
    try:
        rows = [ROWS[n] for n in kept]
        url = "/users?$filter=startswith(displayName,'n')" if filtered else "/users"
        assert ids(url, rows=rows) == [row["id"] for row in rows]
    finally:
        TENANT.awkward = False


def test_a_token_belongs_to_its_question() -> None:
    link = body("/users?$top=5")["@odata.nextLink"].removeprefix("https://graph.example/v1.0")
    assert body(link)["value"][0]["id"] == "05"
    for changed in (link.replace("top=5", "top=6"), link.replace("/users", "/groups"), link + "&$select=id"):
        with pytest.raises(GraphFault) as caught:
            body(changed)
        assert caught.value.code == "Directory_ExpiredPageToken"


def test_links_keep_the_path_escaped() -> None:
    got = body("/users/å b@x/messages?$top=1&$filter=displayName eq 'Name 0'")
    assert got["@odata.nextLink"].startswith("https://graph.example/v1.0/users/%C3%A5%20b@x/messages?$top=1&$filter=")
    assert " " not in got["@odata.nextLink"]


def test_search_looks_at_the_beginnings_of_words() -> None:
    rows = [
        {"id": "1", "displayName": "Conf Room Adams", "proxyAddresses": ["SMTP:adams@x"]},
        {"id": "2", "displayName": "Room-service"},
        {"id": "3", "displayName": None},
    ]
    for text, expected in (
        ('"displayName:room"', ["1", "2"]),
        ('"displayName:ad conf"', ["1"]),
        ('"displayName:oom"', []),
        ('"displayName:serv" OR "proxyAddresses:adams"', ["1", "2"]),
        ('"displayName:room" AND "displayName:conf"', ["1"]),
    ):
        assert ids(f"/users?$search={text}", EVENTUAL, rows=rows) == expected, text
    for text in ("room", '"room"', '"displayName:a" NEAR "displayName:b"', '"displayName:a" AND'):
        assert refusal(f"/users?$search={text}", EVENTUAL).status == 400


def test_counts_are_bare_numbers() -> None:
    reply = number(call("/users/$count?$filter=displayName ne 'Name 0'", EVENTUAL), ROWS, entity="user")
    assert (reply.body, reply.content_type) == (b"42", "text/plain")
    with pytest.raises(GraphFault, match="not currently supported"):
        number(call("/users/$count"), ROWS, entity="user")


def test_mailboxes_have_rules_of_their_own() -> None:
    got = body("/users?$top=10&$skip=45&$count=true", exchange=True)
    assert [row["id"] for row in got["value"]] == ["45", "46", "47", "48", "49"]
    assert got["@odata.count"] == 50
    assert "@odata.nextLink" not in got
    assert ids("/users?$filter=contains(displayName,'E 3')&$orderby=id desc&$top=2", exchange=True) == [
        "45", "38", "31", "24", "17", "10", "03",
    ]  # fmt: skip
    link = body("/users?$top=10", exchange=True)["@odata.nextLink"]
    assert "$skip=10" in link
    assert len(body("/users", exchange=True, default_top=10)["value"]) == 10


def test_a_list_that_does_not_page() -> None:
    assert len(body("/users", rows=ROWS * 5, default_top=None)["value"]) == 250


def test_types_tell_the_kinds_of_mixed_lists() -> None:
    def kind(row: JSON) -> str:
        return str(row["@odata.type"]).rpartition(".")[2]

    rows: list[JSON] = [
        {"@odata.type": "#microsoft.graph.user", "id": "1", "displayName": "U", "mail": "u@x"},
        {"@odata.type": "#microsoft.graph.servicePrincipal", "id": "2", "appId": "a", "@private": 1},
    ]
    shape = Shape("directoryObject", defaults={"user": ("id", "displayName")}, kind=kind)

    def values(url: str) -> Any:
        return respond(call(url), rows, shape=shape, context="directoryObjects").body["value"]

    assert values("/x") == [
        {"@odata.type": "#microsoft.graph.user", "id": "1", "displayName": "U"},
        {"@odata.type": "#microsoft.graph.servicePrincipal", "id": "2", "appId": "a"},
    ]
    assert values("/x?$select=id,appId") == [
        {"@odata.type": "#microsoft.graph.user", "id": "1"},
        {"@odata.type": "#microsoft.graph.servicePrincipal", "id": "2", "appId": "a"},
    ]


def test_one_object_has_its_context() -> None:
    reply: Reply = one(call("/users/00?$select=displayName"), ROWS[0], shape=USER, context="users")
    assert reply.body == {
        "@odata.context": "https://graph.example/v1.0/$metadata#users(displayName)/$entity",
        "displayName": "Name 0",
    }
