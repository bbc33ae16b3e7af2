"""The checks themselves: they accept what Microsoft's description accepts, and notice what it does not."""

from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator

from tests import shared
from tests.openapi.check import check_reply, check_request, property_names
from tests.openapi.log import check_log, excepted, report
from tests.openapi.schema import KNOWN, compiled, members
from tests.openapi.sdk import leftovers, snake
from tests.openapi.spec import document, find, operations

pytestmark = pytest.mark.shared
JSON = dict[str, Any]
VIEW = "GET /users/{user-id}/calendarView"
WINDOW = "startDateTime=2026-11-21T00:00:00Z&endDateTime=2026-11-22T00:00:00Z"


def test_no_keyword_of_the_schemas_is_overlooked() -> None:
    seen: set[str] = set()

    def walk(schema: Any) -> None:
        if isinstance(schema, dict):
            seen.update(key for key in schema if not key.startswith("x-"))
            for key, inner in schema.items():
                for part in inner.values() if key == "properties" else [inner]:
                    walk(part)
        elif isinstance(schema, list):
            for part in schema:
                walk(part)

    for schema in document()["components"]["schemas"].values():
        walk(schema)
    assert seen <= KNOWN


def test_types_have_the_properties_of_the_metadata() -> None:
    types = shared.load("graph/csdl-types.json")["types"]
    schemas = document()["components"]["schemas"]
    for name, schema in schemas.items():
        short = name.removeprefix("microsoft.graph.")
        properties, _, _ = members(schema)
        if short in types and short != "entity":
            assert set(properties) - {"@odata.type"} <= property_names(short), name


@pytest.mark.parametrize(
    ("method", "url", "name"),
    [
        ("GET", "/v1.0/users/a/calendarView", VIEW),
        ("GET", "https://graph.microsoft.com/v1.0/me/calendarView?x=1", VIEW),
        ("GET", "/users('a%40b')/calendarView", VIEW),
        ("GET", "/applications(appId='1')", "GET /applications(appId='{appId}')"),
        ("POST", "/applications/1/microsoft.graph.addPassword", "POST /applications/{application-id}/addPassword"),
        ("GET", "/users/delta()", "GET /users/delta"),
        ("GET", "/users/$count", "GET /users/$count"),
        ("GET", "/places/microsoft.graph.room", "GET /places/microsoft.graph.room"),
        ("POST", "/$batch", "POST /$batch"),
    ],
)
def test_requests_find_their_operation(method: str, url: str, name: str) -> None:
    found = find(method, url)
    assert found is not None
    assert found[0].name == name


@pytest.mark.parametrize("url", ["/users/a/b/c", "/nothing", "/users//calendarView", "/applications(name='x')"])
def test_what_is_no_operation(url: str) -> None:
    assert check_request("GET", url, "", {}, None)


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "word"),
    [
        ("GET", "/users/a/calendarView", WINDOW + "&$select=id,subject,start&$top=50", None, ""),
        ("GET", "/users/a/calendarView", "startDateTime=x", None, "endDateTime: missing"),
        ("GET", "/users/a/calendarView", WINDOW + "&$select=id,topic", None, "event has no property 'topic'"),
        ("GET", "/users/a/calendarView", WINDOW + "&$top=many", None, "is no number"),
        ("GET", "/users/a/calendarView", WINDOW + "&$count=yes", None, "neither true nor false"),
        ("GET", "/users/a/calendarView", WINDOW + "&top=5", None, "has no such parameter"),
        ("GET", "/users", "$orderby=displayName desc&$expand=manager($select=id,mail)", None, ""),
        ("GET", "/users", "$expand=friends", None, "no property 'friends'"),
        ("GET", "/groups/1/members", "$select=id,userPrincipalName", None, ""),
        ("POST", "/applications", "", {"displayName": "x", "signInAudience": "AzureADMyOrg"}, ""),
        ("POST", "/applications", "", {"displayname": "x"}, "no such property"),
        ("POST", "/applications", "", {"displayName": 5}, "is no string"),
        ("POST", "/applications", "", None, "needs a body"),
        ("POST", "/users/a/events", "", {"showAs": "OOF", "@odata.type": "#microsoft.graph.event"}, ""),
        ("POST", "/users/a/events", "", {"showAs": "asleep"}, "no member"),
        ("POST", "/$batch", "", {"requests": [{"id": "1", "method": "GET", "url": "/x"}] * 21}, "at most 20"),
        ("DELETE", "/applications/1", "", {"a": 1}, "takes no body"),
        ("POST", "/groups/1/members/$ref", "", {"@odata.id": "https://x"}, ""),
    ],
)
def test_requests(method: str, path: str, query: str, body: Any, word: str) -> None:
    problems = check_request(method, path, query, {}, body)
    assert (word in " ".join(problems)) if word else problems == []


