"""`tenantry demo`: the whole chain in a simulated tenant, in words that a tenant admin follows.

Every step is a real command, shown as one would type it and run in this process.
"""

import contextlib
import io
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tenantry.cli import common
from tenantry.cli.demo_systems import add_systems, summary
from tenantry.errors import ExitCode, TenantryError

if TYPE_CHECKING:
    from tenantry.cli.demo_scene import Scene


@click.command(
    "demo",
    epilog=common.examples(
        "tenantry demo                 # leaves its files in ./demo",
        "tenantry demo --dir /tmp/try  # somewhere else",
    ),
)
@click.option(
    "--dir", "folder", type=click.Path(file_okay=False), default="demo", show_default=True, help="Where its files go."
)
@click.option("--users", default=300, show_default=True, help="People in the simulated tenant.")
@click.option("--seed", default=7, show_default=True, help="Another seed makes other people and meetings.")
def command(folder: str, users: int, seed: int) -> None:
    """The main job from start to end on a simulated tenant: provision, narrow, audit, sync, and what goes wrong.

    Nothing leaves this machine. It takes less than a minute and leaves a report and a hand-over sheet to open.
    """
    from tenantry.cli.demo_scene import stage

    with stage(Path(folder).resolve(), users, seed) as scene:
        for number, act in enumerate(ACTS, 1):
            _heading(number, (act.__doc__ or "").splitlines()[0])
            act(scene)
    _curtain(scene)


def tenant(scene: "Scene") -> None:
    """A tenant to rehearse on"""
    ready = scene.ready
    say(
        f"A Microsoft 365 tenant of {scene.users} people now runs on this machine ({ready['domain']}): its sign-in "
        "service, its directory, its calendars. It is awkward on purpose: small pages, odd names, late replicas. "
        "Its clock is ours to turn."
    )
    do(scene, "init", ".", "--rehearsal", "ready.json", "--profile", "telia-calendar")
    scene.choose_mailboxes()
    say(f"In tenantry.toml one line is changed: the app shall reach the mailboxes of {scene.group} and no others.")


def provisioning(scene: "Scene") -> None:
    """Provision: from nothing to an app with just the right permissions"""
    say(
        "Apply shows its plan first: what it would make, why, how risky each step is, what right it takes. Then it "
        "does it, and writes each step to a journal. The secret goes into its store and nowhere else."
    )
    do(scene, "provision", "apply", "--yes")
    say("Planned again: nothing is left to do. A third time would send no writing request either.")
    do(scene, "provision", "plan", "--exit-code")


def handing_over(scene: "Scene") -> None:
    """Hand over: what to type into the vendor's form"""
    do(scene, "provision", "handover", "--out", "handover", "--secret-file", "handover/secret.txt")


def narrowing(scene: "Scene") -> None:
    """Narrow: consent reaches every mailbox, only Exchange can limit it"""
    say("Tenantry writes the PowerShell for it; you read it, try it with -WhatIf, and run it yourself.")
    do(scene, "scripts", "render", "access-policy", "--out", "scripts")
    say("It need not meet the tenant untried: the rehearsal reads the script and runs it in the simulated Exchange.")
    do(scene, "scripts", "rehearse", scene.script("access-policy"))
    scene.pass_time("2h")  # such a policy takes more than an hour to act
    say("Two simulated hours later the policy acts. A second script only reads, and writes down what Exchange says.")
    do(scene, "scripts", "render", "evidence", "--out", "scripts")
    do(scene, "scripts", "rehearse", scene.script("evidence"))
    do(scene, "provision", "verify")


def proving(scene: "Scene") -> None:
    """Prove: evidence is collected once and judged offline"""
    do(scene, "audit", "collect", "--exchange", "exchange", "--out", "snapshot")
    do(scene, "audit", "run", "--snapshot", "snapshot")


def syncing(scene: "Scene") -> None:
    """Sync: a working day of availability, in simulated time"""
    do(scene, "sync", "check")
    do(scene, "sync", "run", "--for", "10h")
    if not scene.passed_since_start(hours=10):  # a runner that is told to stop ends well, but early
        raise click.exceptions.Exit(int(ExitCode.INTERRUPTED))
    scene.show_changes()
    do(scene, "sync", "status")


def going_wrong(scene: "Scene") -> None:
    """What goes wrong in real life: half a year later"""
    scene.half_a_year_later()
    say(
        "Somebody used the portal: it added delegated User.Read, and the app was granted Mail.ReadWrite. "
        "Meanwhile the secret is about to end."
    )
    do(scene, "audit", "collect", "--exchange", "exchange", "--out", "snapshot-later")
    do(scene, "audit", "run", "--snapshot", "snapshot-later", "--fail-on", "high", expect=ExitCode.NOT_SO)
    do(scene, "audit", "run", "--snapshot", "snapshot-later", "-o", "html", "--out", "report.html")
    say("The plan says what would put it right.")
    do(scene, "provision", "plan")


def all_five(scene: "Scene") -> None:
    """All five: presence, rooms, a desktop client and a second PBX in the same tenant"""
    add_systems(scene)
    say(
        "Four tables more in tenantry.toml: Telia's Teams presence (with an integration user who is kept out of the "
        "MFA policy by a group), Maptician's rooms, XPhone's public client, Bredband2's Monitor. One apply makes them "
        "all, and takes away what the portal added. Their plans are long; here is what came of them."
    )
    do(scene, "provision", "apply", "--yes", shown=False)
    click.echo()
    for line in summary(scene.root):
        click.echo(f"    {line}")


def renewing(scene: "Scene") -> None:
    """Renew: a new secret is tried, stored and emitted while the old one works on"""
    do(scene, "provision", "rotate", "contoso/telia", "--yes")
    say("And the second plan is empty, in all five. What a colleague granted is told, and left to people to take away.")
    do(scene, "provision", "plan", "--exit-code")


ACTS = [tenant, provisioning, handing_over, narrowing, proving, syncing, going_wrong, all_five, renewing]


def do(scene: "Scene", *args: str, expect: ExitCode = ExitCode.FINE, shown: bool = True) -> None:
    """Shows the command as one would type it, runs it in the workspace; another end than expected stops the demo.

    Where its answer is not to be `shown`, it still is when it ends badly.
    """
    from tenantry.cli.main import run

    click.secho(f"\n  $ tenantry {shlex.join(args)}", fg="cyan", bold=True)
    kept = io.StringIO()
    with scene.inside(), contextlib.nullcontext() if shown else contextlib.redirect_stdout(kept):
        code = run(args if shown else [*args, "-q"])
    if code != expect:
        click.echo(kept.getvalue(), nl=False)
    if code == ExitCode.INTERRUPTED:
        raise click.exceptions.Exit(int(code))
    if code != expect:
        raise TenantryError(
            f"The demo expected `tenantry {shlex.join(args)}` to end with {int(expect)}; it ended with {code}."
        )


def say(text: str) -> None:
    """A sentence to the reader, wrapped."""
    click.echo()
    width = min(100, shutil.get_terminal_size((100, 24)).columns)
    click.echo(click.wrap_text(text, width=width, initial_indent="  ", subsequent_indent="  "))


def _heading(number: int, title: str) -> None:
    click.echo()
    click.secho(f"{number}/{len(ACTS)}  {title}", fg="green", bold=True)


def _curtain(scene: "Scene") -> None:
    click.echo()
    click.secho(f"Done in {scene.seconds():.0f} s. Left for you to open, in {scene.root}:", fg="green", bold=True)
    for name, text in scene.left_to_open():
        click.echo(f"  {name:34} {text}")
