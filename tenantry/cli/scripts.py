"""`tenantry scripts`: what only Exchange can do, as PowerShell that a person reads, signs and runs. No network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tenantry.cli import common
from tenantry.errors import UsageError

if TYPE_CHECKING:
    from templates.scripts import Samples, Script, Target
    from tenantry.integration import IntegrationFile, Mailboxes
    from tenantry.workspace.model import Integration, Tenant

KINDS = ("rbac", "access-policy", "evidence")
PRODUCTS = ("online", "2010", "2013", "2016", "2019", "se")


@click.group()
def command() -> None:
    """Exchange scripts: keep an app to its mailboxes, and write down who may reach what.

    A script is made for one integration, holds its data, and needs nothing of Tenantry where it runs.
    """


@command.command("list", epilog=common.examples("tenantry scripts list", "tenantry scripts list -o json"))
@common.plain_options
def list_(session: common.Session) -> None:
    """The kinds of scripts and what each does."""
    from templates.scripts import KINDS as KNOWN

    session.show([{"kind": kind.name, "products": ", ".join(kind.products), "does": kind.does} for kind in KNOWN])


@dataclass(frozen=True)
class Wish:
    """What the command line says beyond the workspace."""

    group: str | None
    unit: str | None
    members: tuple[str, ...]
    inside: tuple[str, ...]
    outside: tuple[str, ...]
    deny: bool
    app_id: str | None
    service_principal_id: str | None


@command.command(
    "render",
    epilog=common.examples(
        "tenantry scripts render rbac contoso/telia",
        "tenantry scripts render access-policy contoso/telia --group switchboard@contoso.com --out scripts",
        "tenantry scripts render rbac --samples-inside anna@contoso.com --samples-outside ceo@contoso.com",
        "tenantry scripts render evidence contoso",
    ),
)
@common.workspace_options
@click.argument("kind", type=click.Choice(KINDS))
@common.names_argument
@click.option("--integration", "more", multiple=True, metavar="T/I", help="The same as naming it as an argument.")
@click.option("--product", type=click.Choice(PRODUCTS), default="online", show_default=True, help="Which Exchange.")
@click.option("--group", metavar="ADDRESS", help="Mail-enabled security group in scope; made where there is none.")
@click.option("--administrative-unit", "unit", metavar="ID", help="Entra administrative unit in scope (rbac).")
@click.option("--member", "members", multiple=True, metavar="ADDRESS", help="Put this mailbox into the group.")
@click.option(
    "--members", "members_file", type=click.Path(path_type=Path), help="The same for every line of a text file."
)
@click.option("--samples-inside", "inside", multiple=True, metavar="ADDRESS", help="Must be reachable; is asked about.")
@click.option("--samples-outside", "outside", multiple=True, metavar="ADDRESS", help="Must not be reachable.")
@click.option("--deny", is_flag=True, help="access-policy: keep the app out of the group instead of in it.")
@click.option("--app-id", metavar="ID", help="Client id, where no integration file tells it.")
@click.option("--service-principal-id", metavar="ID", help="Object id of the enterprise application (rbac).")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder; by default scripts/.")
def render(
    session: common.Session,
    *,
    kind: str,
    names: tuple[str, ...],
    more: tuple[str, ...],
    product: str,
    group: str | None,
    unit: str | None,
    members: tuple[str, ...],
    members_file: Path | None,
    inside: tuple[str, ...],
    outside: tuple[str, ...],
    deny: bool,
    app_id: str | None,
    service_principal_id: str | None,
    out: Path | None,
) -> None:
    """Make scripts of KIND (rbac, access-policy, evidence) and a list of their SHA-256 beside them.

    Reads the integration file where there is one, so run `provision apply` first; before that give --app-id.
    The mailboxes in scope come from tenantry.toml unless --group or --administrative-unit is given.
    """
    from templates import scripts

    if product != "online":
        raise UsageError(f"{kind} needs cmdlets that only Exchange Online has, not {product}.", fix="Leave --product.")
    wish = Wish(group, unit, (*members, *_lines(members_file)), inside, outside, deny, app_id, service_principal_id)
    chosen = session.select((*names, *more))
    made = _evidence(chosen) if kind == "evidence" else _narrow(session, kind, chosen, wish)
    folder = out or session.root / "scripts"
    paths = scripts.write(made, folder)
    rows = [{"kind": kind, "script": str(path), "sha256": item.sha256} for path, item in zip(paths, made, strict=True)]
    session.show(rows)
    session.say(_next(kind))


def _evidence(chosen: "Sequence[tuple[Tenant, Integration]]") -> "list[Script]":
    """One script for each tenant."""
    from templates import scripts

    tenants = {tenant.name: tenant for tenant, _ in chosen}
    return [
        scripts.evidence(scripts.Target(tenant_id=tenant.id or "", cloud=tenant.cloud.name, tenant=tenant.name))
        for tenant in tenants.values()
    ]


def _narrow(
    session: common.Session, kind: str, chosen: "Sequence[tuple[Tenant, Integration]]", wish: Wish
) -> "list[Script]":
    """One script for each integration; the problems of all are told together."""
    from tenantry.errors import ConfigurationError, Problem, TenantryError

    make = _rbac if kind == "rbac" else _access_policy
    if wish.deny and kind == "rbac":
        raise UsageError("--deny is for access-policy; rbac only gives rights.")
    made: list[Script] = []
    problems: list[Problem] = []
    for tenant, integration in chosen:
        try:
            made.append(_one(session, make, tenant, integration, wish))
        except TenantryError as error:
            where = f"{tenant.name}/{integration.name}"
            problems += [Problem(p.what, where=p.where or where, field=p.field, fix=p.fix) for p in error.problems]
    if problems:
        raise ConfigurationError(problems)
    return made


Make = Callable[["Target", "Case", Wish, "Samples"], "Script"]


@dataclass(frozen=True)
class Case:
    """One integration as the script needs it: ids (empty where unknown), permissions, mailboxes in scope."""

    app_id: str
    service_principal_id: str
    permissions: tuple[str, ...]
    mailboxes: "Mailboxes"


def _one(session: common.Session, make: Make, tenant: "Tenant", integration: "Integration", wish: Wish) -> "Script":
    from templates.scripts import Samples, Target

    file = _emitted(session.root, tenant, integration)
    target = Target(
        tenant_id=file.tenant.id if file else tenant.id or "",
        cloud=tenant.cloud.name,
        tenant=tenant.name,
        integration=integration.name,
    )
    case = Case(
        app_id=wish.app_id or (file.app.app_id if file else ""),
        service_principal_id=wish.service_principal_id or (file.app.service_principal_id if file else ""),
        permissions=_permissions(session.root, integration, file),
        mailboxes=integration.mailboxes,
    )
    if not case.app_id:
        raise UsageError("the app's id is not known.", fix="Run `tenantry provision apply` first, or give --app-id.")
    return make(target, case, wish, Samples(inside=wish.inside, outside=wish.outside))


def _emitted(root: Path, tenant: "Tenant", integration: "Integration") -> "IntegrationFile | None":
    from tenantry.integration import load, path_of

    path = path_of(root, tenant.name, integration.name)
    return load(path) if path.exists() else None


def _permissions(root: Path, integration: "Integration", file: "IntegrationFile | None") -> tuple[str, ...]:
    """Names of the application permissions."""
    if file is not None:
        return tuple(p.name for p in file.permissions.required if p.type == "application")
    from tenantry import profiles

    needed = profiles.load(integration.profile, root).permissions
    return tuple(p.name for p in needed if p.type == "application")


def _access_policy(target: "Target", case: Case, wish: Wish, samples: "Samples") -> "Script":
    from templates import scripts

    if not scripts.narrowed_by_policy(case.permissions):
        raise UsageError(f"an access policy narrows none of {', '.join(case.permissions)}.")
    if wish.unit:
        raise UsageError(
            "an access policy knows groups only, no administrative units.", fix="Give --group, or use rbac."
        )
    group, members = _group(case.mailboxes, wish)
    return scripts.access_policy(
        target,
        app_id=case.app_id,
        group=group,
        members=members,
        samples=samples,
        right="DenyAccess" if wish.deny else "RestrictAccess",
    )


def _rbac(target: "Target", case: Case, wish: Wish, samples: "Samples") -> "Script":
    from templates import scripts

    if not case.service_principal_id:
        raise UsageError(
            "the object id of the enterprise application is not known.",
            fix="Run `tenantry provision apply` first, or give --service-principal-id.",
        )
    unit = wish.unit or ("" if wish.group else case.mailboxes.administrative_unit or "")
    group, members = ("", ()) if unit else _group(case.mailboxes, wish)
    return scripts.rbac(
        target,
        app_id=case.app_id,
        service_principal_id=case.service_principal_id,
        permissions=case.permissions,
        group=group,
        administrative_unit=unit,
        members=members,
        samples=samples,
    )


def _group(mailboxes: "Mailboxes", wish: Wish) -> tuple[str, tuple[str, ...]]:
    """The group in scope and who is put into it: what was asked for, and the rooms of tenantry.toml."""
    members = (*wish.members, *(mailboxes.rooms or ()))
    if wish.group is not None:
        return wish.group, members
    if mailboxes.group:
        return mailboxes.group, members
    if mailboxes.all:
        raise UsageError("all mailboxes are in scope, so there is nothing to narrow.", fix="Give --group ADDRESS.")
    what = "rooms are" if mailboxes.rooms else "an administrative unit is"
    raise UsageError(f"{what} in scope, and Exchange wants a group.", fix="Give --group ADDRESS; it is made if needed.")


def _lines(path: Path | None) -> tuple[str, ...]:
    """The lines of a text file that are not blank."""
    if path is None:
        return ()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as UTF-8 text ({error}).", fix="One address a line.") from error
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _next(kind: str) -> str:
    notes = {
        "access-policy": "Application access policies are legacy; `tenantry scripts render rbac` is the way to go. ",
        "rbac": "Afterwards withdraw the same permissions in Entra, or the app still reaches every mailbox. ",
        "evidence": "Run it in the workspace folder: `provision verify` and the audit read its exchange/*.json. ",
    }
    return f"{notes[kind]}Read the script, then run it in PowerShell: first with -WhatIf, then without."