@pytest.mark.parametrize(
    ("operation", "status", "body", "word"),
    [
        (VIEW, 200, {"@odata.context": "c", "value": [{"id": "1", "showAs": "oof", "@odata.etag": "e"}]}, ""),
        (VIEW, 200, {"value": [{"id": "1", "showAs": "OOF"}]}, "no member"),
        (VIEW, 200, {"value": [{"id": "1", "topic": "x"}]}, "no such property"),
        (VIEW, 200, {"value": [{"start": {"dateTime": "x", "zone": "y"}}]}, "no such property"),
        (VIEW, 200, {"value": {}}, "is no array"),
        (VIEW, 200, {"more": []}, "no such property"),
        (VIEW, 200, [], "is no object"),
        (VIEW, 200, None, "with a body"),
        (VIEW, 302, None, "does not answer"),
        (VIEW, 404, {"error": {"code": "x", "message": "y", "innerError": {"date": "z"}}}, ""),
        (VIEW, 404, {"error": {"code": "x"}}, "lacks message"),
        ("GET /users/$count", 200, 12, ""),
        ("DELETE /applications/{application-id}", 204, None, ""),
        ("DELETE /applications/{application-id}", 204, {"id": "1"}, "without a body"),
        (
            "GET /users",
            200,
            {"value": [{"id": "1", "extension_abc_x": 1, "createdDateTime": "2026-01-01T00:00:00Z"}]},
            "",
        ),
        ("GET /users", 200, {"value": [{"id": "1", "createdDateTime": "yesterday"}]}, "no date-time"),
        ("GET /users", 200, {"value": [{"accountEnabled": 1}]}, "is no boolean"),
        ("GET /groups/{group-id}/members", 200, {"value": [{"@odata.type": "#microsoft.graph.user", "mail": "a"}]}, ""),
        ("GET /groups/{group-id}/members", 200, {"value": [{"mail": "a"}]}, "no such property"),
        ("GET /users/{user-id}/mailboxSettings", 200, {"workingHours": {"timeZone": {"name": "x"}}}, ""),
        ("GET /places/microsoft.graph.room", 200, {"value": [{"capacity": True}]}, "is no integer"),
        ("GET /places/microsoft.graph.room", 200, {"value": [{"capacity": 2**31}]}, "out of range"),
    ],
)
def test_replies(operation: str, status: int, body: Any, word: str) -> None:
    problems = check_reply(operation, status, body)
    assert (word in " ".join(problems)) if word else problems == []


def bodies_of_examples() -> list[tuple[str, int, Any]]:
    found = []
    for page in shared.load("graph/examples.json")["documents"]:
        for one in page["examples"]:
            reply = one.get("response") or {}
            if one.get("operation") in operations() and isinstance(reply.get("body"), dict) and reply.get("status"):
                found.append((one["operation"], reply["status"], reply["body"]))
    return found


