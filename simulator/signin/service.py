"""The sign-in service's routes: which path does what, and how its answers and errors look."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from simulator import misses
from simulator.core import Reply
from simulator.signin import adminconsent, grants, interactive
from simulator.signin.errors import SignInError
from simulator.signin.people import SHARED_TENANTS
from simulator.visitor import Visitor
from simulator.world import Asked, World

JSON_TYPE = "application/json; charset=utf-8"


def answer(world: World, asked: Asked) -> tuple[Reply, str | None]:
    """One request to the sign-in service: the answer, and the client's id for the log."""
    form = asked.form() if asked.method == "POST" else asked.parameters()
    app = form.get("client_id") or None
    world.visitor = Visitor.of(asked.headers)
    try:
        return _route(world, asked, form), app
    except SignInError as fault:
        correlation = asked.headers.get("client-request-id", "")
        discovery = fault.code == 90002 and asked.method == "GET"
        body = fault.told(world.clock.now(), correlation, error="invalid_tenant" if discovery else "")
        return _json(body, fault.kind.status), app


def missed(world: World, asked: Asked) -> Reply | None:
    """The answer of a sign-in service that has not heard of a new application or secret; None where nothing is new."""
    form = asked.form()
    tenant = world.tenant(asked.path.strip("/").partition("/")[0])
    if asked.method != "POST" or not asked.path.endswith("/oauth2/v2.0/token") or tenant is None:
        return None
    app_id = form.get("client_id", "").lower()
    found = tenant.collection("applications").first("appId", app_id) if app_id else None
    if found is None or form.get("grant_type") != "client_credentials":
        return None
    within = misses.NEW_TO_SIGN_IN
    if misses.is_new(tenant, found.get("createdDateTime"), within):
        fault = SignInError(700016, app=app_id, tenant=str(tenant.organization.get("displayName")))
    elif any(misses.is_new(tenant, row.get("@created"), within) for row in found.get("passwordCredentials") or []):
        fault = SignInError(7000215, app=app_id)
    else:
        return None
    return _json(fault.told(world.clock.now(), asked.headers.get("client-request-id", "")), fault.kind.status)


def _route(world: World, asked: Asked, form: dict[str, str]) -> Reply:
    tenant, _, rest = asked.path.strip("/").partition("/")
    rest = rest.strip("/").lower()
    if rest in ("oauth2/deviceauth", "deviceauth") or (tenant.lower() == "deviceauth" and not rest):
        if asked.method == "POST":
            return interactive.device_decide(world, form, asked.origin)
        return interactive.device_page(world, form, asked.origin)
    if rest in FORMS:
        show, decide = FORMS[rest]
        return (decide if asked.method == "POST" else show)(world, tenant, form, asked.origin)
    if rest.startswith("userrealm/"):
        return _json(_realm(unquote(rest.partition("/")[2])))
    made = DOCUMENTS.get((asked.method, rest))
    if made is None:
        known = any(path == rest for _, path in DOCUMENTS)
        return _json({"error": "not_found" if not known else "method_not_allowed"}, 405 if known else 404)
    return _json(made(world, tenant, form, asked.origin))


def _token(world: World, tenant: str, form: dict[str, str], origin: str) -> Any:
    return grants.token(world, tenant, form, origin)


def _configuration(world: World, tenant: str, form: dict[str, str], origin: str) -> Any:  # noqa: ARG001
    """The OpenID configuration; every link follows the Host the client used."""
    shared = tenant.lower() in SHARED_TENANTS
    name = tenant.lower() if shared else grants.find_tenant(world, tenant).id
    base = f"{origin}/{name}"
    cloud = (world.tenants[0] if shared else grants.find_tenant(world, tenant)).cloud
    return {
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": f"{origin}/{'{tenantid}' if shared else name}/v2.0",
        "request_uri_parameter_supported": False,
        "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        "http_logout_supported": True,
        "frontchannel_logout_supported": True,
        "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username", "name", "tid", "ver"],
        "tenant_region_scope": None if shared else "EU",
        "cloud_instance_name": cloud.instance,
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": cloud.graph_host,
    }


def _instances(world: World, tenant: str, form: dict[str, str], origin: str) -> Any:  # noqa: ARG001
    """Instance discovery: which names belong to one cloud. The asker's own name is one more cloud of its own."""
    host = origin.removeprefix("https://")
    asked = form.get("authorization_endpoint", "")
    tenant_name = asked.removeprefix("https://").partition("/")[2].partition("/")[0] or "common"
    metadata = [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}]
    return {
        "tenant_discovery_endpoint": f"{origin}/{tenant_name}/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": metadata,
    }


def _keys(world: World, tenant: str, form: dict[str, str], origin: str) -> Any:  # noqa: ARG001
    return world.signer.key_set(f"{origin}/{{tenantid}}/v2.0")


def _devicecode(world: World, tenant: str, form: dict[str, str], origin: str) -> Any:
    return interactive.begin_device(world, tenant, form, origin)


def _realm(user_name: str) -> Any:
    """User realm discovery, which MSAL asks before it sends a password: every account is the tenant's own."""
    return {
        "ver": "1.0",
        "account_type": "Managed",
        "domain_name": user_name.rpartition("@")[2],
        "cloud_instance_name": "microsoftonline.com",
        "cloud_audience_urn": "urn:federation:MicrosoftOnline",
    }


Step = Callable[[World, str, dict[str, str], str], Reply]
FORMS: dict[str, tuple[Step, Step]] = {
    "oauth2/v2.0/authorize": (interactive.authorize, interactive.decide),
    "v2.0/adminconsent": (adminconsent.page, adminconsent.decide),
    "adminconsent": (adminconsent.page, adminconsent.decide),
}
"""Pages with a form: what shows it, and what takes it."""
Document = Callable[[World, str, dict[str, str], str], Any]
DOCUMENTS: dict[tuple[str, str], Document] = {
    ("POST", "oauth2/v2.0/token"): _token,
    ("GET", "v2.0/.well-known/openid-configuration"): _configuration,
    ("GET", ".well-known/openid-configuration"): _configuration,
    ("GET", "discovery/instance"): _instances,
    ("GET", "discovery/v2.0/keys"): _keys,
    ("GET", "discovery/keys"): _keys,
    ("POST", "oauth2/v2.0/devicecode"): _devicecode,
}


def _json(body: Any, status: int = 200) -> Reply:
    headers = {"Cache-Control": "no-store, no-cache", "Pragma": "no-cache"} if status != 404 else {}
    return Reply(status, body, headers, JSON_TYPE)
