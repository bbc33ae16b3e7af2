"""Every kind of script for every profile and product: rendered by the command line, checked, and run in rehearsal."""

import re
from pathlib import Path

import pytest

from simulator.exchange.rehearsal import Order, rehearse, session_for
from templates.scripts import KINDS
from tenantry.cli.main import run
from tests.simulator.exchange.shell import Shell
from tests.simulator.exchange.stage import Run, staged
from tests.templates.checks.commands import check_commands
from tests.templates.checks.frame import frame
from tests.templates.checks.rules import RULES
from tests.templates.checks.source import Source
from tests.templates.examples import APP, PRINCIPAL, TENANT
from tests.templates.test_cli import WORKSPACE

PROFILES = sorted(path.stem for path in (Path(__file__).parents[2] / "tenantry" / "profiles").glob("*.toml"))
USER = "monitor@contoso.com"
KNOWN = ("--app-id", APP, "--service-principal-id", PRINCIPAL, "--user", USER)
MORE = {
    "rooms": ("--member", "room-1@contoso.com", "--room-list", "rooms@contoso.com"),
    "rbac": ("--samples-inside", "åsa@contoso.com", "--samples-outside", "ceo@contoso.com"),
    "rbac --migrate": ("--migrate",),
    "access-policy --deny": ("--deny",),
}
VARIANTS = [*(kind.name for kind in KINDS), "rbac --migrate", "access-policy --deny"]
NARROWING = ("rbac", "access-policy")
NOTHING_TO_NARROW = ("presence", "telia-presence", "xphone-calendar")  # no application permission for mailboxes
REHEARSED = ("online", "2010", "2007")  # the others differ from 2010 in the number only


def workspace(folder: Path, profile: str) -> Path:
    """A workspace with one integration of the profile; one that has no credential says none."""
    text = WORKSPACE.format(tenant=TENANT, mailboxes='{ group = "switchboard@contoso.com" }')
    text = text.replace("telia-calendar", profile)
    if profile == "xphone-calendar":
        text = re.sub(r"\[tenant\.integration\.credential\]\n.*?\n\n", "", text, flags=re.DOTALL)
    (folder / "tenantry.toml").write_text(text, encoding="utf-8")
    return folder


def tenant(kind: str) -> Shell:
    """A tenant that has what the script names; reviewers find their user there."""
    shell = staged()
    if kind == "reviewer":
        shell.run("New-Mailbox", Name="Monitor", MicrosoftOnlineServicesID=USER, Password="x")
        shell.changes.clear()
    return shell


def twice(script: Path, kind: str, folder: Path) -> None:
    """The first run comes to its end, the second changes nothing."""
    shell = tenant(kind)
    for number in range(2):
        told = Run()
        order = Order(script.read_text(encoding="utf-8-sig"), script.name, folder)
        rehearse(order, session_for(order, shell.tenant), told.take, shell.clock.advance)
        told.check()
        assert number == 0 or told.changes == []


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("profile", PROFILES)
def test_a_script_of_a_profile(profile: str, variant: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kind = variant.partition(" ")[0]
    for product in next(one.products for one in KINDS if one.name == kind):
        folder = workspace(tmp_path, profile)
        words = ["scripts", "render", kind, "contoso/telia", "--product", product, *KNOWN, *MORE.get(variant, ())]
        words += ["--database", "Mailbox Database"] if (kind, product) == ("service-user", "2007") else []
        code = run([*words, "-w", str(folder), "--out", str(folder / product)])
        if kind in NARROWING and profile in NOTHING_TO_NARROW:
            assert code == 2
            assert "Error: contoso/telia: " in capsys.readouterr().err
            return
        assert code == 0, capsys.readouterr().err
        (script,) = (folder / product).glob("*.ps1")
        source = Source.of(script.read_bytes())
        problems = [problem for rule in RULES for problem in rule(source)]
        problems += frame(source, "5.1" if product == "online" else "2.0")
        assert [*problems, *check_commands(source, product)] == []
        if product in REHEARSED:
            twice(script, kind, folder / f"{product}-run")
