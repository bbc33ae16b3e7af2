"""`tenantry scripts rehearse`: scripts run without PowerShell, in the rehearsal tenant's Exchange or on evidence."""

from pathlib import Path
from typing import Any

import click

from tenantry.cli import common
from tenantry.errors import NotSo, UsageError

JSON = dict[str, Any]
PRODUCTS = ("online", "2010", "2013", "2016", "2019", "se", "2007")


@click.command(
    "rehearse",
    epilog=common.examples(
        "tenantry scripts rehearse scripts/access-policy-contoso-telia.ps1",
        "tenantry scripts rehearse scripts/reviewer.ps1 --what-if -o json",
        "tenantry scripts rehearse scripts/rbac.ps1 --exchange exchange",
    ),
)
@common.workspace_options
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--tenant", metavar="NAME", help="The rehearsal tenant; by default the workspace's first.")
@click.option(
    "--exchange",
    type=click.Path(file_okay=False, path_type=Path),
    help="Rehearse on Exchange evidence in this folder instead; no tenant and no network is touched.",
)
@click.option("--what-if", "what_if", is_flag=True, help="Run the script with -WhatIf.")
@click.option("--product", type=click.Choice(PRODUCTS), help="Which Exchange; by default as the script says.")
@click.option("--argument", "arguments", multiple=True, metavar="NAME=VALUE", help="A parameter; NAME alone: a switch.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Where the script writes its files.")
def rehearse(
    session: common.Session,
    *,
    files: tuple[Path, ...],
    tenant: str | None,
    exchange: Path | None,
    what_if: bool,
    product: str | None,
    arguments: tuple[str, ...],
    out: Path | None,
) -> None:
    """Run scripts as PowerShell would, and print each change, each prompt and how it ended.

    In a workspace of a rehearsal the simulated tenant is really changed, as the script would change a real one, and
    files are written into the workspace. With --exchange nothing is kept but what is printed.
    """
    from tenantry.cli.rehearsing import Rehearser, Wish, local

    sources = [(path, _source(path)) for path in files]
    wish = Wish(what_if=what_if, product=product or "", arguments=_arguments(arguments), folder=out)
    where = local(exchange) if exchange is not None else _door(session, tenant)
    rehearser = Rehearser(where, wish, session.root, session.say)
    told = [rehearser.run(path.name, text) for path, text in sources]
    data = [one.document for one in told]
    rows = [{"script": one.document["script"], **change} for one in told for change in one.document["changes"]]
    session.show(
        [_row(row) for row in rows],
        ["cmdlet", "target", "before", "after", "line"],
        data=data[0] if len(data) == 1 else data,
    )
    _verdict(session, told)


def _source(path: Path) -> str:
    """The script's text; UTF-8, with or without BOM."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}.", fix="Render it: tenantry scripts render"
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not in UTF-8.", fix="Use the file as it was rendered.") from None


def _arguments(given: tuple[str, ...]) -> JSON:
    found: JSON = {}
    for word in given:
        name, equals, value = word.partition("=")
        if not name:
            raise UsageError(f"'{word}' is no argument.", fix="Write --argument Name=value.")
        found[name] = value if equals else True
    return found


def _door(session: common.Session, name: str | None) -> str:
    """Where the simulated tenant of the workspace can be reached."""
    tenants = [t for t in session.workspace().tenants if name in (None, t.name)]
    if not tenants:
        raise UsageError(f"There is no tenant {name} in this workspace.", fix="See tenantry.toml for its names.")
    door = tenants[0].cloud.clock
    if not door:
        fix = "Give --exchange DIR with evidence of it, or use the workspace of a rehearsal."
        raise UsageError(f"{tenants[0].name} is no rehearsal tenant; scripts are not run on real ones.", fix=fix)
    return door


def _row(row: JSON) -> JSON:
    return {key: "" if value is None else value for key, value in row.items()}


def _verdict(session: common.Session, told: "list[Any]") -> None:
    """Says how each run ended; a refusal is a usage error, an error of the script is not so."""
    for one in told:
        session.say(f"{one.document['script']}: {len(one.document['changes'])} changes, {_ended(one)}.")
    refused = [one for one in told if one.refused]
    if refused:
        first = refused[0].refused
        why = f" ({first['why']})" if first.get("why") else ""
        what = f"{refused[0].document['script']}, line {first['line']}: {first['what'] or 'a construct'}{why}"
        raise UsageError(
            f"{what} is not in the dialect that can be rehearsed.", fix="Run the script's -WhatIf instead."
        )
    if any(one.failed for one in told):
        raise NotSo("A script ended with an error.")


def _ended(one: Any) -> str:
    if one.refused:
        return "refused"
    return "ended with an error" if one.failed else "done"
