"""The token endpoint: one function a grant type."""

import base64
import hashlib
import hmac
from collections.abc import Callable

from simulator.signin import access, clients, conditional, journal, people, scopes
from simulator.signin.clients import Client
from simulator.signin.errors import SignInError
from simulator.signin.issue import Request, for_app, for_person
from simulator.signin.pending import SignedIn
from simulator.tenant import JSON, Tenant
from simulator.world import World

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


def token(world: World, tenant_name: str, form: dict[str, str], origin: str) -> JSON:
    """Answers `POST /{tenant}/oauth2/v2.0/token`; SignInError where it refuses."""
    kind = _needed(form, "grant_type")
    if kind not in GRANTS:
        raise SignInError(70003, name=kind)
    return GRANTS[kind](world, tenant_name, form, origin)


def _client_credentials(world: World, tenant_name: str, form: dict[str, str], origin: str) -> JSON:
    if tenant_name in people.SHARED_TENANTS:
        raise SignInError(9001023)
    tenant = find_tenant(world, tenant_name)
    client = clients.find(tenant, _needed(form, "client_id"))
    wanted = scopes.read(tenant, _needed(form, "scope"), app_only=True)
    proof = clients.authenticate(client, form)
    principal = client.service_principal()
    asked = conditional.Asked(principal, client, wanted.resource["appId"], frozenset(), "app", world.visitor)
    outcome = conditional.judge_all(tenant, asked).outcome
    if outcome.blocked_by:
        raise access.blocked(outcome.blocked_by)
    return for_app(Request(world, tenant, client, form, origin), wanted, proof)


def _password(world: World, tenant_name: str, form: dict[str, str], origin: str) -> JSON:
    if tenant_name in ("common", "consumers"):
        raise SignInError(9001023)
    user_name, password = _needed(form, "username"), _needed(form, "password")
    tenant = find_tenant(world, tenant_name, user_name)
    client = clients.find(tenant, _needed(form, "client_id"))
    proof = _proven(client, form)
    wanted = scopes.read(tenant, _needed(form, "scope"))
    attempt = access.Attempt(tenant, client, wanted, "password", world.visitor)
    with journal.written(attempt) as line:
        line.person = person = people.find(tenant, user_name)
        people.check_password(tenant, person, password)
        line.judged = access.judged(attempt, person)
        methods = access.pass_rules(attempt, person, line.judged)
        signed_in = SignedIn(tenant.id, person["id"], client.app_id, form["scope"], methods=methods, flow="password")
        return for_person(Request(world, tenant, client, form, origin), wanted, signed_in, proof)


def _authorization_code(world: World, tenant_name: str, form: dict[str, str], origin: str) -> JSON:
    code = world.pending.codes.get(_needed(form, "code"))
    if code is None:
        raise SignInError(9002313)
    tenant, client = _same_client(world, tenant_name, form, code.person)
    proof = _proven(client, form, code.redirect_uri)
    if code.used:
        raise SignInError(54005)
    if code.expires <= tenant.now():
        raise SignInError(70008)
    if form.get("redirect_uri", "") != code.redirect_uri:
        raise SignInError(50011, name=form.get("redirect_uri", ""), app=client.app_id)
    if not _verifies(code.challenge, code.challenge_method, form.get("code_verifier", "")):
        raise SignInError(501481)
    code.used = True
    return _for_scope(
        Request(world, tenant, client, form, origin), form.get("scope") or code.person.scope, code.person, proof
    )


def _device_code(world: World, tenant_name: str, form: dict[str, str], origin: str) -> JSON:
    device = world.pending.devices.get(form.get("device_code") or _needed(form, "code"))
    if device is None or device.app_id != _needed(form, "client_id").lower():
        raise SignInError(70018)
    if device.expires <= world.clock.now():
        raise SignInError(70019)
    if device.declined:
        raise SignInError(65004)
    if device.person is None:
        raise SignInError(70016)
    tenant, client = _same_client(world, tenant_name, form, device.person)
    proof = _proven(client, form)
    device.expires = world.clock.now()  # it can be redeemed once
    return _for_scope(Request(world, tenant, client, form, origin), device.scope, device.person, proof)


def _refresh_token(world: World, tenant_name: str, form: dict[str, str], origin: str) -> JSON:
    known = world.pending.refreshed(_needed(form, "refresh_token"))
    if known is None:
        raise SignInError(9002313)
    signed_in, expires = known
    tenant, client = _same_client(world, tenant_name, form, signed_in)
    proof = _proven(client, form)
    if expires <= tenant.now():
        raise SignInError(70008)
    return _for_scope(
        Request(world, tenant, client, form, origin), form.get("scope") or signed_in.scope, signed_in, proof
    )


GRANTS: dict[str, Callable[[World, str, dict[str, str], str], JSON]] = {
    "client_credentials": _client_credentials,
    "password": _password,
    "authorization_code": _authorization_code,
    "refresh_token": _refresh_token,
    DEVICE_CODE: _device_code,
    "device_code": _device_code,
}


def find_tenant(world: World, name: str, user_name: str = "") -> Tenant:
    """The tenant of the URL, for `organizations` and `common` that of the user name; AADSTS90002 without one."""
    if name.lower() in people.SHARED_TENANTS:
        found = people.tenant_of(world.tenants, user_name)
        if found is None:
            raise SignInError(50034, tenant=user_name.rpartition("@")[2])
        return found
    found = world.tenant(name)
    if found is None:
        raise SignInError(90002, tenant=name)
    return found


def _same_client(world: World, tenant_name: str, form: dict[str, str], signed_in: SignedIn) -> tuple[Tenant, Client]:
    """The tenant and client that a code or refresh token was made for; AADSTS70000 for any other."""
    tenant = world.tenant(signed_in.tenant_id)
    named = tenant if tenant_name in people.SHARED_TENANTS else find_tenant(world, tenant_name)
    if tenant is None or named is not tenant or _needed(form, "client_id").lower() != signed_in.app_id:
        raise SignInError(70000)
    return tenant, clients.find(tenant, signed_in.app_id)


def _for_scope(asked: Request, scope: str, signed_in: SignedIn, proof: str) -> JSON:
    wanted = scopes.read(asked.tenant, scope)
    person = people.by_id(asked.tenant, signed_in.user_id)
    visitor, methods = asked.world.visitor, signed_in.methods
    attempt = access.Attempt(asked.tenant, asked.client, wanted, signed_in.flow, visitor, methods)
    access.pass_rules(attempt, person, access.judged(attempt, person))
    return for_person(asked, wanted, signed_in, proof)


def _proven(client: Client, form: dict[str, str], redirect_uri: str = "") -> str:
    """`appidacr` of a person's token: a public client needs no proof, but one that is given must be right."""
    if "client_secret" in form or form.get("client_assertion"):
        return clients.authenticate(client, form)
    if clients.is_public(client, redirect_uri):
        return "0"
    raise SignInError(7000218)


def _verifies(challenge: str, method: str, verifier: str) -> bool:
    if not challenge:
        return True
    made = verifier
    if method.upper() == "S256":
        made = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(made.encode(), challenge.encode())


def _needed(form: dict[str, str], name: str) -> str:
    value = form.get(name, "")
    if not value:
        raise SignInError(900144, name=name)
    return value
