"""Breaking one thing at a time in a provisioned tenant, through the simulated tenant's door."""

import json
from typing import Any

from tests.provision.lab import Lab

GRAPH = "00000003-0000-0000-c000-000000000000"
Row = dict[str, Any]


def app(lab: Lab) -> Row:
    """Our app."""
    (found,) = lab.apps()
    return found


def principal(lab: Lab) -> Row:
    """Its service principal."""
    app_id = app(lab)["appId"]
    return next(p for p in lab.tenant.state("servicePrincipals") if p["appId"] == app_id)


def graph(lab: Lab) -> Row:
    """Microsoft Graph's service principal."""
    return next(p for p in lab.tenant.state("servicePrincipals") if p["appId"] == GRAPH)


def role(lab: Lab, name: str) -> str:
    """The id of one of Graph's application permissions."""
    return next(str(r["id"]) for r in graph(lab)["appRoles"] if r["value"] == name)


def only(lab: Lab, collection: str, keep: Any) -> None:
    """Leaves those objects of a collection that `keep` is true for."""
    rows = [row for row in lab.tenant.state(collection) if keep(row)]
    lab.tenant.delete(f"/state/{collection}")
    lab.tenant.seed(**{collection: rows})


def revoke(lab: Lab, name: str) -> None:
    """Takes one granted application permission away."""
    own, gone = principal(lab)["id"], role(lab, name)
    only(lab, "appRoleAssignments", lambda g: (g["principalId"], g["appRoleId"]) != (own, gone))


def grant(lab: Lab, name: str) -> None:
    """Grants one, as somebody in the portal would."""
    entry = {"id": f"portal-{name}", "principalId": principal(lab)["id"], "resourceId": graph(lab)["id"]}
    lab.tenant.seed(appRoleAssignments=[{**entry, "appRoleId": role(lab, name), "principalType": "ServicePrincipal"}])


def undeclare(lab: Lab, name: str) -> None:
    """Takes one permission out of the manifest."""
    ours, gone = app(lab), role(lab, name)
    for api in ours["requiredResourceAccess"]:
        api["resourceAccess"] = [e for e in api["resourceAccess"] if e["id"] != gone]
    lab.tenant.seed(applications=[ours])


def restrict(lab: Lab, group: str, right: str = "RestrictAccess") -> None:
    """An access policy for our app, in force for long."""
    policy = {"id": f"{group}-{right}", "AppId": app(lab)["appId"], "AccessRight": right, "PolicyScopeGroupId": group}
    lab.tenant.seed(applicationAccessPolicies=[policy])


def group_of(lab: Lab, address: str) -> Row:
    """A group by the part of its address before the @."""
    return next(g for g in lab.tenant.state("groups") if str(g.get("mail")).startswith(f"{address}@"))


def exchange_gives(lab: Lab, name: str = "Calendars.Read", **scope: str) -> None:
    """A role assignment in Exchange, in force for long; `scope` as the cmdlet's row, none for everything."""
    own = principal(lab)
    pointer = {
        "id": "pointer",
        "AppId": own["appId"],
        "ObjectId": own["id"],
        "DisplayName": "Tenantry",
        "Guid": "pointer",
    }
    row: dict[str, Any] = {
        "id": f"assignment-{name}",
        "Name": f"{name} assignment",
        "Role": f"Application {name}",
        "@pointer": "pointer",
    }
    row |= {"RoleAssigneeType": "ServicePrincipal", "RoleAssignee": own["id"], "Enabled": True}
    lab.tenant.seed(exchangeServicePrincipals=[pointer], managementRoleAssignments=[{**row, **scope}])


def scope_of_group(lab: Lab, address: str) -> dict[str, str]:
    """A management scope for the direct members of a group, as the script makes it."""
    name = f"CN={group_of(lab, address)['displayName']},OU={lab.tenant.ready['domain']}"
    name += ",OU=Microsoft Exchange Hosted Organizations,DC=EURPR01A001,DC=PROD,DC=OUTLOOK,DC=COM"
    scope = {"id": "scope", "Name": "Tenantry", "RecipientFilter": f"MemberOfGroup -eq '{name}'"}
    lab.tenant.seed(managementScopes=[scope])
    return {"CustomResourceScope": "Tenantry"}


def store(lab: Lab, **changes: Any) -> None:
    """Changes what the credential store holds."""
    path = lab.root / "secrets" / lab.names[0]
    path.write_text(json.dumps({**lab.stored(lab.names[0]), **changes}), encoding="utf-8")


def workspace(lab: Lab, old: str, new: str) -> None:
    """Changes tenantry.toml."""
    path = lab.root / "tenantry.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
