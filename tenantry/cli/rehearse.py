"""`tenantry scripts rehearse`: scripts run without PowerShell, in the rehearsal tenant's Exchange or on evidence."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tenantry.cli import common
from tenantry.errors import ConfigurationError, NotSo, Problem, TenantryError, UsageError

if TYPE_CHECKING:
    from tenantry.cli.rehearsed import Told
    from tenantry.cli.rehearsing import Rehearser

JSON = dict[str, Any]
_SAID = 20  # warnings that are said while a script runs
PRODUCTS = ("online", "2010", "2013", "2016", "2019", "se", "2007")
_WORDS = {"$true": True, "true": True, "$false": False, "false": False}


class Ended(NotSo):
    """Scripts that ended with an error of their own; every one is named."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self._problems = list(problems)

    @property
    def problems(self) -> Sequence[Problem]:
        """Each error with its script and line."""
        return self._problems


@click.command(
    "rehearse",
    epilog=common.examples(
        "tenantry scripts rehearse scripts/access-policy-contoso-telia.ps1",
        "tenantry scripts rehearse scripts/reviewer.ps1 --what-if -o json",
        "tenantry scripts rehearse scripts/reviewer.ps1 --argument Remove --argument Confirm=false",
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
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the script writes its files; all that it told is put there too (SCRIPT.rehearsal.json).",
)
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

    A long table shows its beginning and its end; -o json, -o csv and --out give all of it.
    """
    from tenantry.cli import script_files
    from tenantry.cli.rehearsal_output import show
    from tenantry.cli.rehearsed import Told
    from tenantry.cli.rehearsing import Rehearser, Wish, local

    sources = script_files.read(files)
    wish = Wish(what_if=what_if, product=product or "", arguments=_arguments(arguments), folder=out)
    where = local(exchange) if exchange is not None else _door(session, tenant)
    rehearser = Rehearser(where, wish, session.root)
    told: list[Told] = []
    try:
        for path, source in zip(files, sources, strict=True):
            told.append(Told(path.name))
            _run(session, rehearser, told[-1], source, out)
        show(session, told)
    finally:
        for one in told:
            one.close()
    _verdict(told)


def _run(session: common.Session, rehearser: "Rehearser", told: "Told", source: str, out: Path | None) -> None:
    """One script, its warnings said and its changes counted as they come."""
    from tenantry.cli.rehearsal_output import summary

    with session.progress(told.script) as progress:

        def take(kind: str, value: Any) -> None:
            told.take(kind, value)
            if kind in ("change", "whatIf"):
                progress.step()
            elif kind == "progress":
                progress.note(str(value["status"]))
            elif kind == "warning" and told.counts[kind] <= _SAID:
                session.say(str(value))

        try:
            rehearser.run(told.script, source, take)
        except KeyboardInterrupt:
            session.say(f"{told.script}: {summary(told, 'interrupted')}. Run it again: it does the rest.")
            raise
    if told.counts["warning"] > _SAID:
        session.say(f"… and {told.counts['warning'] - _SAID:,} more warnings; -o json lists them.")
    if out is not None:
        with (out / f"{Path(told.script).stem}.rehearsal.json").open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(told.document())
            file.write("\n")
    session.say(f"{told.script}: {summary(told)}.")


def _arguments(given: tuple[str, ...]) -> JSON:
    found: JSON = {}
    for word in given:
        name, equals, value = word.lstrip("-").partition("=")
        if not name:
            raise UsageError(f"'{word}' is no argument.", fix="Write --argument Name=value.")
        found[name] = _WORDS.get(value.lower(), value) if equals else True
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


def _verdict(told: "Sequence[Told]") -> None:
    """Refusals are usage errors, a script's own error is not so; all of both are told, and a refusal decides."""
    from tenantry.cli.rehearsed import why

    refused = [
        Problem(
            f"{why(one.refused)}.",
            where=f"{one.script}:{one.refused['line']}",
            fix="In PowerShell, run it with -WhatIf.",
        )
        for one in told
        if one.refused
    ]
    failed = [
        Problem(f"the script ended with an error: {error['message']}", where=f"{one.script}:{error['line']}")
        for one in told
        for error in (list(one.errors)[-1:] if one.failed else [])
    ]
    wrong: list[TenantryError] = [ConfigurationError(refused)] if refused else []
    wrong += [Ended(failed)] if failed else []
    if len(wrong) > 1:
        raise ExceptionGroup("scripts", wrong)
    if wrong:
        raise wrong[0]
