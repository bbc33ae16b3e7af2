"""`tenantry scripts`: what only Exchange can do, as PowerShell that a person reads, signs and runs. No network."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tenantry.cli import common
from tenantry.cli.rehearse import rehearse
from tenantry.errors import UsageError

if TYPE_CHECKING:
    from templates.scripts import Script
    from tenantry.cli.script_cases import Wish
    from tenantry.workspace.model import Integration, Tenant

KINDS = ("rbac", "access-policy", "reviewer", "service-user", "rooms", "ews-allow", "evidence", "teardown")
PRODUCTS = ("online", "2010", "2013", "2016", "2019", "se", "2007")


@click.group()
def command() -> None:
    """Exchange scripts: keep an app to its mailboxes, give a sync user its rights, and write down who may reach what.

    A script is made for one integration, holds its data, and needs nothing of Tenantry where it runs.
    """


@command.command("list", epilog=common.examples("tenantry scripts list", "tenantry scripts list -o json"))
@common.plain_options
def list_(session: common.Session) -> None:
    """The kinds of scripts and what each does."""
    from templates.scripts import KINDS as KNOWN

    session.show([{"kind": kind.name, "products": ", ".join(kind.products), "does": kind.does} for kind in KNOWN])


@command.command(
    "render",
    epilog=common.examples(
        "tenantry scripts render rbac contoso/telia",
        "tenantry scripts render rbac contoso/telia --migrate",
        "tenantry scripts render access-policy contoso/telia --group switchboard@contoso.com --out scripts",
        "tenantry scripts render rbac --samples-inside anna@contoso.com --samples-outside ceo@contoso.com",
        "tenantry scripts render reviewer contoso/bredband2 --user monitor@contoso.com --product 2016",
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
@click.option("--member", "members", multiple=True, metavar="ADDRESS", help="Put this mailbox into the group; a room.")
@click.option(
    "--members", "members_file", type=click.Path(path_type=Path), help="The same for every line of a text file."
)
@click.option("--samples-inside", "inside", multiple=True, metavar="ADDRESS", help="Must be reachable; is asked about.")
@click.option("--samples-outside", "outside", multiple=True, metavar="ADDRESS", help="Must not be reachable.")
@click.option("--deny", is_flag=True, help="access-policy: keep the app out of the group instead of in it.")
@click.option("--migrate", is_flag=True, help="rbac: move the app there from its access policies, in two phases.")
@click.option("--app-id", metavar="ID", help="Client id, where no integration file tells it.")
@click.option("--service-principal-id", metavar="ID", help="Object id of the enterprise application (rbac).")
@click.option("--user", metavar="ADDRESS", help="The sync user (reviewer, service-user).")
@click.option("--role", metavar="ROLE", help="Its role on calendars, Reviewer by default (reviewer, teardown).")
@click.option("--name", metavar="TEXT", help="Its name, Monitor by default (service-user).")
@click.option("--database", metavar="NAME", help="Its mailbox database; Exchange 2007 must be told (service-user).")
@click.option("--room-list", metavar="ADDRESS", help="Room list for the rooms; made where there is none (rooms).")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder; by default scripts/.")
def render(
    session: common.Session,
    *,
    kind: str,
    names: tuple[str, ...],
    more: tuple[str, ...],
    product: str,
    members: tuple[str, ...],
    members_file: Path | None,
    out: Path | None,
    **wishes: Any,
) -> None:
    """Make scripts of KIND (see `scripts list`) and a list of their SHA-256 beside them.

    Reads the integration file where there is one, so run `provision apply` first; before that give --app-id.
    The mailboxes in scope come from tenantry.toml unless --group or --administrative-unit is given.
    """
    from templates import scripts
    from tenantry.cli.script_cases import Wish

    _check(kind, product, wishes)
    wish = Wish(product=product, members=(*members, *_lines(members_file)), **wishes)
    chosen = session.select((*names, *more))
    made = _evidence(chosen, product) if kind == "evidence" else _each(session, kind, chosen, wish)
    folder = out or session.root / "scripts"
    paths = scripts.write(made, folder)
    rows = [{"kind": kind, "script": str(path), "sha256": item.sha256} for path, item in zip(paths, made, strict=True)]
    session.show(rows)
    session.say(_next(kind))


def _check(kind: str, product: str, wishes: dict[str, Any]) -> None:
    """Refuses what does not go together."""
    from templates.scripts import KINDS as KNOWN

    products = next(known.products for known in KNOWN if known.name == kind)
    if products == ("online",) and product != "online":
        raise UsageError(f"{kind} needs cmdlets that only Exchange Online has, not {product}.", fix="Leave --product.")
    if product not in products:
        raise UsageError(f"there is no {kind} for {product}.", fix=f"There is one for {', '.join(products)}.")
    for option, only in (("deny", "access-policy"), ("migrate", "rbac")):
        if wishes[option] and kind != only:
            raise UsageError(f"--{option} is for {only}.", fix=f"Leave --{option}.")


def _evidence(chosen: "Sequence[tuple[Tenant, Integration]]", product: str) -> "list[Script]":
    """One script for each tenant."""
    from templates import scripts
    from tenantry.cli.script_cases import target_of

    tenants = {tenant.name: tenant for tenant, _ in chosen}
    return [scripts.evidence(target_of(tenant, product)) for tenant in tenants.values()]


def _each(
    session: common.Session, kind: str, chosen: "Sequence[tuple[Tenant, Integration]]", wish: "Wish"
) -> "list[Script]":
    """One script for each integration; the problems of all are told together."""
    from tenantry.cli.script_cases import BUILDERS, case_of
    from tenantry.errors import ConfigurationError, Problem, TenantryError

    made: list[Script] = []
    problems: list[Problem] = []
    for tenant, integration in chosen:
        try:
            made.append(BUILDERS[kind](case_of(session.root, tenant, integration, wish)))
        except TenantryError as error:
            where = f"{tenant.name}/{integration.name}"
            problems += [Problem(p.what, where=p.where or where, field=p.field, fix=p.fix) for p in error.problems]
    if problems:
        raise ConfigurationError(problems)
    return made


def _lines(path: Path | None) -> tuple[str, ...]:
    """The lines of a text file that are not blank."""
    if path is None:
        return ()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as UTF-8 text ({error}).", fix="One address a line.") from error
    return tuple(line.strip() for line in text.split("\n") if line.strip())


NOTES = {
    "access-policy": "Application access policies are legacy; `tenantry scripts render rbac` is the way to go. ",
    "rbac": "Entra must not grant the same permissions, or the app still reaches every mailbox. ",
    "evidence": "Run it in the workspace folder: `provision verify` and the audit read its exchange/*.json. ",
    "service-user": "Then give the user its right on the calendars: `tenantry scripts render reviewer`. ",
    "ews-allow": "EWS in Exchange Online ends on 1 April 2027. ",
    "teardown": "Run it where the other scripts' journals are. ",
}


def _next(kind: str) -> str:
    return f"{NOTES.get(kind, '')}Read the script, then run it in PowerShell: first with -WhatIf, then without."


command.add_command(rehearse)
