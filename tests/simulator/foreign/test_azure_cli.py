"""Azure CLI (PyPI `azure-cli`) signs in, lists, makes an app, changes it, deletes it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.tenant import SimulatedTenant

pytestmark = [pytest.mark.clients, pytest.mark.slow]

GRAPH = "00000003-0000-0000-c000-000000000000"
CALENDARS_READ = "798ee544-9d2d-430c-a058-570e29e34338"
USER_READ = "e1fe6dd8-ba31-4d61-89e7-88639da4683d"


@pytest.fixture(scope="module")
def az(client: Callable[[str], Callable[..., Any]], rehearsed: SimulatedTenant) -> Callable[..., Any]:
    """The client, signed in as the operator."""
    run, ready = client("az"), rehearsed.ready
    operator = ready["operator"]
    signed = run(
        "login",
        "--service-principal",
        "-u",
        operator["clientId"],
        f"-p={operator['clientSecret']}",
        "--tenant",
        ready["tenantId"],
        "--skip-subscription-discovery",
        "-o",
        "json",
    )
    assert [account["tenantId"] for account in signed] == [ready["tenantId"]]

    def directory(*words: str) -> Any:
        return run("ad", *words, "-o", "json")

    return directory


def test_people_and_groups(az: Callable[..., Any], rehearsed: SimulatedTenant) -> None:
    users = {user["id"] for user in az("user", "list")}
    assert len(users) == 121  # and the operator
    assert len(az("user", "list", "--filter", "startswith(displayName,'Å')")) < 121
    assert {group["displayName"] for group in az("group", "list")} >= {"Switchboard", "Försäljning ’Nord’"}


def test_an_app_from_making_to_deleting(az: Callable[..., Any], rehearsed: SimulatedTenant) -> None:
    app = az("app", "create", "--display-name", "Made by Azure CLI", "--sign-in-audience", "AzureADMyOrg")
    app_id = app["appId"]
    principal = az("sp", "create", "--id", app_id)
    az(
        "app", "permission", "add", "--id", app_id, "--api", GRAPH, "--api-permissions", f"{CALENDARS_READ}=Role",
        f"{USER_READ}=Scope",
    )  # fmt: skip
    wanted = az("app", "permission", "list", "--id", app_id)[0]["resourceAccess"]
    assert {(one["id"], one["type"]) for one in wanted} == {(CALENDARS_READ, "Role"), (USER_READ, "Scope")}

    az("app", "permission", "grant", "--id", app_id, "--api", GRAPH, "--scope", "User.Read", "Calendars.Read")
    granted = [row for row in rehearsed.state("oauth2PermissionGrants") if row["clientId"] == principal["id"]]
    assert [sorted(row["scope"].split()) for row in granted] == [["Calendars.Read", "User.Read"]]

    made = az("app", "credential", "reset", "--id", app_id, "--append", "--display-name", "by hand", "--years", "1")
    kept = az("app", "credential", "list", "--id", app_id)
    assert made["password"]
    assert [row["displayName"] for row in kept] == ["by hand"]
    assert made["password"] not in json.dumps(rehearsed.requests())

    az("app", "permission", "delete", "--id", app_id, "--api", GRAPH)
    assert az("app", "permission", "list", "--id", app_id) == []
    az("app", "delete", "--id", app_id)
    assert app_id not in {row["appId"] for row in rehearsed.state("applications")}
    assert app_id not in {row["appId"] for row in rehearsed.state("servicePrincipals")}


def test_a_person_signs_in(
    client: Callable[[str], Callable[..., Any]], az: Callable[..., Any], rehearsed: SimulatedTenant
) -> None:
    run, operator = client("az"), rehearsed.ready["operator"]
    name = operator["userPrincipalName"]
    run(
        "login", "-u", name, f"-p={operator['password']}", "--tenant", rehearsed.ready["tenantId"],
        "--skip-subscription-discovery", "-o", "json",
    )  # fmt: skip
    assert az("signed-in-user", "show")["userPrincipalName"] == name
