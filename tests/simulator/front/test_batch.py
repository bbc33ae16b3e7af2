"""`$batch` as documented: twenty at most, ids, order, dependencies, each part on its own."""

from typing import Any

import pytest

from tests.simulator.client import Served
from tests.simulator.front.cast import SECRET, add_app


def _get(name: str, url: str = "/organization?$select=id", **more: Any) -> dict[str, Any]:
    return {"id": name, "method": "GET", "url": url, **more}


async def test_every_part_is_answered_under_its_id_in_another_order(served: Served) -> None:
    parts = [_get(str(n)) for n in range(20)]
    got = await served.graph("POST", "/$batch", json={"requests": parts})
    names = [row["id"] for row in got.body["responses"]]
    assert sorted(names, key=int) == [part["id"] for part in parts] != names
    assert {row["status"] for row in got.body["responses"]} == {200}
    assert all(row["headers"]["Content-Type"].startswith("application/json") for row in got.body["responses"])


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"requests": [_get(str(n)) for n in range(21)]}, "maximum value of 20"),
        ({"requests": []}, "payload"),
        ({}, "payload"),
        ([], "payload"),
        ({"requests": [{"id": "1", "url": "/users"}]}, "payload"),
        ({"requests": [_get("a"), _get("A")]}, "not unique"),
        ({"requests": [_get("1", dependsOn=["2"])]}, "cannot be met"),
        ({"requests": [_get("1", dependsOn=["2"]), _get("2", dependsOn=["1"])]}, "cannot be met"),
    ],
)
async def test_what_is_no_batch_is_refused_whole(served: Served, body: object, word: str) -> None:
    got = await served.graph("POST", "/$batch", json=body)
    assert (got.status, got.error) == (400, "BadRequest")
    assert word in got.body["error"]["message"]


async def test_a_body_needs_its_content_type(served: Served) -> None:
    part = {"id": "1", "method": "POST", "url": "/applications", "body": {"displayName": "x"}}
    answers = await served.batch(part)
    assert answers["1"]["status"] == 400
    answers = await served.batch(part | {"headers": {"Content-Type": "application/json"}})
    assert (answers["1"]["status"], answers["1"]["body"]["displayName"]) == (201, "x")


async def test_dependents_of_a_failed_part_are_424(served: Served) -> None:
    answers = await served.batch(
        _get("1", "/users/nobody"), _get("2", dependsOn=["1"]), _get("3", dependsOn=["2"]), _get("4")
    )
    assert {name: row["status"] for name, row in answers.items()} == {"1": 404, "2": 424, "3": 424, "4": 200}


async def test_each_part_is_authorised_by_itself(served: Served) -> None:
    app = add_app(served.tenant, roles=("Organization.Read.All",))
    token = (await served.by_secret(app.app_id, SECRET)).body["access_token"]
    answers = await served.batch(_get("1"), _get("2", "users"), token=token)
    assert (answers["1"]["status"], answers["2"]["status"]) == (200, 403)
    assert answers["2"]["body"]["error"]["code"] == "Authorization_RequestDenied"


async def test_text_answers_are_text_and_empty_ones_have_no_body(served: Served) -> None:
    app = (await served.graph("POST", "/applications", json={"displayName": "x"})).body
    answers = await served.batch(
        _get("1", "/users/$count", headers={"ConsistencyLevel": "eventual"}),
        {"id": "2", "method": "DELETE", "url": f"/applications/{app['id']}"},
    )
    assert answers["1"]["headers"]["Content-Type"].startswith("text/plain")
    assert int(answers["1"]["body"]) == len(served.tenant.collection("users"))
    assert answers["2"]["status"] == 204
    assert "body" not in answers["2"]


async def test_a_batch_needs_a_token(served: Served) -> None:
    got = await served.call("POST", f"{served.ready['graph']}/v1.0/$batch", json={"requests": [_get("1")]})
    assert got.status == 401


async def test_a_part_waits_for_a_later_one_that_it_needs(served: Served) -> None:
    part = {"method": "PATCH", "headers": {"Content-Type": "application/json", "Prefer": "create-if-missing"}}
    await served.batch(
        {**part, "id": "late", "url": "/applications(uniqueName='k')", "body": {"notes": "x"}, "dependsOn": ["EARLY"]},
        {**part, "id": "early", "url": "/applications(uniqueName='k')", "body": {"displayName": "made first"}},
    )
    app = served.tenant.collection("applications").first("uniqueName", "k")
    assert app is not None
    assert (app["displayName"], app["notes"]) == ("made first", "x")
