"""`tenantry profiles`: what each kind of integration needs, and why."""

from collections.abc import Iterator
from pathlib import Path
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


@command.command("show", epilog=common.examples("tenantry profiles show telia-presence"))
@common.workspace_options
@click.argument("name")
def show(session: common.Session, name: str) -> None:
    """Everything about the profile NAME: its options, and under which of them each part holds."""
    from tenantry import profiles

    profile = profiles.read(name, session.root)
    session.show(list(_rows(profile)), ["what", "value", "when", "why"], data=profile)


@command.command(
    "check",
    epilog=common.examples("tenantry profiles check", "tenantry profiles check profiles/own.toml -o json"),
)
@common.workspace_options
@click.argument("names", nargs=-1, metavar="[NAME|FILE]...")
def check(session: common.Session, names: tuple[str, ...]) -> None:
    """Whether a profile's permissions suffice for its declared calls, and what of them is more than those need.

    Without a name, every profile is checked. The answer rests on Microsoft's table of permissions and calls. What a
    vendor asks for beyond that is fine where the profile names its source; the narrower permission is shown.
    """
    from tenantry.errors import NotSo
    from tenantry.profiles.proof import prove

    found = [prove(profile) for profile in _chosen(session, names)]
    rows = [
        {"profile": one.profile, "under": _under(j.under), "what": j.what, "type": j.type, "verdict": j.verdict}
        | {"fact": j.fact}
        for one in found
        for j in one.judged
    ]
    session.show(rows, ["profile", "under", "what", "type", "verdict", "fact"], data=found)
    bad = [one.profile for one in found if not one.ok]
    for one in found:
        words = "suffices for its declared calls" if one.suffices else "does not suffice for its declared calls"
        session.say(f"{one.profile} {words}{'' if one.ok else ', and is not right as it is'}.")
    if bad:
        raise NotSo(f"Not right: {', '.join(bad)}.", fix="See the verdicts other than needed and vendor.")


def _chosen(session: common.Session, names: tuple[str, ...]) -> "Iterator[Profile]":
    from tenantry import profiles

    for name in names or profiles.names(session.root):
        path = Path(name)
        is_file = name not in profiles.names(session.root) and (path.suffix == ".toml" or path.is_file())
        yield profiles.read_file(path) if is_file else profiles.read(name, session.root)


def _under(values: dict[str, bool]) -> str:
    return " and ".join(name if value else f"not {name}" for name, value in values.items())


def _rows(profile: "Profile") -> Iterator[dict[str, object]]:
    yield _row("name", profile.name, profile.title)
    yield _row("app", profile.display_name, "suggested name of the app registration")
    for name, option in profile.options.items():
        default = f"default {str(option.default).lower() if option.type == 'boolean' else option.default!r}"
        yield _row("option", name, f"{option.help.get('en', '')} ({option.type}, {default})", option.when)
    for needed in profile.permissions:
        why = f"serves {', '.join(needed.serves)}" if needed.serves else f"asked for by: {needed.vendor_requires}"
        narrower = f"; {needed.narrower} would do for the sync itself" if needed.narrower else ""
        yield _row("permission", str(needed.permission), why + narrower, needed.when)
    for needed in profile.forbidden:
        yield _row("forbidden", str(needed.permission), "removed where it is found", needed.when)
    for consent in profile.consent:
        yield _row("consent", consent.kind, "to the delegated permissions", consent.when)
    yield from _identity(profile)
    if "all" not in profile.mailboxes:
        yield _row("mailboxes", " or ".join(profile.mailboxes), "the scope must be narrow")
    for kind in profile.scoping:
        yield _row("scoping", kind, f"tenantry scripts render {kind}")
    for field in profile.form:
        yield _row("form", field.label.get("en", ""), field.note.get("en", field.value), field.when)
    for what in ("steps", "renewal", "pitfalls", "better"):
        for text in getattr(profile, what):
            yield _row(what, "", text.get("en", ""), text.get("when", ""))


def _identity(profile: "Profile") -> Iterator[dict[str, object]]:
    """What it signs in with, or who does."""
    credential, users = profile.credential, profile.integration_users
    if credential is not None:
        lives = f"{credential.lifetime} days by default, at most {credential.longest}"
        yield _row("credential", " or ".join(credential.kinds), lives, credential.when)
    if profile.platform is not None:
        uris = ", ".join(profile.platform.redirect_uris)
        yield _row("public client", uris, "mobile and desktop applications; there is no secret")
    if users is not None:
        yield _row("integration users", users.name, f"one for each {users.each} people, kept from MFA", users.when)


def _row(what: str, value: str, why: str, when: str = "") -> dict[str, object]:
    return {"what": what, "value": value, "when": when, "why": why}
