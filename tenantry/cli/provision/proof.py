"""`provision verify`, `emit` and `handover`: the proof, and what others are given."""

from pathlib import Path

import click

from tenantry.cli import common
from tenantry.cli.provision import shared
from tenantry.errors import NotSo, UsageError


@click.command(
    epilog=common.examples("tenantry provision verify", "tenantry provision verify contoso/telia --exchange exchange")
)
@common.workspace_options
@common.names_argument
@click.option("--exchange", type=click.Path(file_okay=False), help="Folder of Exchange evidence; by default exchange.")
def verify(session: common.Session, names: tuple[str, ...], exchange: str | None) -> None:
    """Prove the chain with a fresh token of the app itself, link by link; ends with 3 where one is broken.

    required, granted, scoped, credential, addresses, state: `yes`, `no`, or `?` where it could not be told.
    """
    from provision import commands, fleet

    site, chosen = shared.site_of(session), session.select(names)
    folder = Path(exchange) if exchange else session.root / "exchange"
    with session.progress("verifying", len(chosen)) as progress:
        results = session.run(commands.verify_all(site, chosen, folder, progress.step))
    chains = fleet.values(results)
    words = {True: "yes", False: "no", None: "?"}
    rows = [
        {"target": f"{c.tenant}/{c.integration}", "link": k.link, "ok": words[k.ok], "fact": k.fact, "fix": k.fix}
        for c in chains
        for k in c.links
    ]
    session.show(rows, ["target", "link", "ok", "fact", "fix"], data=chains)
    fleet.settle(results, "verified")
    broken = [f"{c.tenant}/{c.integration}: {c.broken.link}" for c in chains if c.broken]
    if broken:
        raise NotSo(f"Broken: {'; '.join(broken)}.", fix="What to do stands beside the link.")
    session.say("Next: `tenantry audit collect` and `tenantry audit run`, or `tenantry sync check`.")


@click.command(epilog=common.examples("tenantry provision emit contoso/telia"))
@common.workspace_options
@common.names_argument
def emit(session: common.Session, names: tuple[str, ...]) -> None:
    """Write the integration file anew from what tenant, store and workspace say. The tenant is only read."""
    from provision import commands, fleet
    from tenantry import workspace

    with workspace.lock(session.root):
        results = session.run(commands.emit_all(shared.site_of(session), session.select(names)))
    rows = [{"target": r.target, "file": str(r.value)} for r in results if r.value]
    session.show(rows, ["target", "file"])
    fleet.settle(results, "emitted")


@click.command(
    epilog=common.examples(
        "tenantry provision handover --out handover",
        "tenantry provision handover contoso/telia --out handover --secret-file secret.txt",
    )
)
@common.workspace_options
@common.names_argument
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the sheets.")
@click.option(
    "--secret-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the secret's value, alone, here; passwords of integration users beside it (NAME.users.csv).",
)
@click.option("--language", type=click.Choice(["en", "sv"]), help="Only this language; by default both.")
def handover(
    session: common.Session, names: tuple[str, ...], out: Path, secret_file: Path | None, language: str | None
) -> None:
    """Write the vendor's form sheet: what to type where. Works offline, from the integration file and the store."""
    from provision.handover import LANGUAGES, hand_over

    chosen = session.select(names)
    if secret_file is not None and len(chosen) != 1:
        raise UsageError("--secret-file takes the secret of one integration.", fix="Name it: TENANT/INTEGRATION.")
    languages = tuple(known for known in LANGUAGES if language in (None, known))
    paths = [
        path
        for tenant, integration in chosen
        for path in hand_over(
            session.root, tenant.name, integration.name, out, secret_file=secret_file, languages=languages
        )
    ]
    session.show([{"file": str(path)} for path in paths], ["file"])
