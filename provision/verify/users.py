"""Integration users: each signs in with its stored password through the app, and asks for presence as the vendor will.

A refusal names its cause by Microsoft's code; where a policy is meant, What-If names which, if the operator may ask.
"""

import asyncio

from provision.plan.users.hindrances import how_to_bring
from provision.plan.users.slots import known, ours, slots_of
from provision.verify.link import Called, Seen
from provision.verify.place import Place
from provision.verify.refused_users import advice
from tenantry import integration
from tenantry.errors import GraphError, SignInError, TenantryError
from tenantry.graph import Graph
from tenantry.redact import Secret
from tenantry.signin.password import UserCredential, user
from tenantry.stores import open_store
from tenantry.stores.beside import beside

PRESENCE = "/communications/getPresencesByUserId"
_LEFT_ALONE = "Whether integration users can sign in was not tried: "


async def prove_users(seen: Seen, graph: Graph | None, place: Place) -> list[Called]:  # noqa: ARG001 (all proofs alike)
    """A sign-in and one presence call for each user; nothing where the profile has none."""
    wanted = seen.desired.users
    if wanted is None or not wanted.wanted:
        return []
    if seen.file is None:
        return [Called("credential", None, f"{_LEFT_ALONE}there is no integration file.", seen.apply)]
    names = [str(one.get("userPrincipalName", "")) for one in seen.file.integration_users]
    if not names:
        return [Called("credential", False, "The integration file names no integration users.", seen.apply)]
    found = [await _prove(seen, place, name) for name in names]
    return [*_enough(seen, names), *(called for proved in found for called in proved)]


def _enough(seen: Seen, names: list[str]) -> list[Called]:
    """Whether those that the runner knows are those that it takes."""
    if seen.actual is None or seen.desired.users is None:
        return []
    wished = {slot.upn for slot in slots_of(seen.desired.users, known(seen.actual))}
    lacking = sorted(wished - {name.lower() for name in names})
    if not lacking:
        return []
    fact = f"{len(names)} integration users are known to the runner; for the people it takes {', '.join(lacking)} too."
    return [Called("state", False, fact, seen.apply)]


async def _prove(seen: Seen, place: Place, name: str) -> list[Called]:
    """What one user can do."""
    wanted, file = seen.desired.users, seen.file
    assert wanted is not None
    assert file is not None
    try:
        password = await asyncio.to_thread(_password, seen, place, name)
        if password is None:
            return [Called("credential", False, f"The store holds no password of {name}.", _missing(seen, name))]
        if seen.desired.vendor_app:
            fact = (
                f"{name} signs in through the vendor's app, whose secret only the vendor has: see the vendor's check."
            )
            return [Called("state", None, fact)]
        credential = await asyncio.to_thread(_credential, seen, place, file, (name, password))
    except TenantryError as error:
        return [Called("credential", None, f"{name} could not be tried: {error.what}", error.fix)]
    async with Graph(file.tenant.cloud, credential, place.clock, root=place.root) as door:
        try:
            claims = await door.claims()
        except SignInError as error:
            return [await _refused(seen, place, name, error)]
        lacking = _lacking(seen, str(claims.get("scp") or "").split())
        if lacking:
            fact = f"The token of {name} lacks {', '.join(lacking)}."
            return [Called("granted", False, fact, f"{seen.apply} A new consent reaches tokens a little later.")]
        return [Called("credential", True, f"{name} signs in with its password."), await _presence(seen, door, name)]


def _password(seen: Seen, place: Place, name: str) -> Secret | None:
    assert seen.desired.users is not None
    held = open_store(beside(seen.desired.users.store, name), place.root).read()
    return None if held is None else held.secret


def _credential(
    seen: Seen, place: Place, file: integration.IntegrationFile, account: tuple[str, Secret]
) -> UserCredential:
    """The account's sign-in, through the app as it proves itself."""
    wish = seen.desired.credential
    stored = None if wish is None or wish.kind == "federated" else open_store(wish.store, place.root).read()
    return user(file, place.root, *account, stored)


def _missing(seen: Seen, name: str) -> str:
    """What brings the password: a new one for an account of ours, its owner's hand for another's."""
    wanted, actual = seen.desired.users, seen.actual
    account = known(actual).accounts.get(name.lower()) if actual else None
    if wanted is None or account is None or ours(wanted, account):
        return f"{seen.apply} It sets a new one."
    way = how_to_bring(wanted, name).partition(": ")[2]
    return f"{way[:1].upper()}{way[1:]}."


def _lacking(seen: Seen, held: list[str]) -> list[str]:
    """Delegated permissions that the token does not carry."""
    return sorted({p.name for p in seen.desired.permissions("delegated")} - set(held))


async def _refused(seen: Seen, place: Place, name: str, error: SignInError) -> Called:
    if error.transient:
        return Called("credential", None, f"{name} could not be tried: {error.what}", error.fix)
    if seen.claims is None and seen.desired.credential is not None and seen.no_token is not None:
        same = isinstance(seen.no_token, SignInError) and seen.no_token.code == error.code
        if same:  # the app's own credential is at fault, which its link tells
            return Called("credential", None, f"{name} could not be tried: the app itself cannot sign in.")
    fact, fix = await advice(seen, place, name, error)
    return Called("granted" if error.code == "AADSTS65001" else "credential", False, fact, fix)


async def _presence(seen: Seen, door: Graph, name: str) -> Called:
    """One call as the vendor makes it, about the user itself: everybody has a presence, if only an unknown one."""
    if not any(p.name.startswith("Presence.") for p in seen.desired.permissions("delegated")):
        return Called("state", None, f"What {name} shall read is not known to Tenantry, so nothing was read.")
    own = known(seen.actual).accounts.get(name.lower()) if seen.actual else None
    people = [one.id for one in seen.users.active][:1] if seen.users else []
    people = people or ([own.id] if own else [])
    if not people:
        return Called("state", None, "Whose presence to ask for is not known.")
    try:
        await door.post(PRESENCE, {"ids": people}, safe=True)
    except GraphError as error:
        passing = error.status in (0, 429) or error.status >= 500
        return Called("state", None if passing else False, f"{name} cannot read presence: {error.what}", error.fix)
    return Called("state", True, f"{name} reads presence.")
