"""Single objects and writes: repeats where harmless, never where not; settling; tokens; addresses."""

import httpx
import pytest

from tenantry.errors import GraphError, SignInError
from tenantry.graph import RetryPolicy, literal, segment
from tests.tenantry.graph.fakes import POLICY, FakeClock, FakeCredential, Script, door, error, ok

CUT = httpx.RemoteProtocolError("Server disconnected without sending a response.")
LATE = httpx.ReadTimeout("")
NOWHERE = httpx.ConnectError("refused")


async def test_an_object_with_query_headers_and_our_token() -> None:
    script = Script(ok({"id": "1"}))
    async with door(script) as graph:
        got = await graph.get("/users", {"$filter": "mail eq 'o''b@x.y' and n eq 'å&b'", "$top": 5}, {"A": "b"})
    assert got == {"id": "1"}
    request = script.requests[0]
    assert str(request.url).startswith("https://graph.test/v1.0/users?$filter=mail%20eq%20'o''b@x.y'")
    assert request.url.params["$filter"] == "mail eq 'o''b@x.y' and n eq 'å&b'"
    assert request.url.params["$top"] == "5"
    assert request.headers["authorization"].startswith("Bearer e30.")
    assert request.headers["a"] == "b"
    assert request.headers["client-request-id"]


async def test_none_for_204_and_the_body_for_201() -> None:
    async with door(Script(ok(status=204), ok({"id": "2"}, 201))) as graph:
        assert await graph.patch("/applications/1", {"notes": "å"}) is None
        assert await graph.post("/applications", {"displayName": "x"}) == {"id": "2"}


@pytest.mark.parametrize("fault", [error(429), error(500), error(502), error(503), error(504), CUT, LATE, NOWHERE])
@pytest.mark.parametrize("method", ["get", "patch", "delete"])
async def test_harmless_repeats(method: str, fault: httpx.Response | Exception) -> None:
    script = Script(fault, fault, ok({"id": "1"}))
    clock = FakeClock()
    async with door(script, clock) as graph:
        await (graph.patch("/a/1", {}) if method == "patch" else getattr(graph, method)("/a/1"))
    assert len(script.requests) == 3
    assert clock.slept == [0.5, 1.0]


@pytest.mark.parametrize(
    ("fault", "repeated"),
    [
        (error(429), True),
        (error(429, retry_after="7"), True),
        (error(503, retry_after="7"), True),
        (error(503), False),
        (error(500), False),
        (error(502), False),
        (error(504), False),
        (CUT, False),
        (LATE, False),
        (NOWHERE, True),
        (httpx.ConnectTimeout(""), True),
    ],
)
@pytest.mark.parametrize("once", [False, True])
async def test_a_post_is_repeated_only_where_it_was_not_done(
    fault: httpx.Response | Exception, repeated: bool, once: bool
) -> None:
    script = Script(fault, ok({"keyId": "k"}))
    async with door(script) as graph:
        if repeated:
            assert await graph.post("/a/1/addPassword", {}, once=once) == {"keyId": "k"}
            return
        with pytest.raises(GraphError) as caught:
            await graph.post("/a/1/addPassword", {}, once=once)
    assert len(script.requests) == 1
    known = fault.status_code if isinstance(fault, httpx.Response) else 0
    assert caught.value.status == (0 if once else known)
    assert (caught.value.code == "unknownOutcome") == once
    assert caught.value.request_id


async def test_a_post_that_only_reads_is_repeated() -> None:
    async with door(Script(error(500), CUT, ok({"value": []}))) as graph:
        assert await graph.post("/directoryObjects/getByIds", {"ids": []}, safe=True) == {"value": []}


async def test_retry_after_in_seconds_and_as_a_date() -> None:
    clock = FakeClock()
    date = {"retry_after": "Thu, 01 Jan 2026 00:00:40 GMT", "date": "Thu, 01 Jan 2026 00:00:10 GMT"}
    async with door(Script(error(429, retry_after="17"), error(503, **date), ok({})), clock) as graph:
        await graph.get("/a")
    assert clock.slept == [17.0, 30.0]


