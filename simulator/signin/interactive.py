"""Signing in at a browser: the authorization endpoint with its form, and the page that approves a device."""

from dataclasses import dataclass
from urllib.parse import urlencode

from simulator.core import Reply
from simulator.signin import access, clients, consent, journal, pages, people, scopes
from simulator.signin.errors import SignInError
from simulator.signin.grants import find_tenant
from simulator.signin.pending import CODE_LIFE, Code, Device, SignedIn
from simulator.world import World

HTML = "text/html; charset=utf-8"
_KEPT = (
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "login_hint",
    "prompt",
)


def authorize(world: World, tenant_name: str, given: dict[str, str], origin: str) -> Reply:
    """`GET /{tenant}/oauth2/v2.0/authorize`: the form. An unknown redirect URI is told here, never redirected to."""
    fields = {name: given[name] for name in _KEPT if name in given}
    try:
        name = _checked(world, tenant_name, fields)
    except SignInError as fault:
        return html(pages.message("Sign in", str(fault)), 400)
    action = f"{origin}/{tenant_name}/oauth2/v2.0/authorize"
    return html(pages.sign_in(action, name, fields, hint=fields.get("login_hint", "")))


def decide(world: World, tenant_name: str, form: dict[str, str], origin: str) -> Reply:
    """`POST` of that form: redirects to the application with a code, or with the error that only it can handle."""
    fields = {name: form[name] for name in _KEPT if name in form}
    try:
        name = _checked(world, tenant_name, fields)
    except SignInError as fault:
        return html(pages.message("Sign in", str(fault)), 400)
    if form.get("decision") == "decline":
        return _back(fields, {"error": "access_denied", "error_description": str(SignInError(65004))})
    try:
        wish = Wish(tenant_name, fields.get("client_id", ""), fields.get("scope", ""), "browser")
        person = enter(world, wish, form)
    except SignInError as fault:
        if fault.code in (50126, 50034):  # a person may try again
            action = f"{origin}/{tenant_name}/oauth2/v2.0/authorize"
            wrong = pages.sign_in(action, name, fields, hint=form.get("username", ""), wrong=str(fault))
            return html(wrong)
        return _back(fields, {"error": fault.kind.error, "error_description": str(fault)})
    signed_in = SignedIn(
        person.tenant_id,
        person.user_id,
        person.app_id,
        person.scope,
        fields.get("nonce", ""),
        person.methods,
        person.flow,
    )
    code = Code(
        signed_in,
        fields.get("redirect_uri", ""),
        fields.get("code_challenge", ""),
        fields.get("code_challenge_method", "plain"),
        world.clock.now() + CODE_LIFE,
    )
    return _back(fields, {"code": world.pending.keep_code(code), "session_state": person.user_id})


def begin_device(world: World, tenant_name: str, form: dict[str, str], origin: str) -> dict[str, object]:
    """`POST /{tenant}/oauth2/v2.0/devicecode`."""
    tenant = world.tenants[0] if tenant_name in people.SHARED_TENANTS else find_tenant(world, tenant_name)
    client = clients.find(tenant, form.get("client_id", ""))
    scope = form.get("scope", "")
    scopes.read(tenant, scope)
    name, device = world.pending.keep_device(client.app_id, scope, tenant_name, world.clock.now())
    page = f"{origin}/common/oauth2/deviceauth"
    return {
        "user_code": device.user_code,
        "device_code": name,
        "verification_uri": page,
        "expires_in": 900,
        "interval": 5,
        "message": f"To sign in, open {page} in a web browser and enter the code {device.user_code}.",
    }


def device_page(world: World, given: dict[str, str], origin: str) -> Reply:
    """`GET …/deviceauth`: asks for the code, then for user name and password."""
    action = f"{origin}/common/oauth2/deviceauth"
    code = given.get("user_code", "")
    device = world.pending.device_by_user_code(code) if code else None
    if device is None:
        return html(pages.enter_code(action, code, "That code did not work." if code else ""))
    return html(pages.sign_in(action, device.app_id, {"user_code": code}))


