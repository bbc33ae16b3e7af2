"""Applications that sign in: by secret, by certificate, and every way it can be refused."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from simulator.signin.clients import ASSERTION_TYPE
from tests.simulator.client import Got, Served, serving
from tests.simulator.front.cast import SECRET, Refused, add_app, assertion, claims_of, grant_role, key_credential


async def test_a_token_carries_what_was_assigned(served: Served) -> None:
    app = add_app(served.tenant, roles=("User.Read.All", "Calendars.Read"))
    got = await served.by_secret(app.app_id, SECRET)
    assert got.status == 200
    assert {key: got.body[key] for key in ("token_type", "expires_in")} == {"token_type": "Bearer", "expires_in": 3599}
    assert "refresh_token" not in got.body
    claims = claims_of(got.body["access_token"])
    assert claims["roles"] == ["Calendars.Read", "User.Read.All"]
    assert (claims["appid"], claims["azp"], claims["oid"], claims["sub"]) == (
        app.app_id,
        app.app_id,
        app.principal_id,
        app.principal_id,
    )
    assert (claims["tid"], claims["idtyp"], claims["appidacr"]) == (served.tenant.id, "app", "1")
    assert claims["aud"] == served.ready["graph"]
    assert "scp" not in claims


async def test_without_roles_the_token_comes_all_the_same(served: Served) -> None:
    app = add_app(served.tenant)
    got = await served.by_secret(app.app_id, SECRET)
    assert "roles" not in claims_of(got.body["access_token"])


async def test_a_token_lives_in_simulated_time(served: Served) -> None:
    await served.door("POST", "/clock", {"set": "2031-01-01T00:00:00Z"})
    app = add_app(served.tenant)  # its secret lives two years from here
    claims = claims_of((await served.by_secret(app.app_id, SECRET)).body["access_token"])
    assert claims["exp"] - claims["iat"] == 3599
    assert claims["iat"] == pytest.approx(1924992000, abs=30)


@pytest.mark.parametrize(("algorithm", "header"), [("PS256", "x5t#S256"), ("RS256", "x5t"), ("RS256", "x5t#S256")])
async def test_a_certificate_proves_the_application(served: Served, algorithm: str, header: str) -> None:
    app = add_app(served.tenant, keyCredentials=[key_credential()])
    got = await _by_assertion(served, app.app_id, assertion(app.app_id, _endpoint(served), algorithm, header=header))
    assert got.status == 200, got.body
    assert claims_of(got.body["access_token"])["appidacr"] == "2"


Refusal = Callable[[Served], Coroutine[Any, Any, Got]]


async def _secret_id(served: Served) -> Got:
    app = add_app(served.tenant)
    held = served.tenant.collection("applications").get(app.object_id)
    assert held is not None
    return await served.by_secret(app.app_id, held["passwordCredentials"][0]["keyId"])


async def _removed_secret(served: Served) -> Got:
    app = add_app(served.tenant, passwordCredentials=[])
    return await served.by_secret(app.app_id, SECRET)


async def _expired_secret(served: Served) -> Got:
    app = add_app(served.tenant)
    await served.door("POST", "/clock", {"advance": "731d"})
    return await served.by_secret(app.app_id, SECRET)


async def _no_proof(served: Served) -> Got:
    app = add_app(served.tenant)
    form = {"grant_type": "client_credentials", "client_id": app.app_id, "scope": served.scope}
    return await served.token(**form)


async def _unknown_key(served: Served) -> Got:
    app = add_app(served.tenant)
    return await _by_assertion(served, app.app_id, assertion(app.app_id, _endpoint(served)))


async def _expired_key(served: Served) -> Got:
    app = add_app(served.tenant, keyCredentials=[key_credential(endDateTime="2020-01-01T00:00:00Z")])
    return await _by_assertion(served, app.app_id, assertion(app.app_id, _endpoint(served)))


async def _spoilt_signature(served: Served) -> Got:
    app = add_app(served.tenant, keyCredentials=[key_credential()])
    head, body, _ = assertion(app.app_id, _endpoint(served)).split(".")
    signature = assertion(app.app_id, _endpoint(served)).split(".")[2]
    return await _by_assertion(served, app.app_id, f"{head}.{body}.{signature}")


async def _other_audience(served: Served) -> Got:
    app = add_app(served.tenant, keyCredentials=[key_credential()])
    return await _by_assertion(served, app.app_id, assertion(app.app_id, "https://elsewhere.example/token"))


async def _old_assertion(served: Served) -> Got:
    app = add_app(served.tenant, keyCredentials=[key_credential()])
    return await _by_assertion(served, app.app_id, assertion(app.app_id, _endpoint(served), nbf=1, exp=2))


async def _foreign_issuer(served: Served) -> Got:
    app = add_app(served.tenant, keyCredentials=[key_credential()])
    return await _by_assertion(served, app.app_id, assertion(app.app_id, _endpoint(served), iss="https://github.com"))


async def _no_jwt(served: Served) -> Got:
    return await _by_assertion(served, add_app(served.tenant).app_id, "no.jwt.atall")


async def _unknown_app(served: Served) -> Got:
    return await served.by_secret(served.tenant.new_id(), SECRET)


async def _no_principal(served: Served) -> Got:
    return await served.by_secret(add_app(served.tenant, principal=False).app_id, SECRET)


async def _switched_off(served: Served) -> Got:
    app = add_app(served.tenant)
    served.tenant.seed({"servicePrincipals": [{"id": app.principal_id, "accountEnabled": False}]})
    return await served.by_secret(app.app_id, SECRET)


async def _unknown_tenant(served: Served) -> Got:
    return await served.by_secret(tenant="fabrikam.onmicrosoft.com")


async def _common(served: Served) -> Got:
    return await served.by_secret(tenant="common")


async def _single_scope(served: Served) -> Got:
    return await served.by_secret(scope=f"{served.ready['graph']}/User.Read.All")


async def _unknown_resource(served: Served) -> Got:
    return await served.by_secret(scope="https://vault.example.net/.default")


async def _no_scope(served: Served) -> Got:
    return await served.by_secret(scope="")


async def _odd_grant(served: Served) -> Got:
    return await served.by_secret(grant_type="magic")


async def _blocked(served: Served) -> Got:
    app = add_app(served.tenant)
    policy = {
        "id": served.tenant.new_id(),
        "state": "enabled",
        "conditions": {
            "applications": {"includeApplications": ["All"]},
            "clientApplications": {"includeServicePrincipals": [app.principal_id]},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["block"]},
    }
    served.tenant.seed({"conditionalAccessPolicies": [policy]})
    return await served.by_secret(app.app_id, SECRET)


REFUSALS: list[tuple[Refusal, Refused]] = [
    (_secret_id, Refused(7000215, 401, "invalid_client")),
    (_removed_secret, Refused(7000215, 401, "invalid_client")),
    (_expired_secret, Refused(7000222, 401, "invalid_client")),
    (_no_proof, Refused(7000216, 401, "invalid_client")),
    (_unknown_key, Refused(700027, 401, "invalid_client")),
    (_expired_key, Refused(700027, 401, "invalid_client")),
    (_spoilt_signature, Refused(700027, 401, "invalid_client")),
    (_other_audience, Refused(700023, 401, "invalid_client")),
    (_old_assertion, Refused(700024, 401, "invalid_client")),
    (_foreign_issuer, Refused(70021, 400, "invalid_request")),
    (_no_jwt, Refused(50027, 401, "invalid_client")),
    (_unknown_app, Refused(700016, 400, "unauthorized_client")),
    (_no_principal, Refused(7000229, 401, "invalid_client")),
    (_switched_off, Refused(7000112, 400, "unauthorized_client")),
    (_unknown_tenant, Refused(90002, 400, "invalid_request")),
    (_common, Refused(9001023, 400, "invalid_request")),
    (_single_scope, Refused(1002012, 400, "invalid_scope")),
    (_unknown_resource, Refused(500011, 400, "invalid_resource")),
    (_no_scope, Refused(900144, 400, "invalid_request")),
    (_odd_grant, Refused(70003, 400, "unsupported_grant_type")),
    (_blocked, Refused(53003, 400, "invalid_grant", "message_only")),
]


@pytest.mark.parametrize(("ask", "refused"), REFUSALS, ids=[ask.__name__[1:] for ask, _ in REFUSALS])
async def test_a_refusal_is_told_as_microsoft_does(served: Served, ask: Refusal, refused: Refused) -> None:
    refused.is_told_by(await ask(served))


async def test_a_blocked_sign_in_names_the_policies(served: Served) -> None:
    got = await _blocked(served)
    assert "capolids" in got.body["claims"]


async def test_a_new_secret_is_unknown_until_it_has_spread() -> None:
    async with serving(lag=60.0) as served:
        await served.door("POST", "/clock", {"rate": 0})
        app = add_app(served.tenant)
        fresh = {"keyId": served.tenant.new_id(), "secretText": "new-secret", "@created": served.tenant.stamp()}
        served.tenant.seed({"applications": [{"id": app.object_id, "passwordCredentials": [fresh]}]})
        early = await served.by_secret(app.app_id, "new-secret")
        await served.door("POST", "/clock", {"advance": "61s"})
        late = await served.by_secret(app.app_id, "new-secret")
        assert (early.body["error_codes"], late.status) == ([7000215], 200)


async def test_a_new_grant_reaches_tokens_later() -> None:
    async with serving(lag=60.0) as served:
        await served.door("POST", "/clock", {"rate": 0})
        app = add_app(served.tenant)
        grant_role(served.tenant, app.principal_id, "User.Read.All")
        assignments = served.tenant.collection("appRoleAssignments")
        (row,) = assignments.find("principalId", app.principal_id)
        assignments.put({**row, "id": "again", "appRoleId": row["appRoleId"]})
        assignments.remove(row["id"], at_once=True)
        early = claims_of((await served.by_secret(app.app_id, SECRET)).body["access_token"])
        await served.door("POST", "/clock", {"advance": "60s"})
        late = claims_of((await served.by_secret(app.app_id, SECRET)).body["access_token"])
        assert ("roles" in early, late.get("roles")) == (False, ["User.Read.All"])


async def test_exchange_is_a_resource_of_its_own_and_graph_refuses_its_token(served: Served) -> None:
    got = await served.by_secret(scope="https://outlook.office365.com/.default")
    assert got.status == 200
    answer = await served.graph("GET", "/organization", got.body["access_token"])
    assert (answer.status, answer.error) == (401, "InvalidAuthenticationToken")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


def _endpoint(served: Served) -> str:
    return f"{served.ready['login']}/{served.ready['tenantId']}/oauth2/v2.0/token"


async def _by_assertion(served: Served, app_id: str, made: str) -> Got:
    return await served.token(
        grant_type="client_credentials",
        client_id=app_id,
        client_assertion_type=ASSERTION_TYPE,
        client_assertion=made,
        scope=served.scope,
    )