async def test_a_wait_beyond_the_budget_is_told_not_waited() -> None:
    clock = FakeClock()
    async with door(Script(error(429, retry_after="4000")), clock) as graph:
        with pytest.raises(GraphError) as caught:
            await graph.get("/a")
    assert clock.slept == []
    assert caught.value.retry_after == 4000


async def test_it_gives_up_after_its_attempts_and_keeps_the_last_answer() -> None:
    script = Script(error(503, "ServiceUnavailable", request_id="abc"))
    async with door(script, policy=RetryPolicy(attempts=4, jitter=lambda: 0.0)) as graph:
        with pytest.raises(GraphError) as caught:
            await graph.get("/a")
    assert len(script.requests) == 4
    assert (caught.value.status, caught.value.code, caught.value.request_id) == (503, "ServiceUnavailable", "abc")
    assert "GET /a: HTTP 503 ServiceUnavailable" in str(caught.value)


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412])
async def test_what_means_what_it_says_is_not_repeated(status: int) -> None:
    script = Script(error(status, "Authorization_RequestDenied"))
    async with door(script) as graph:
        with pytest.raises(GraphError) as caught:
            await graph.get("/a")
    assert len(script.requests) == 1
    assert caught.value.request_id == "inner"
    assert status != 403 or "whoami" in caught.value.fix


async def test_a_concurrent_write_is_repeated_even_for_a_post() -> None:
    async with door(Script(error(409, "Directory_ConcurrencyViolation"), ok(status=204))) as graph:
        assert await graph.post("/applications/1/removePassword", {"keyId": "k"}) is None


async def test_a_deletion_without_answer_then_404_is_done() -> None:
    async with door(Script(CUT, error(404))) as graph:
        await graph.delete("/applications/1")
    async with door(Script(error(404))) as graph:
        with pytest.raises(GraphError):
            await graph.delete("/applications/1")


async def test_replication_misses_are_waited_out_by_step() -> None:
    clock = FakeClock()
    missing = error(400, "Request_BadRequest", "The appId 'x' does not reference a valid application object.")
    disguised = error(403, "Authorization_RequestDenied", "When using this permission, the backing application …")
    async with door(Script(missing, disguised, missing, ok({"id": "s"}, 201)), clock) as graph:
        assert await graph.post("/servicePrincipals", {"appId": "x"}, settle="service-principal") == {"id": "s"}
    assert clock.slept == [1.0, 2.0, 4.0]
    async with door(Script(missing)) as graph:
        with pytest.raises(GraphError):
            await graph.post("/servicePrincipals", {"appId": "x"})


async def test_a_disguised_denial_is_believed_in_the_end() -> None:
    clock = FakeClock()
    disguised = error(403, "Authorization_RequestDenied", "the backing application must be local")
    async with door(Script(disguised), clock) as graph:
        with pytest.raises(GraphError) as caught:
            await graph.post("/servicePrincipals", {}, settle="service-principal")
    assert caught.value.status == 403
    assert sum(clock.slept) <= 120
    assert "reached every server" in caught.value.fix


async def test_find_believes_in_absence_only_after_several_reads() -> None:
    script = Script(error(404), error(404), ok({"id": "late"}))
    async with door(script) as graph:
        assert await graph.find("/applications/1", settle="application") == {"id": "late"}
    script = Script(error(404))
    async with door(script) as graph:
        assert await graph.find("/applications/1", settle="application") is None
        assert len(script.requests) == 3
        assert await graph.find("/applications/1") is None
        assert len(script.requests) == 4
    async with door(Script(error(403))) as graph:
        with pytest.raises(GraphError):
            await graph.find("/applications/1")


