"""`tenantry profiles`: what each kind of integration needs, and why."""

from typing import TYPE_CHECKING

import click

from tenantry.cli import common

if TYPE_CHECKING:
    from tenantry.profiles.model import Profile


@click.group("profiles")
def command() -> None:
    """What each kind of integration needs: permissions, credential, scoping, and what the vendor's form asks for."""


@command.command("list", epilog=common.examples("tenantry profiles list -o json"))
@common.workspace_options
def list_profiles(session: common.Session) -> None:
    """The profiles that can be named: built in, and those under profiles/ of the workspace."""
    from tenantry import profiles

    rows = []
    for name in profiles.names(session.root):
        profile = profiles.load(name, session.root)
        asks = ", ".join(needed.name for needed in profile.permissions)
        rows.append({"name": name, "title": profile.title, "permissions": asks})
    session.show(rows, ["name", "title", "permissions"])


@command.command("show", epilog=common.examples("tenantry profiles show telia-calendar"))
@common.workspace_options
@click.argument("name")
def show(session: common.Session, name: str) -> None:
    """Everything about the profile NAME."""
    from tenantry import profiles

    profile = profiles.load(name, session.root)
    session.show(_rows(profile), ["what", "value", "why"], data=profile)


def _rows(profile: "Profile") -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {"what": "name", "value": profile.name, "why": profile.title},
        {"what": "app", "value": profile.display_name, "why": "suggested name of the app registration"},
    ]
    for needed in profile.permissions:
        why = f"serves {', '.join(needed.serves)}" if needed.serves else "the vendor asks for it"
        narrower = f"; {needed.narrower} would do for the sync itself" if needed.narrower else ""
        rows.append({"what": "permission", "value": str(needed.permission), "why": why + narrower})
    for needed in profile.forbidden:
        rows.append({"what": "forbidden", "value": str(needed.permission), "why": "removed where it is found"})
    credential = profile.credential
    lives = f"{credential.lifetime} days by default, at most {credential.longest}"
    rows.append({"what": "credential", "value": " or ".join(credential.kinds), "why": lives})
    for kind in profile.scoping:
        rows.append({"what": "scoping", "value": kind, "why": f"tenantry scripts render {kind}"})
    for field in profile.form:
        rows.append({"what": "form", "value": field.label.get("en", ""), "why": field.note.get("en", field.value)})
    rows += [{"what": "pitfall", "value": "", "why": pitfall.get("en", "")} for pitfall in profile.pitfalls]
    return rows
