"""CLI for Microsoft 365 (npm `@pnp/cli-microsoft365`) does the same its own way."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.tenant import SimulatedTenant

pytestmark = [pytest.mark.clients, pytest.mark.slow]

GRAPH = "https://graph.microsoft.com"


@pytest.fixture(scope="module")
def m365(client: Callable[[str], Callable[..., Any]], rehearsed: SimulatedTenant) -> Callable[..., Any]:
    """The client, signed in as the operator."""
    run, ready = client("m365"), rehearsed.ready
    operator = ready["operator"]
    run(
        "login", "--authType", "secret", "--appId", operator["clientId"], "--secret", operator["clientSecret"],
        "--tenant", ready["tenantId"], "--output", "json",
    )  # fmt: skip

    def entra(*words: str) -> Any:
        return run("entra", *words, "--output", "json")

    return entra


def test_an_app_with_consent_and_secret(m365: Callable[..., Any], rehearsed: SimulatedTenant) -> None:
    app = m365(
        "app", "add", "--name", "Made by m365", "--withSecret", "--grantAdminConsent",
        "--apisApplication", f"{GRAPH}/Calendars.Read,{GRAPH}/User.Read.All", "--apisDelegated", f"{GRAPH}/User.Read",
    )  # fmt: skip
    assert [secret["displayName"] for secret in app["secrets"]] == ["Default"]
    asked = m365("app", "permission", "list", "--appId", app["appId"])
    assert {(row["permission"], row["type"]) for row in asked} == {
        ("User.Read", "Delegated"),
        ("Calendars.Read", "Application"),
        ("User.Read.All", "Application"),
    }

    places = f"{GRAPH}/Place.Read.All"
    m365("app", "permission", "add", "--appId", app["appId"], "--applicationPermissions", places, "--grantAdminConsent")
    calendars = ("--applicationPermissions", f"{GRAPH}/Calendars.Read", "--revokeAdminConsent", "--force")
    m365("app", "permission", "remove", "--appId", app["appId"], *calendars)
    granted = m365("approleassignment", "list", "--appId", app["appId"])
    assert {row["roleName"] for row in granted} == {"User.Read.All", "Place.Read.All"}

    principal = m365("enterpriseapp", "get", "--displayName", "Made by m365")
    assert [row["scope"] for row in m365("oauth2grant", "list", "--spObjectId", principal["id"])] == ["User.Read"]
    m365("app", "remove", "--appId", app["appId"], "--force")
    assert app["appId"] not in {row["appId"] for row in rehearsed.state("applications")}


def test_people_and_groups(m365: Callable[..., Any], rehearsed: SimulatedTenant) -> None:
    name = f"new@{rehearsed.ready['domain']}"
    m365("user", "add", "--displayName", "New", "--userName", name, "--password", "Abc!2345xyz")
    m365("group", "add", "--displayName", "Of m365", "--type", "security")
    m365("group", "member", "add", "--groupName", "Of m365", "--userNames", name, "--role", "Member")
    members = m365("group", "member", "list", "--groupName", "Of m365")
    assert [member["userPrincipalName"] for member in members] == [name]
    assert name in {user["userPrincipalName"] for user in m365("user", "list")}
