"""Integration users' accounts. The password is in its store before the account exists, so no crash can lose it.

What the store says beside the password: NEW, an account is about to be made with it; RESET, it is about to be set on
one that is there; else the id of the account that has it.
"""

import asyncio
import secrets
import string

from provision.apply import repeat
from provision.apply.work import Work
from provision.model.change import Change
from provision.model.users import NEW, RESET, UsersWanted
from tenantry.errors import GraphError, TenantryError
from tenantry.graph import segment
from tenantry.redact import Secret
from tenantry.stores import Store, StoredCredential, open_store
from tenantry.stores.beside import beside

_KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-_.!")
_LENGTH = 32


async def apply_account(work: Work, change: Change) -> None:
    """Makes the account with a password that is stored already, or deletes one of ours."""
    if change.action == "delete":
        async with work.write(change, known=change.before["id"]):
            await repeat.delete(work, f"/users/{change.before['id']}")
        work.users.pop(change.name, None)
        return
    password, fresh = await _ready(work, change.name, NEW)
    async with work.write(change) as writing:
        writing.id, made = await _make(work, change, password)
        work.users[change.name] = writing.id
    if fresh and not made:  # an account of ours that the plan's read had missed: it has another password
        await _keep(work, change.name, password, RESET)
        await _set(work, change.name, writing.id, password)
    await _keep(work, change.name, password, writing.id)


async def apply_password(work: Work, change: Change) -> None:
    """Sets a new password on an account that is there."""
    account = change.before["id"]
    async with work.write(change, known=account):
        password, _ = await _ready(work, change.name, RESET)
        await _set(work, change.name, account, password)
        await _keep(work, change.name, password, account)


async def apply_stored_password(work: Work, change: Change) -> None:
    """Removes a password from the store."""
    async with work.write(change):
        await asyncio.to_thread(_store(work, change.name).delete)


def generate() -> Secret:
    """A password that Entra takes and that can be typed into a form: 32 characters of four kinds, none of them odd."""
    alphabet = "".join(_KINDS)
    while True:
        text = "".join(secrets.choice(alphabet) for _ in range(_LENGTH))
        if text[0].isalnum() and all(set(kind) & set(text) for kind in _KINDS):
            return Secret(text)


def wanted_users(work: Work) -> UsersWanted:
    """The users as they shall be; only asked for by steps of a plan that has some."""
    assert work.desired.users is not None
    return work.desired.users


async def _ready(work: Work, name: str, state: str) -> tuple[Secret, bool]:
    """The password to use, in its store: the one of an interrupted try, else a new one (then True)."""
    held = await asyncio.to_thread(_store(work, name).read)
    if held is not None and held.secret is not None and held.id == state:
        return held.secret, False
    password = generate()
    action = "create" if state == NEW else "update"
    async with work.writing(action, "storedPassword", name):
        await _keep(work, name, password, state)
    return password, True


async def _keep(work: Work, name: str, password: Secret, state: str) -> None:
    """Writes it to its store and reads it back; a store that lies has failed."""
    store, held = _store(work, name), StoredCredential("secret", state, None, secret=password)
    await asyncio.to_thread(store.write, held)
    if await asyncio.to_thread(store.read) != held:
        raise TenantryError(f"The {store.describe()} did not keep what was written to it.")


async def _make(work: Work, change: Change, password: Secret) -> tuple[str, bool]:
    """The account's id, and whether a request of ours made it now (or one whose answer was lost)."""
    wanted = wanted_users(work)
    body = {
        "accountEnabled": True,
        "displayName": change.after["displayName"],
        "jobTitle": wanted.marker,
        "mailNickname": change.name.partition("@")[0],
        "userPrincipalName": change.name,
        "passwordPolicies": change.after["passwordPolicies"],
        "passwordProfile": {"forceChangePasswordNextSignIn": False, "password": password.reveal()},
    }
    tries = repeat.Tries()
    made = await repeat.post(work, "/users", body, settle="read", tries=tries)
    if made is not None:
        return str(made["id"]), True
    path = f"/users/{segment(change.name)}"
    found = await work.graph.get(path, {"$select": "id,userPrincipalName,jobTitle"}, settle="read")
    if found.get("jobTitle") != wanted.marker:
        raise GraphError(
            status=409,
            code="notOurs",
            message=f"the account {change.name} appeared meanwhile, and Tenantry did not make it.",
            method="POST",
            path="/users",
            fix="Name it in options.existing_users, or rename it.",
        )
    return str(found["id"]), tries.unanswered


async def _set(work: Work, name: str, account: str, password: Secret) -> None:
    profile = {"forceChangePasswordNextSignIn": False, "password": password.reveal()}
    await work.graph.patch(f"/users/{account}", {"passwordProfile": profile}, settle="read")
    work.say(f"{work.desired.target}: {name} has a new password; it is in the store, tell whoever used the old one.")


def _store(work: Work, name: str) -> Store:
    return open_store(beside(wanted_users(work).store, name), work.root)