def test_the_own_checks_say_what_an_independent_validator_says() -> None:
    """Only in bodies with unknown properties may ours be stricter."""
    whole = document()
    compared = 0
    for operation, status, body in bodies_of_examples():
        content = (operations()[operation].reply(status) or {}).get("content", {}).get("application/json")
        if content is None:
            continue
        schema = {**content["schema"], "components": whole["components"]}
        other = OAS30Validator(schema).is_valid(body)
        ours: list[str] = []
        compiled(content["schema"], request=False)(body, "body", ours)
        ours = [text for text in ours if "no such property" not in text]
        assert (not ours) is other, (operation, ours)
        compared += 1
    assert compared > 60


def test_the_sdk_finds_a_place_for_everything() -> None:
    event = {"@odata.etag": "e", "id": "1", "start": {"dateTime": "2026-11-21T00:00:00", "timeZone": "UTC"}}
    assert leftovers(VIEW, 200, {"@odata.context": "c", "value": [event]}) == []
    assert leftovers(VIEW, 200, {"value": [{**event, "topic": 1}]}) == ["[0].topic"]
    assert leftovers(VIEW, 200, {"value": [{"start": {"zone": 1}}]}) == ["[0].start.zone"]
    assert leftovers(VIEW, 200, {"value": [event], "total": 3}) == [".total"]
    for unreadable in (
        {"isAllDay": "x"},
        {"showAs": "asleep"},
        {"createdDateTime": "soon"},
        {"start": {"dateTime": 5}},
    ):
        found = leftovers(VIEW, 200, {"value": [unreadable]})
        assert len(found) == 1, unreadable
        assert "the SDK cannot read" in found[0]
    assert leftovers(VIEW, 404, {"error": {"code": "x", "message": "y"}, "hint": 1}) == [".hint"]


def test_every_described_type_that_is_answered_has_a_model() -> None:
    from tests.openapi.sdk import _model

    entities = {operation.entity() for operation in operations().values()} - {None}
    missing = {entity for entity in entities if entity is not None and _model(snake(entity)) is None}
    assert missing <= {"callRecords.userIdentity"}


def line(method: str, url: str, **more: Any) -> JSON:
    made = {"method": method, "url": url, "status": 200, "fault": None, "requestBody": None, "responseBody": None}
    return {**made, **more}


def test_a_log_is_checked_with_its_batches_and_links() -> None:
    link = f"https://localhost:1/v1.0/users/a/calendarView?{WINDOW}&$skip=10&$skiptoken=z"
    page = {"value": [{"id": "1"}], "@odata.nextLink": link}
    batch = {
        "requests": [
            {"id": "1", "method": "GET", "url": f"/users/a/calendarView?{WINDOW}"},
            {"id": "2", "method": "GET", "url": "/users/a/calendarView"},
        ]
    }
    answers = {
        "responses": [
            {"id": "2", "status": 400, "body": {"error": {"code": "x"}}},
            {"id": "1", "status": 200, "body": page},
        ]
    }
    lines = [
        line("POST", "https://localhost:1/t/oauth2/v2.0/token", responseBody={"access_token": "***"}),
        line("POST", "https://localhost:1/v1.0/$batch", requestBody=batch, responseBody=answers),
        line("GET", link, responseBody={"value": [{"id": "2", "subject": None}]}),
        line("GET", "https://localhost:1/v1.0/users", status=0, fault="cut"),
        line("GET", "https://localhost:1/v1.0/nothing"),
    ]
    problems, tally = check_log(lines)
    assert [(one.half, one.text.partition(":")[0]) for one in problems] == [
        ("request", "query startDateTime"),
        ("request", "query endDateTime"),
        ("reply", "body.error"),
        ("request", "GET https"),
    ]
    assert tally[VIEW] == 3
    assert report(problems).startswith("4 problems")


def test_exceptions_say_why_and_where_it_is_written() -> None:
    from tests.openapi.log import exceptions

    for rule in exceptions():
        assert set(rule) == {"request", "problem", "why", "source"}
        assert all(rule.values())
    assert not excepted("GET /users", "request", "query $top: has no such parameter")
