"""Collections: links followed as they are, headers repeated, types decoded, nothing held."""

import httpx
import msgspec
import pytest

from tenantry.errors import GraphError
from tests.tenantry.graph.fakes import Script, door, error, ok


class User(msgspec.Struct):
    id: str


def page(*ids: str, link: str | None = None) -> httpx.Response:
    body: dict[str, object] = {"@odata.context": "c", "value": [{"id": i, "extra": None} for i in ids]}
    return ok(body | ({"@odata.nextLink": link} if link else {}))


LINK = "https://graph.test/v1.0/users?$skiptoken=x%2By&$top=2"


async def test_all_pages_with_their_headers_and_an_empty_one() -> None:
    script = Script(page("1", "2", link=LINK), page(link=LINK + "2"), error(429), page("3"))
    async with door(script) as graph:
        got = [p async for p in graph.pages("/users", {"$top": 2}, {"ConsistencyLevel": "eventual"}, type=User)]
    assert got == [[User("1"), User("2")], [], [User("3")]]
    assert all(request.headers["consistencylevel"] == "eventual" for request in script.requests)
    assert str(script.requests[1].url) == LINK


async def test_items_and_dicts() -> None:
    async with door(Script(page("1", link=LINK), page("2"))) as graph:
        assert [item async for item in graph.items("/users")] == [
            {"id": "1", "extra": None},
            {"id": "2", "extra": None},
        ]


async def test_leaving_early_leaves_nothing_behind() -> None:
    script = Script(page("1", link=LINK), page("2", link=LINK + "2"))
    async with door(script) as graph:
        items = graph.items("/users")
        assert (await anext(items))["id"] == "1"
        await items.aclose()
    assert len(script.requests) <= 2


async def test_links_elsewhere_and_in_circles_are_refused() -> None:
    async with door(Script(page("1", link="https://evil.test/v1.0/users"))) as graph:
        with pytest.raises(GraphError, match="leads away"):
            [item async for item in graph.items("/users")]
    async with door(Script(page("1", link=LINK))) as graph:
        with pytest.raises(GraphError, match="links to itself"):
            [item async for item in graph.items("/users")]


async def test_a_page_of_another_shape_is_an_error_not_an_empty_list() -> None:
    for body in ({"id": "1"}, {"value": None}, {"value": [{"name": "x"}]}):
        async with door(Script(ok(body))) as graph:
            with pytest.raises(GraphError, match="not what was expected"):
                [item async for item in graph.items("/users", type=User)]


async def test_a_failed_page_ends_the_reading_with_its_error() -> None:
    async with door(Script(page("1", link=LINK), error(403, "Authorization_RequestDenied"))) as graph:
        items = graph.items("/users")
        assert (await anext(items))["id"] == "1"
        with pytest.raises(GraphError) as caught:
            await anext(items)
    assert caught.value.status == 403
