"""Reads the `scope` parameter: which resource is asked for, and which of its delegated permissions."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from simulator.directory.first_party import GRAPH
from simulator.signin.errors import SignInError
from simulator.tenant import Tenant
from simulator.tls import ADDRESSES, NAMES

OPENID = frozenset({"openid", "profile", "email", "offline_access"})
DEFAULT = ".default"
_GRAPH_HOSTS = frozenset({"localhost", *ADDRESSES, *(name for name in NAMES if "graph." in name)})


@dataclass(frozen=True)
class Wanted:
    """What a scope asks for: the resource as it was named, its service principal, and permission names."""

    audience: str
    resource: dict[str, Any]
    names: frozenset[str]  # without the openid ones; empty with `default`
    openid: frozenset[str]
    default: bool


def read(tenant: Tenant, scope: str, *, app_only: bool = False) -> Wanted:
    """Parses a scope; AADSTS70011, 1002012 or 500011 where it will not do."""
    words = scope.split()
    if not words:
        raise SignInError(900144, name="scope")
    openid = frozenset(word for word in words if word in OPENID)
    asked = [_split(word) for word in words if word not in OPENID]
    if app_only and (len(asked) != 1 or asked[0][1] != DEFAULT or openid):
        raise SignInError(1002012, name=scope)
    resources = {resource for resource, _ in asked} or {""}
    if len(resources) != 1:
        raise SignInError(70011, name=scope)
    audience = resources.pop() or "https://graph.microsoft.com"
    names = frozenset(name for _, name in asked)
    principal = _principal(tenant, audience)
    _known(principal, names, scope)
    return Wanted(audience, principal, names - {DEFAULT}, openid, DEFAULT in names)


def is_graph(audience: str) -> bool:
    """True for every name by which Graph is asked for."""
    return audience.lower() == GRAPH or (urlsplit(audience).hostname or "") in _GRAPH_HOSTS


def _split(word: str) -> tuple[str, str]:
    """Resource and permission of one scope word; a bare permission is Graph's."""
    resource, slash, name = word.rpartition("/")
    if not slash:
        return "", word
    if not name:
        raise SignInError(70011, name=word)
    return resource.rstrip("/"), name


def _principal(tenant: Tenant, audience: str) -> dict[str, Any]:
    """The resource's service principal, found by application id or by one of its names."""
    principals = tenant.collection("servicePrincipals")
    if is_graph(audience):
        found = principals.first("appId", GRAPH)
    else:
        found = principals.first("appId", audience, stale=True) or principals.first(
            "servicePrincipalNames", audience, stale=True
        )
    if found is None:
        raise SignInError(500011, name=audience, tenant=str(tenant.organization.get("displayName") or tenant.id))
    return found


def _known(principal: dict[str, Any], names: frozenset[str], scope: str) -> None:
    offered = {str(row.get("value")) for row in principal.get("oauth2PermissionScopes") or []}
    if names - offered - {DEFAULT}:
        raise SignInError(70011, name=scope)
