"""`tenantry init`: a new workspace. Writes nothing where anything is in the way."""

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from tenantry.cli import common
from tenantry.errors import TenantryError, UsageError
from tenantry.workspace.model import SignIn

if TYPE_CHECKING:
    from tenantry.workspace.starter import NewTenant


@click.command(
    "init",
    epilog=common.examples(
        "tenantry init contoso --profile telia-calendar --domain contoso.onmicrosoft.com",
        "tenantry init work --profile telia-calendar --rehearsal ready.json",
    ),
)
@common.plain_options
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False))
@click.option("--profile", required=True, help="What kind of integration; see `tenantry profiles list`.")
@click.option("--rehearsal", type=click.Path(dir_okay=False), help="The ready line of `tenantry simulate`.")
@click.option("--tenant", help="The tenant's name in the workspace; by default the folder's.")
@click.option("--id", "tenant_id", help="The tenant's id.")
@click.option("--domain", help="One of its verified domains, instead of the id.")
@click.option("--cloud", type=click.Choice(["global", "usgov", "usgov-dod", "china"]), help="Its cloud, else global.")
@click.option("--sign-in", type=click.Choice(get_args(SignIn)), help="How the operator signs in, else browser.")
@click.option("--owner", "owners", multiple=True, help="Who shall own the app registration; may be repeated.")
@click.option("--group", help="Mailboxes in scope: those of this group.")
@click.option("--all-mailboxes", is_flag=True, help="Mailboxes in scope: every one of the tenant.")
@click.option("--time-zone", help="Zone of all-day events, by default this machine's.")
def command(
    session: common.Session, folder: str, profile: str, rehearsal: str | None, time_zone: str | None, **given: object
) -> None:
    """Make the folder DIR a workspace: a commented tenantry.toml, and a .gitignore that keeps secrets out.

    Nothing that exists is overwritten. What is not given is left to be filled in, and marked so.
    """
    from tenantry import profiles, workspace
    from tenantry.workspace import starter, zones

    root = Path(folder).resolve()
    chosen = profiles.load(profile, root)
    if time_zone is not None and zones.resolve(time_zone) is None:
        raise UsageError(f'"{time_zone}" is not a time zone.', fix="Take an IANA name such as Europe/Stockholm.")
    if rehearsal is not None:
        named = [name for name, value in given.items() if value]
        if named:
            raise UsageError(f"--rehearsal already says what --{named[0].replace('_', '-')} would.", fix="Drop one.")
        made = starter.rehearsal(Path(rehearsal))
        text = starter.toml(chosen, made.tenants, made.clouds, time_zone or "Europe/Stockholm")
        files = {workspace.FILE: text, **made.authorities}
    else:
        text = starter.toml(chosen, [_tenant(root, **given)], [], time_zone or _here())  # type: ignore[arg-type]
        files = {workspace.FILE: text}
    _write(root, files, check="FILL IN" not in text)
    _next(session, root, folder, text)


def _tenant(
    root: Path,
    *,
    tenant: str | None,
    tenant_id: str | None,
    domain: str | None,
    cloud: str | None,
    sign_in: str | None,
    owners: tuple[str, ...],
    group: str | None,
    all_mailboxes: bool,
) -> "NewTenant":
    from tenantry.workspace.starter import NewTenant, tidy_name

    if group and all_mailboxes:
        raise UsageError("--group and --all-mailboxes contradict each other.", fix="Keep one.")
    if tenant_id and domain:
        raise UsageError("--id and --domain name the tenant twice.", fix="Keep one.")
    return NewTenant(
        name=tenant or tidy_name(root.name),
        id=tenant_id or "",
        domain=domain or "",
        cloud=cloud or "global",
        sign_in=sign_in or "browser",
        owners=owners,
        group=group or "",
        everybody=all_mailboxes,
    )


def _here() -> str:
    """This machine's time zone."""
    import tzlocal

    from tenantry.workspace import zones

    name = tzlocal.get_localzone_name()
    return name if name and zones.resolve(name) else "Europe/Stockholm"


def _write(root: Path, files: dict[str, str], *, check: bool) -> None:
    """Writes all or nothing; what was given wrong is told as any command on the workspace would."""
    from tenantry import workspace
    from tenantry.files import write_atomic
    from tenantry.workspace import starter

    for name in files:
        if (root / name).exists():
            raise UsageError(f"{root / name} is there already; nothing was changed.", fix="Choose another folder.")
    if not (root / ".gitignore").exists():
        files = {**files, ".gitignore": starter.GITIGNORE}
    made = not root.exists()
    try:
        for name, text in files.items():
            write_atomic(root / name, text)
        if check:
            workspace.load(root)
    except (OSError, TenantryError) as error:
        for name in files:
            (root / name).unlink(missing_ok=True)
        if made and root.is_dir():
            root.rmdir()
        if isinstance(error, OSError):
            raise UsageError(f"{root} cannot be written: {error.strerror}.") from error
        raise


def _next(session: common.Session, root: Path, folder: str, text: str) -> None:
    """Says what to do now."""
    from tenantry import workspace

    session.say(f"Made the workspace {root}.")
    if "FILL IN" in text:
        lines = [str(number) for number, line in enumerate(text.splitlines(), 1) if "FILL IN" in line]
        session.say(f"Fill in {workspace.FILE} at line {' and '.join(lines)}, then: cd {folder} && tenantry whoami")
    else:
        session.say(f"Next: cd {folder} && tenantry provision plan")
