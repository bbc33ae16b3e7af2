"""Who appears in the sign-in tests: an application with credentials and grants, and people with passwords."""

import base64
import hashlib
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from simulator.directory.first_party import GRAPH, graph_permissions
from simulator.tenant import Tenant
from tests.simulator.client import Got

SECRET = "Abc8Q~a-secret-of-the-tests"
PASSWORD = "Sommar-2026!"
REDIRECT = "http://localhost"
PUBLIC: dict[str, Any] = {"isFallbackPublicClient": True, "publicClient": {"redirectUris": [REDIRECT]}}


@dataclass(frozen=True)
class Refused:
    """How a refusal of the sign-in service looks."""

    code: int
    status: int
    error: str
    suberror: str | None = None

    def is_told_by(self, got: Got) -> None:
        """Asserts that the answer is this refusal."""
        assert (got.status, got.error, got.body["error_codes"]) == (self.status, self.error, [self.code])
        assert got.body["error_description"].startswith(f"AADSTS{self.code}: ")
        assert got.body.get("suberror") == self.suberror
        assert {"timestamp", "trace_id", "correlation_id"} <= got.body.keys()


@dataclass(frozen=True)
class App:
    """An application in the tenant: application id, object id, service principal id."""

    app_id: str
    object_id: str
    principal_id: str


def add_app(tenant: Tenant, *, roles: tuple[str, ...] = (), principal: bool = True, **given: Any) -> App:
    """Seeds an application with a secret, its service principal, and app roles on Graph."""
    app_id, object_id, principal_id = tenant.new_id(), tenant.new_id(), tenant.new_id()
    secret = {"keyId": tenant.new_id(), "displayName": "test", "secretText": SECRET}
    row = {"id": object_id, "appId": app_id, "displayName": "Åkes app", "passwordCredentials": [secret]}
    tenant.seed({"applications": [row | given]})
    if principal:
        tenant.seed({"servicePrincipals": [{"id": principal_id, "appId": app_id, "displayName": "Åkes app"}]})
    for name in roles:
        grant_role(tenant, principal_id, name)
    return App(app_id, object_id, principal_id)


def grant_role(tenant: Tenant, principal_id: str, name: str) -> None:
    """Assigns an application permission of Graph."""
    row = {"principalId": principal_id, "resourceId": graph(tenant)["id"]}
    tenant.seed({"appRoleAssignments": [row | {"appRoleId": graph_permissions()[name]["application"]}]})


def grant_scope(tenant: Tenant, principal_id: str, scope: str, user_id: str | None = None) -> None:
    """Grants delegated permissions of Graph to everybody, or to one person."""
    kind = "Principal" if user_id else "AllPrincipals"
    row = {"clientId": principal_id, "resourceId": graph(tenant)["id"], "scope": scope}
    tenant.seed({"oauth2PermissionGrants": [row | {"consentType": kind, "principalId": user_id}]})


def graph(tenant: Tenant) -> dict[str, Any]:
    """Graph's service principal."""
    found = tenant.collection("servicePrincipals").first("appId", GRAPH)
    assert found is not None
    return found


def add_person(tenant: Tenant, name: str = "olle", **given: Any) -> dict[str, Any]:
    """Seeds a person with a password of their own."""
    row = {
        "id": str(uuid.uuid4()),
        "displayName": name,
        "userPrincipalName": f"{name}@{tenant.domain}",
        "passwordProfile": {"password": PASSWORD},
    }
    tenant.seed({"users": [row | given]})
    found = tenant.collection("users").get(str(row["id"]))
    assert found is not None
    return found


@cache
def certificate() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """A self-signed certificate and its key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    return key, made


def key_credential(**more: Any) -> dict[str, Any]:
    """The certificate as an application registers it."""
    der = certificate()[1].public_bytes(serialization.Encoding.DER)
    row = {"keyId": str(uuid.uuid4()), "type": "AsymmetricX509Cert", "usage": "Verify"}
    return row | {"key": base64.b64encode(der).decode(), **more}


def assertion(app_id: str, audience: str, algorithm: str = "PS256", *, header: str = "x5t#S256", **claims: Any) -> str:
    """A client assertion signed with the certificate's key."""
    key, made = certificate()
    der = made.public_bytes(serialization.Encoding.DER)
    digest = hashlib.sha256(der) if header == "x5t#S256" else hashlib.sha1(der, usedforsecurity=False)
    print_ = base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
    now = int(time.time())
    body = {"aud": audience, "iss": app_id, "sub": app_id, "jti": str(uuid.uuid4()), "nbf": now, "exp": now + 600}
    return jwt.encode(body | claims, key, algorithm=algorithm, headers={header: print_})


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, unverified."""
    found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return found


def public_app(tenant: Tenant, scope: str = "User.Read Calendars.Read") -> App:
    """An application for people at their own machines, consented for everybody."""
    app = add_app(tenant, **PUBLIC)
    grant_scope(tenant, app.principal_id, scope)
    return app


def policy(tenant: Tenant, control: str, **users: Any) -> dict[str, Any]:
    """A Conditional Access policy for everybody and everything."""
    return {
        "id": tenant.new_id(),
        "displayName": control,
        "state": "enabled",
        "conditions": {
            "clientAppTypes": ["all"],
            "users": {"includeUsers": ["All"], **users},
            "applications": {"includeApplications": ["All"]},
        },
        "grantControls": {"operator": "OR", "builtInControls": [control]},
    }
