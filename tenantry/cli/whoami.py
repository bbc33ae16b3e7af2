"""`tenantry whoami`: which tenant, who is signed in, and what of each profile these rights suffice for."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from tenantry.cli import common

if TYPE_CHECKING:
    from tenantry.workspace.model import Tenant


@click.command("whoami", epilog=common.examples("tenantry whoami", "tenantry whoami contoso -o json"))
@common.workspace_options
@click.option("--profile", help="Judge the rights for this profile instead of those of the workspace.")
@click.argument("tenants", nargs=-1, metavar="[TENANT]...")
def command(session: common.Session, profile: str | None, tenants: tuple[str, ...]) -> None:
    """Sign in, say which tenant it is and as whom, and whether the rights suffice for the work."""
    data = [session.run(_ask(session, tenant, profile)) for tenant in _chosen(session, tenants)]
    session.show([row for answer in data for row in _rows(answer)], ["tenant", "what", "value"], data=data)


def _rows(answer: dict[str, Any]) -> Iterator[dict[str, object]]:
    """The answer for people: facts first, then each step of the work."""
    who = answer["operator"]
    facts = [
        ("tenant id", answer["id"]),
        ("organisation", answer["displayName"]),
        ("cloud", answer["cloud"]),
        ("signed in as", f"{who['name']} ({who['kind']})"),
        *(("permission", name) for name in answer["permissions"] or ["none"]),
    ]
    if who["kind"] == "person":
        facts += [("directory role", name) for name in answer["roles"] or ["none that we know"]]
    for judged in answer["suffices"]:
        verdict = "yes" if judged["ok"] else f"no: lacks {judged['missing']}"
        facts.append((f"{judged['profile']}: may {judged['step']}", verdict))
    for what, value in facts:
        yield {"tenant": answer["tenant"], "what": what, "value": value}


def _chosen(session: common.Session, names: Sequence[str]) -> "list[Tenant]":
    from tenantry.errors import UsageError
    from tenantry.toml import closest

    known = session.workspace().tenants
    for name in names:
        if name not in [tenant.name for tenant in known]:
            raise UsageError(f'There is no tenant "{name}".', fix=closest(name, [tenant.name for tenant in known]))
    return [tenant for tenant in known if not names or tenant.name in names]


async def _ask(session: common.Session, tenant: "Tenant", profile: str | None) -> dict[str, Any]:
    """One tenant's answer, as `-o json` prints it."""
    from tenantry import profiles, rights
    from tenantry.errors import GraphError
    from tenantry.graph import Graph

    if profile:
        wanted = [profiles.load(profile, session.root)]
    else:
        wanted = list({i.profile: profiles.of(i, session.root) for i in tenant.integrations}.values())
    async with Graph.for_operator(tenant, session.root, session.clock(tenant)) as graph:
        claims = await graph.claims()
        organization: dict[str, Any] = {}
        try:
            found = await graph.get("/organization", {"$select": "id,displayName,verifiedDomains"})
            organization = next(iter(found.get("value", [])), {})
        except GraphError as error:
            if error.status != 403:
                raise
    person = claims.get("upn") or claims.get("unique_name") or claims.get("preferred_username")
    app = claims.get("app_displayname") or claims.get("appid") or claims.get("azp")
    return {
        "tenant": tenant.name,
        "id": organization.get("id") or claims.get("tid"),
        "displayName": organization.get("displayName"),
        "domains": [domain.get("name") for domain in organization.get("verifiedDomains", [])],
        "cloud": tenant.cloud.name,
        "operator": {
            "kind": "app" if rights.is_app(claims) else "person",
            "id": claims.get("oid"),
            "name": app if rights.is_app(claims) else person or claims.get("oid"),
            "appId": claims.get("appid") or claims.get("azp"),
        },
        "permissions": rights.permissions(claims),
        "roles": rights.directory_roles(claims),
        "suffices": [
            {"profile": needs.name, **judged._asdict()}
            for needs in wanted
            for judged in rights.suffices(claims, rights.steps(needs))
        ],
    }
