"""`tenantry init`: a new workspace. Writes nothing where anything is in the way."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from tenantry.cli import common
from tenantry.errors import TenantryError, UsageError
from tenantry.workspace.model import SignIn

if TYPE_CHECKING:
    from tenantry.profiles.model import Profile
    from tenantry.workspace.starter import NewTenant


@click.command(
    "init",
    epilog=common.examples(
        "tenantry init contoso --profile telia-calendar --domain contoso.onmicrosoft.com",
        "tenantry init work --profile telia-calendar --rehearsal ready.json",
        "tenantry init rooms --profile maptician-rooms --id TENANT-ID --room room1@contoso.com",
        "tenantry init teams --profile telia-presence --domain contoso.com --option push_line_state=true",
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
@click.option("--room", "rooms", multiple=True, help="Mailboxes in scope: this room; may be repeated.")
@click.option("--all-mailboxes", is_flag=True, help="Mailboxes in scope: every one of the tenant.")
@click.option("--option", "options", multiple=True, metavar="NAME=VALUE", help="An option of the profile.")
@click.option("--time-zone", help="Zone of all-day events, by default this machine's.")
def command(
    session: common.Session,
    folder: str,
    profile: str,
    rehearsal: str | None,
    options: tuple[str, ...],
    **given: Any,
) -> None:
    """Make the folder DIR a workspace: a commented tenantry.toml, and a .gitignore that keeps secrets out.

    Nothing that exists is overwritten. What is not given is left to be filled in, and marked so.
    """
    from tenantry import profiles, workspace
    from tenantry.workspace import starter, zones

    time_zone = given.pop("time_zone")
    root = Path(folder).resolve()
    chosen = profiles.read(profile, root)
    values = dict(_option(chosen, text) for text in options)
    if time_zone is not None and zones.resolve(time_zone) is None:
        raise UsageError(f'"{time_zone}" is not a time zone.', fix="Take an IANA name such as Europe/Stockholm.")
    if rehearsal is not None:
        named = [name for name, value in given.items() if value and name not in ("group", "rooms", "all_mailboxes")]
        if named:
            raise UsageError(f"--rehearsal already says what --{named[0].replace('_', '-')} would.", fix="Drop one.")
        made = starter.rehearsal(Path(rehearsal))
        scope = _scope(given["group"], given["rooms"], everybody=given["all_mailboxes"])
        tenants = [replace(tenant, **scope) for tenant in made.tenants] if any(scope.values()) else made.tenants
        text = starter.toml(chosen, tenants, made.clouds, time_zone or "Europe/Stockholm", values)
        files = {workspace.FILE: text, **made.authorities}
    else:
        text = starter.toml(chosen, [_tenant(root, **given)], [], time_zone or _here(), values)
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
    rooms: tuple[str, ...],
    all_mailboxes: bool,
) -> "NewTenant":
    from tenantry.workspace.starter import NewTenant, tidy_name

    if tenant_id and domain:
        raise UsageError("--id and --domain name the tenant twice.", fix="Keep one.")
    return NewTenant(
        name=tenant or tidy_name(root.name),
        id=tenant_id or "",
        domain=domain or "",
        cloud=cloud or "global",
        sign_in=sign_in or "browser",
        owners=owners,
        **_scope(group, rooms, everybody=all_mailboxes),
    )


def _scope(group: str | None, rooms: tuple[str, ...], *, everybody: bool) -> dict[str, Any]:
    """The mailboxes in scope, as a new tenant's fields; none is fine, several are not."""
    given = {"--group": group, "--room": rooms, "--all-mailboxes": everybody}
    named = [name for name, value in given.items() if value]
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} contradict each other.", fix="Keep one.")
    return {"group": group or "", "rooms": rooms, "everybody": everybody}


def _option(profile: "Profile", text: str) -> tuple[str, object]:
    """One NAME=VALUE, the value as the option's type; what is wrong with it is told when the workspace is read."""
    from tenantry.toml import closest

    name, equals, value = text.partition("=")
    option = profile.options.get(name)
    if option is None or not equals:
        known = closest(name, profile.options) or f"{profile.name} has no options."
        raise UsageError(f'"{text}" is no option of {profile.name} with its value.', fix=known)
    if option.type == "boolean" and value in ("true", "false"):
        return name, value == "true"
    if option.type == "integer" and value.isdecimal():
        return name, int(value)
    return name, [part.strip() for part in value.split(",")] if option.type == "texts" else value


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
