"""Paths to operations: Microsoft's templates and every other form the service takes."""

import pytest

from simulator.core import Call, Reply, Route
from simulator.router import MethodNotAllowedError, Router


def _handler(_: Call) -> Reply:
    return Reply()


TEMPLATES = [
    "/users",
    "/users/$count",
    "/users/delta",
    "/users/{user-id}",
    "/users/{user-id}/calendarView",
    "/users/{user-id}/events/{event-id}",
    "/applications",
    "/applications(appId='{appId}')",
    "/applications(uniqueName='{uniqueName}')",
    "/applications/{application-id}",
    "/applications/{application-id}/addPassword",
    "/directory/deletedItems/{directoryObject-id}",
    "/directory/deletedItems/microsoft.graph.application",
    "/groups/{group-id}/members/$ref",
    "/groups/{group-id}/members/microsoft.graph.user",
    "/places/{place-id}/microsoft.graph.roomList/rooms",
]
ROUTER = Router([Route("GET", template, _handler) for template in TEMPLATES])


@pytest.mark.parametrize(
    ("path", "template", "params"),
    [
        ("/users", "/users", {}),
        ("/Users/", "/users", {}),
        ("/users/%24count", "/users/$count", {}),
        ("/users/delta", "/users/delta", {}),
        ("/users/delta()", "/users/delta", {}),
        ("/users/microsoft.graph.delta()", "/users/delta", {}),
        ("/users/a%40contoso.com", "/users/{user-id}", {"user-id": "a@contoso.com"}),
        ("/users('a%40contoso.com')", "/users/{user-id}", {"user-id": "a@contoso.com"}),
        (
            "/users('O''Brien@contoso.com')/calendarview",
            "/users/{user-id}/calendarView",
            {"user-id": "O'Brien@contoso.com"},
        ),
        ("/users/1/events/AAMk%3D%3D", "/users/{user-id}/events/{event-id}", {"user-id": "1", "event-id": "AAMk=="}),
        ("/applications(appId='X')", "/applications(appId='{appId}')", {"appId": "X"}),
        ("/applications(appid=%27X%27)", "/applications(appId='{appId}')", {"appId": "X"}),
        ("/applications(uniqueName='a%2Fb''c')", "/applications(uniqueName='{uniqueName}')", {"uniqueName": "a/b'c"}),
        ("/applications/7/addPassword", "/applications/{application-id}/addPassword", {"application-id": "7"}),
        (
            "/applications/7/microsoft.graph.addPassword",
            "/applications/{application-id}/addPassword",
            {"application-id": "7"},
        ),
        ("/groups/7/members/graph.user", "/groups/{group-id}/members/microsoft.graph.user", {"group-id": "7"}),
        ("/users/graph.jones@contoso.com", "/users/{user-id}", {"user-id": "graph.jones@contoso.com"}),
        ("/directory/deletedItems/8", "/directory/deletedItems/{directoryObject-id}", {"directoryObject-id": "8"}),
        (
            "/directory/deletedItems/microsoft.graph.application",
            "/directory/deletedItems/microsoft.graph.application",
            {},
        ),
        ("/groups/1/members/$ref", "/groups/{group-id}/members/$ref", {"group-id": "1"}),
        ("/me/calendarView", "/users/{user-id}/calendarView", {"user-id": "my-id"}),
    ],
)
def test_a_path_finds_its_operation(path: str, template: str, params: dict[str, str]) -> None:
    found = ROUTER.find("GET", path, me="my-id")
    assert found is not None
    assert found.operation == f"GET {template}"
    assert found.params == params


@pytest.mark.parametrize("path", ["/", "/user", "/users//events/1", "/users/1/nothing", "/applications(color='red')"])
def test_an_unknown_path_finds_nothing(path: str) -> None:
    assert ROUTER.find("GET", path) is None


def test_me_needs_a_person() -> None:
    assert ROUTER.find("GET", "/me") is None


def test_a_wrong_method_tells_the_right_ones() -> None:
    with pytest.raises(MethodNotAllowedError) as caught:
        ROUTER.find("PUT", "/users/1")
    assert caught.value.args[0] == ["GET"]


def test_two_handlers_for_one_operation_are_refused() -> None:
    with pytest.raises(ValueError, match="two handlers"):
        Router([Route("GET", "/users/{user-id}", _handler), Route("GET", "/users/{id}", _handler)])