async def test_settled_wants_several_good_reads_in_a_row() -> None:
    seen = iter([None, 1, 2, 2, 1, 2, 2, 2, 9])
    clock = FakeClock()

    async def read() -> int | None:
        return next(seen)

    async with door(Script(ok()), clock) as graph:
        assert await graph.settled(read, lambda value: value == 2) == 2
        assert next(seen) == 9

        async def never() -> int | None:
            return None

        with pytest.raises(GraphError) as caught:
            await graph.settled(never, bool, budget=60)
    assert caught.value.code == "notSettled"


async def test_a_refused_token_is_renewed_once() -> None:
    credential = FakeCredential()
    script = Script(error(401, "InvalidAuthenticationToken"), ok({"id": "1"}))
    async with door(script, credential=credential) as graph:
        assert await graph.get("/a") == {"id": "1"}
        assert (await graph.claims())["n"] == 2
    first, second = (request.headers["authorization"] for request in script.requests)
    assert first != second
    assert credential.forgotten == 1
    assert credential.closed
    script = Script(error(401, "InvalidAuthenticationToken"))
    async with door(script) as graph:
        with pytest.raises(GraphError) as caught:
            await graph.post("/a", {}, once=True)
    assert caught.value.status == 401
    assert len(script.requests) == 2


async def test_renew_takes_a_fresh_token() -> None:
    async with door(Script(ok({}))) as graph:
        assert (await graph.claims())["n"] == 1
        await graph.get("/a")
        await graph.renew()
        assert (await graph.claims())["n"] == 2


async def test_the_token_endpoint_is_waited_for_too() -> None:
    clock = FakeClock()
    credential = FakeCredential([SignInError("busy", code="", transient=True, retry_after=9), OSError_as_sign_in()])
    async with door(Script(ok({"id": "1"})), clock, credential) as graph:
        assert await graph.get("/a") == {"id": "1"}
    assert clock.slept == [9.0, 1.0]
    refused = FakeCredential([SignInError("no", code="AADSTS7000215")])
    async with door(Script(ok({})), credential=refused) as graph:
        with pytest.raises(SignInError):
            await graph.get("/a")


def OSError_as_sign_in() -> SignInError:  # noqa: N802
    return SignInError("no answer", code="", transient=True)


async def test_links_are_followed_only_to_the_same_server() -> None:
    script = Script(ok({"id": "1"}))
    async with door(script) as graph:
        await graph.get("https://graph.test/v1.0/users?$skiptoken=a%2Bb")
        assert str(script.requests[-1].url).endswith("/v1.0/users?$skiptoken=a%2Bb")
        for link in (
            "https://evil.test/v1.0/users",
            "http://graph.test/v1.0/users",
            "https://graph.test:444/v1.0/x",
            "x",
        ):
            with pytest.raises(GraphError) as caught:
                await graph.get(link)
            assert caught.value.code == "foreignLink"
    assert len(script.requests) == 1


async def test_a_redirection_is_an_error_not_an_empty_answer() -> None:
    async with door(Script(ok(None, 302, location="https://portal.test/"))) as graph:
        with pytest.raises(GraphError) as caught:
            await graph.get("/a")
    assert caught.value.status == 302
    assert "proxy" in caught.value.fix


async def test_an_answer_that_is_no_json_is_an_error() -> None:
    async with door(Script(httpx.Response(200, text="<html>proxy</html>"))) as graph:
        with pytest.raises(GraphError) as caught:
            await graph.get("/a")
    assert caught.value.code == "unreadableAnswer"
    async with door(Script(httpx.Response(404, text="<html>proxy</html>"))) as graph:
        assert await graph.find("/a") is None


def test_values_in_paths_and_filters() -> None:
    assert segment("O'Brien/å#?@x.y") == "O%27Brien%2F%C3%A5%23%3F%40x.y"
    assert literal("O'Brien") == "'O''Brien'"
    assert POLICY.settling(99) == 30.0
