"""`provision split` and `consent-link`: what is handed to somebody with more rights, ready to be mailed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from tenantry.cli import common
from tenantry.cli.provision import shared
from tenantry.errors import NotSo, UsageError

if TYPE_CHECKING:
    from provision.plan.consent import ConsentLink


@click.command(
    epilog=common.examples(
        "tenantry provision split contoso/telia",
        "tenantry provision split contoso/telia -o md > for-the-admin.md     # to be mailed",
    )
)
@common.workspace_options
@common.names_argument
@shared.PRUNE
def split(session: common.Session, names: tuple[str, ...], prune: bool) -> None:
    """Show what the signed-in operator may do, and for the rest who does it: link, script or command, role, why.

    Judged by the operator's own token. `apply --mine` does the operator's part. Nothing is written.
    """
    from provision import fleet, render_split
    from provision.split import split_all

    site, chosen = shared.site_of(session, prune=prune), session.select(names)
    with session.progress("planning", len(chosen)):
        results = session.run(split_all(site, chosen))
    found = fleet.values(results)
    if session.output == "table":
        session.write("\n".join(render_split.as_text(one) for one in found))
    elif session.output == "md":
        session.write("\n".join(render_split.as_markdown(one) for one in found))
    else:
        session.show(render_split.as_rows(found), render_split.COLUMNS, data=found)
    fleet.settle(results, "split")


@click.command(
    "consent-link",
    epilog=common.examples(
        "tenantry provision consent-link contoso/telia",
        "tenantry provision consent-link contoso/telia --yes --wait && tenantry provision apply contoso/telia --yes",
    ),
)
@common.workspace_options
@common.names_argument
@click.option("--redirect-uri", default="", metavar="URI", help="Where it lands; by default one that the app has.")
@click.option("--wait", is_flag=True, help="Stay until the consent is there; Ctrl-C ends it.")
@click.option("--every", default="10s", show_default=True, metavar="DURATION", help="How often --wait looks.")
@click.option("--timeout", metavar="DURATION", help="How long --wait stays (ends with 3); by default without end.")
@shared.YES
def consent_link(session: common.Session, names: tuple[str, ...], yes: bool, redirect_uri: str, **wait: Any) -> None:
    """Print the link by which an administrator consents for the whole organisation, who may open it, what they see.

    An app without any redirect URI gets Microsoft's own empty page as the place where the link lands, until consent is
    there: that is asked for. For the vendor's own app the link is the vendor's.
    """
    from provision import fleet
    from provision.consenting import find_links

    every, longest = _seconds("--every", wait["every"]), _seconds("--timeout", wait["timeout"])
    site, chosen = shared.site_of(session), session.select(names)
    results = session.run(find_links(site, chosen, redirect_uri))
    found = {link.target: link for link in fleet.values(results)}
    bare = [c for c in chosen if (link := found.get(_target(c))) and link.missing and not link.url]
    if bare:
        found |= _registered(session, site, bare, yes=yes)
    links = [link for link in found.values() if link.url]
    _show(session, links)
    fleet.settle(results, "looked at")
    for link in found.values():
        if not link.missing:
            session.say(f"{link.target}: everything is granted; nobody needs to consent.")
    waited = [c for c in chosen if (link := found.get(_target(c))) and link.missing]
    if wait["wait"] and waited:
        _wait(session, site, waited, every or 10.0, longest)


def _registered(session: common.Session, site: Any, bare: Sequence[Any], *, yes: bool) -> "dict[str, ConsentLink]":
    """Asks, and gives the apps an address where the link lands."""
    from provision import fleet
    from provision.commands import begin
    from provision.consenting import make_links
    from provision.plan.consent import landing
    from tenantry import workspace

    for tenant, integration in bare:
        page = landing(tenant.cloud)
        session.say(f"{tenant.name}/{integration.name}: the app has no redirect URI; the link needs {page} on it.")
    session.confirm("Register it until consent is there?", yes=yes)
    with workspace.lock(session.root):
        made = session.run(make_links(site, begin(site, bare), bare))
    fleet.settle(made, "given an address")
    return {link.target: link for link in fleet.values(made)}


def _wait(session: common.Session, site: Any, chosen: Sequence[Any], every: float, longest: float | None) -> None:
    from provision import fleet
    from provision.consenting import wait_for

    names = " ".join(_target(c) for c in chosen)
    session.say(f"Waiting for consent to {names}; Ctrl-C ends the wait and changes nothing.")
    results = session.run(wait_for(site, chosen, every=every, longest=longest))
    fleet.settle(results, "waited for")
    late = [result.target for result in results if not result.value]
    if late:
        raise NotSo(f"No consent yet to {', '.join(late)}.", fix="The link stays good; wait again later.")
    session.say(f"Consent is there. Next: `tenantry provision apply {names}`, then verify.")


def _show(session: common.Session, links: "Sequence[ConsentLink]") -> None:
    columns = ("target", "role", "url", "missing")
    rows = [
        {"target": k.target, "role": k.role, "url": k.url, "missing": ", ".join(k.missing), "sees": k.sees}
        for k in links
    ]
    if session.output != "table":
        session.show(rows, columns, data=links)
        return
    for k in links:
        session.write(
            f"{k.target}: for a {k.role} (or a Global Administrator) of this tenant\n  {k.url}\n"
            f"  It asks to accept: {', '.join(k.sees)}\n  Still missing: {', '.join(k.missing) or 'nothing'}\n"
        )


def _target(chosen: Any) -> str:
    return f"{chosen[0].name}/{chosen[1].name}"


def _seconds(option: str, text: str | None) -> float | None:
    from tenantry import duration

    try:
        return None if text is None else duration.parse(text).total_seconds()
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from None