def device_decide(world: World, form: dict[str, str], origin: str) -> Reply:
    """`POST` of that form."""
    try:
        approve_device(world, form)
    except SignInError as fault:
        action = f"{origin}/common/oauth2/deviceauth"
        fields = {"user_code": form.get("user_code", "")}
        return html(pages.sign_in(action, "a device", fields, hint=form.get("username", ""), wrong=str(fault)))
    return html(pages.message("Done", "You can close this window and go back to your device."))


def approve_device(world: World, form: dict[str, str]) -> Device:
    """A person says yes (or, with `decision=decline`, no) to a waiting device; used by the page and by the door.

    `form`: user_code, username, password, decision, everybody. SignInError where the person cannot sign in.
    """
    device = world.pending.device_by_user_code(form.get("user_code", ""))
    if device is None or device.expires <= world.clock.now():
        raise SignInError(70018)
    if form.get("decision") == "decline":
        device.declined = True
        return device
    device.person = enter(world, Wish(device.tenant, device.app_id, device.scope, "device-code"), form)
    return device


@dataclass(frozen=True)
class Wish:
    """What a person is asked to sign in to: tenant as the client named it, client, scope, and the way they came."""

    tenant: str
    app_id: str
    scope: str
    flow: str  # browser | device-code


def enter(world: World, wish: Wish, form: dict[str, str]) -> SignedIn:
    """Signs a person in to an application and records the consent they give."""
    user_name = form.get("username", "")
    tenant = find_tenant(world, wish.tenant, user_name)
    client = clients.find(tenant, wish.app_id)
    wanted = scopes.read(tenant, wish.scope)
    attempt = access.Attempt(tenant, client, wanted, wish.flow, world.visitor)
    with journal.written(attempt) as line:
        line.person = person = people.find(tenant, user_name)
        people.check_password(tenant, person, form.get("password", ""))
        line.judged = access.judged(attempt, person)
        methods = access.pass_rules(attempt, person, line.judged)
        if not client.first_party:
            consent.agree(tenant, client, wanted, person["id"], everybody=bool(form.get("everybody")))
            client = clients.find(tenant, wish.app_id)  # another organisation's now has a service principal
        consent.granted(tenant, client, wanted, person["id"])
        return SignedIn(tenant.id, person["id"], client.app_id, wish.scope, methods=methods, flow=wish.flow)


def _checked(world: World, tenant_name: str, fields: dict[str, str]) -> str:
    """The application's name, once its redirect URI is found among those registered."""
    tenant = world.tenants[0] if tenant_name in people.SHARED_TENANTS else find_tenant(world, tenant_name)
    client = clients.find(tenant, fields.get("client_id", ""))
    redirect = fields.get("redirect_uri", "")
    if not any(clients.same_redirect(known, redirect) for known in clients.redirects(client)):
        raise SignInError(50011, name=redirect, app=client.app_id)
    if "code" not in fields.get("response_type", "").split():
        raise SignInError(900144, name="response_type")
    scopes.read(tenant, fields.get("scope", ""))
    return client.name


def _back(fields: dict[str, str], answer: dict[str, str]) -> Reply:
    """To the application, in the way it asked for."""
    if "state" in fields:
        answer["state"] = fields["state"]
    target, mode = fields.get("redirect_uri", ""), fields.get("response_mode", "query")
    if mode == "form_post":
        return html(pages.post_on(target, answer))
    mark = "#" if mode == "fragment" else ("&" if "?" in target else "?")
    return Reply(302, None, {"Location": f"{target}{mark}{urlencode(answer)}"}, HTML)


def html(body: bytes, status: int = 200) -> Reply:
    """A page as an answer."""
    return Reply(status, body, {"Cache-Control": "no-store"}, HTML)
