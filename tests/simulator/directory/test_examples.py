"""Microsoft's own examples, replayed: the documented request gets the documented status.

What an example refers to is seeded (`example_world`). What does not replay stands below, with its reason.
"""

import copy
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from simulator.core import Token
from simulator.directory import ROUTES
from tests import shared
from tests.openapi.spec import find
from tests.simulator.directory.asking import Asker
from tests.simulator.directory.example_world import prepare, value_for

JSON = dict[str, Any]

OURS = frozenset(f"{route.method} {route.template}" for route in ROUTES)
ROOTS = {template.split("/")[1].partition("(")[0] for _, _, template in (name.partition(" ") for name in OURS)}
NOT_REPLAYED = {
    r"GET /users/\{user-id\}/authentication/methods/.*": "the methods of the examples are their own",
    r"POST .*/addKey": "the examples' keys and proofs are cut short",
    r"POST .*/removeKey": "the examples' proofs are cut short",
    r"POST /directory/deletedItems/getUserOwnedObjects": "the example's body is not JSON",
    r"GET /users/delta\?.*token=.*": "the tokens are the example's own; test_delta makes such rounds",
}
OLD_STATUS = {
    "POST /users/{user-id}/appRoleAssignments": (200, 201),  # this page says 200, its siblings and the service 201
}


def described() -> Iterator[tuple[str, JSON, str, dict[str, str], int]]:
    """(name, request, operation, path parameters, status) of every v1.0 example of the directory with an answer."""
    if not shared.folder().exists():
        return
    for document in shared.load("graph/examples.json")["documents"]:
        name = document["document"].rpartition("/")[2].removesuffix(".md")
        for place, example in enumerate(document["examples"]):
            request, status = example.get("request"), (example.get("response") or {}).get("status")
            if request is None or status is None or example.get("apiVersion") == "beta":
                continue
            found = find(request["method"], request["url"])
            if found is not None and (found[0].name in OURS or _root(found[0].name) in ROOTS - {"users"}):
                yield f"{name}-{place}", request, found[0].name, found[1], status


def _root(operation: str) -> str:
    return operation.partition(" ")[2].split("/")[1].partition("(")[0]


def pattern_for(request: JSON, operation: str) -> str | None:
    """The entry of NOT_REPLAYED that an example falls under; None: it is replayed."""
    asked = f"{operation}?{urlsplit(request['url']).query}".rstrip("?")
    return next((pattern for pattern in NOT_REPLAYED if re.fullmatch(pattern, asked)), None)


REPLAYED = [pytest.param(*one[1:], id=one[0]) for one in described() if pattern_for(one[1], one[2]) is None]


@pytest.mark.shared
@pytest.mark.parametrize(("request_", "operation", "params", "status"), REPLAYED)
def test_an_example_replays(ask: Asker, request_: JSON, operation: str, params: dict[str, str], status: int) -> None:
    values = {name: value_for(ask, name, given) for name, given in params.items()}
    body = copy.deepcopy(request_.get("body"))
    prepare(ask, operation, values, body)
    path = urlsplit(request_["url"]).path.partition("/v1.0")[2]
    for name, value in params.items():
        path = path.replace(quote(value, safe="{}=@"), values[name], 1)
    admin = ask.values("/users")[0]["id"]
    path = re.sub(r"^(/users)?/me(?=/|$)", f"/users/{admin}", path)
    query = urlsplit(request_["url"]).query
    headers = {name.lower(): text for name, text in request_["headers"].items()}
    token = Token(ask.token.app_id, ask.token.roles, frozenset(), ask.token.object_id)
    reply = ask.reply(request_["method"], path + (f"?{query}" if query else ""), body, headers=headers, token=token)
    assert reply.status in OLD_STATUS.get(operation, (status,))


@pytest.mark.shared
def test_each_reason_is_needed() -> None:
    shared.path("graph/examples.json")
    found = {pattern_for(request, operation) for _, request, operation, _, _ in described()}
    assert found - {None} == set(NOT_REPLAYED)
    assert len(REPLAYED) >= 100
