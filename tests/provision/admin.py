"""An administrator in a browser: opens a consent link of the simulated tenant and accepts, without any code of ours."""

import html
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Protocol

from tests.provision.lab import Lab
from tests.tenant import SimulatedTenant

GRAPH = "00000003-0000-0000-c000-000000000000"


class Place(Protocol):
    """Whatever stands on a simulated tenant."""

    tenant: SimulatedTenant


class _Stay(urllib.request.HTTPRedirectHandler):
    """Where the link lands is nobody's server here."""

    def redirect_request(self, *_: Any) -> None:
        """Does not go there."""


def accept(lab: Place, link: str, decision: str = "accept") -> tuple[str, dict[str, str]]:
    """What the page asked for, and the query with which it went back to the app."""
    context = ssl.create_default_context(cafile=lab.tenant.ready["ca"])
    opener = urllib.request.build_opener(
        _Stay, urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    with opener.open(link, timeout=30) as answer:
        page = answer.read().decode()
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    form = {name: html.unescape(value) for name, value in fields.items()}
    operator = lab.tenant.ready["operator"]
    form |= {"username": operator["userPrincipalName"], "password": operator["password"], "decision": decision}
    action = html.unescape(re.search(r'action="([^"]+)"', page)[1])  # type: ignore[index]
    try:
        opener.open(action, urllib.parse.urlencode(form).encode(), timeout=30)
    except urllib.error.HTTPError as error:
        with error:
            location = error.headers["Location"] or error.read().decode()
    return page, dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))


def with_only(lab: Lab, *names: str) -> None:
    """Leaves the operator's app these application permissions of Graph, and no others."""
    principals = lab.tenant.state("servicePrincipals")
    graph = next(p for p in principals if p["appId"] == GRAPH)
    roles = {role["value"]: role["id"] for role in graph["appRoles"]}
    me = next(p["id"] for p in principals if p["appId"] == lab.tenant.ready["operator"]["clientId"])
    kept = [g for g in lab.tenant.state("appRoleAssignments") if g["principalId"] != me]
    lab.tenant.delete("/state/appRoleAssignments")
    mine = [{"principalId": me, "resourceId": graph["id"], "appRoleId": roles[name]} for name in names]
    lab.tenant.seed(appRoleAssignments=[*kept, *mine])


def granted(lab: Lab, app_id: str) -> set[str]:
    """Names of what the app has: application permissions, and delegated ones with the word behind."""
    principals = lab.tenant.state("servicePrincipals")
    graph = next(p for p in principals if p["appId"] == GRAPH)
    names = {role["id"]: role["value"] for role in graph["appRoles"]}
    mine = [p["id"] for p in principals if p["appId"] == app_id]
    roles = {names[g["appRoleId"]] for g in lab.tenant.state("appRoleAssignments") if g["principalId"] in mine}
    grants = [g for g in lab.tenant.state("oauth2PermissionGrants") if g["clientId"] in mine]
    return roles | {f"{scope} delegated" for grant in grants for scope in grant["scope"].split()}
