"""Which application asks, and whether it is the one: secrets and certificates against the directory's objects."""

import base64
import hashlib
import hmac
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from simulator.clock import parse_time
from simulator.directory import foreign
from simulator.signin import federated
from simulator.signin.errors import SignInError
from simulator.tenant import Tenant

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
JSON = dict[str, Any]
_CLOCK_SKEW = 300


@dataclass(frozen=True)
class Client:
    """An application as the sign-in service knows it in one tenant. `application` is None for Microsoft's own;
    `foreign`: it lives in another tenant.
    """

    app_id: str
    tenant: Tenant
    application: JSON | None
    principal: JSON | None
    foreign: bool = False

    @property
    def name(self) -> str:
        """What people see."""
        return str((self.principal or self.application or {}).get("displayName") or self.app_id)

    @property
    def first_party(self) -> bool:
        """Microsoft's own client (Azure CLI, Graph Command Line Tools): public, known to every tenant."""
        return self.application is None and self.principal is not None

    def service_principal(self) -> JSON:
        """The application's presence in the tenant; AADSTS7000229 without one, 7000112 where it is switched off."""
        if self.principal is None and self.foreign:
            raise SignInError(700016, app=self.app_id, tenant=_name_of(self.tenant))
        if self.principal is None:
            raise SignInError(7000229, app=self.app_id, tenant=self.tenant.id)
        if self.principal.get("accountEnabled") is False:
            raise SignInError(7000112, app=self.app_id, name=self.name)
        return self.principal


def find(tenant: Tenant, app_id: str) -> Client:
    """The application with this id; AADSTS700016 where the sign-in service has not heard of it (yet)."""
    if not app_id:
        raise SignInError(900144, name="client_id")
    wanted = app_id.lower()
    application = tenant.collection("applications").first("appId", wanted, stale=True)
    principal = tenant.collection("servicePrincipals").first("appId", wanted, stale=True)
    if application is not None:
        return Client(wanted, tenant, application, principal)
    elsewhere = foreign.find(tenant, wanted)
    if elsewhere is None and principal is None:
        raise SignInError(700016, app=app_id, tenant=_name_of(tenant))
    return Client(wanted, tenant, elsewhere, principal, elsewhere is not None)


def _name_of(tenant: Tenant) -> str:
    return str(tenant.organization.get("displayName") or tenant.id)


def redirects(client: Client) -> list[str]:
    """The redirect URIs of every platform; Microsoft's own clients come back to the loopback."""
    found = ["http://localhost"] if client.first_party else []
    for platform in ("web", "spa", "publicClient"):
        found += ((client.application or {}).get(platform) or {}).get("redirectUris") or []
    return found


def authenticate(client: Client, form: dict[str, str]) -> str:
    """Proves that the caller is the client, by secret or assertion; returns `appidacr` ("1" secret, "2" key)."""
    if form.get("client_assertion"):
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise SignInError(900144, name="client_assertion_type")
        check_assertion(client, form["client_assertion"])
        return "2"
    if "client_secret" not in form:
        raise SignInError(7000216 if form.get("grant_type") == "client_credentials" else 7000218)
    check_secret(client, form["client_secret"])
    return "1"


def is_public(client: Client, redirect_uri: str = "") -> bool:
    """True where the client may ask without proof: Microsoft's own, or registered as public."""
    application = client.application
    if application is None:
        return client.first_party
    registered = (application.get("publicClient") or {}).get("redirectUris") or []
    spa = (application.get("spa") or {}).get("redirectUris") or []
    if application.get("isFallbackPublicClient"):
        return True
    return bool(redirect_uri) and any(same_redirect(known, redirect_uri) for known in [*registered, *spa])


def check_secret(client: Client, value: str) -> None:
    """Compares with the live secrets; AADSTS7000215 where none is the value, 7000222 where that one has expired."""
    now, expired = client.tenant.now(), False
    digest = hashlib.sha256(value.encode()).hexdigest()
    for credential in _credentials(client, "passwordCredentials"):
        if not hmac.compare_digest(str(credential.get("@sha256") or ""), digest) or not _known(client, credential, now):
            continue
        if _ended(credential, now):
            expired = True
        elif _begun(credential, now):
            return
    raise SignInError(7000222 if expired else 7000215, app=client.app_id)


def check_assertion(client: Client, assertion: str) -> None:
    """Verifies a signed client assertion (RS256 or PS256; `x5t` or `x5t#S256` names the certificate)."""
    try:
        header = jwt.get_unverified_header(assertion)
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise SignInError(50027) from None
    if header.get("alg") not in ("RS256", "PS256"):
        raise SignInError(50027)
    if claims.get("iss") != client.app_id or claims.get("sub") != client.app_id:
        federated.check(client.tenant, client.application, assertion, claims)
        return
    _check_signature(client, assertion, header)
    now = time.time()  # client assertions are made by the client's own clock
    if not (float(claims.get("nbf", 0)) - _CLOCK_SKEW <= now < float(claims.get("exp", 0)) + _CLOCK_SKEW):
        raise SignInError(700024)
    if not _names_us(client.tenant, str(claims.get("aud"))):
        raise SignInError(700023)


def _check_signature(client: Client, assertion: str, header: JSON) -> None:
    certificate, credential = _certificate(client, header)
    if _ended(credential, client.tenant.now()):
        raise SignInError(700027, reason="The key used is expired.")
    key = certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    try:
        jwt.decode(
            assertion,
            key,
            algorithms=["RS256", "PS256"],
            options={"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False},
        )
    except jwt.PyJWTError:
        raise SignInError(
            700027, reason="The key was found, but use of the key to verify the signature failed."
        ) from None


def _certificate(client: Client, header: JSON) -> tuple[x509.Certificate, JSON]:
    """The registered certificate that the header names by thumbprint."""
    for credential in _credentials(client, "keyCredentials"):
        der = base64.b64decode(credential.get("key") or "")
        prints = {"x5t#S256": hashlib.sha256(der).digest(), "x5t": hashlib.sha1(der, usedforsecurity=False).digest()}
        if der and any(str(header.get(name)).rstrip("=") == _url64(digest) for name, digest in prints.items()):
            return x509.load_der_x509_certificate(der), credential
    raise SignInError(700027, reason="The key was not found.")


def _credentials(client: Client, kind: str) -> Iterator[JSON]:
    """Credentials of the application and of its service principal, as they are now."""
    for collection in ("applications", "servicePrincipals"):
        held = client.tenant.collection(collection).first("appId", client.app_id)
        if held is None and client.foreign and collection == "applications":
            held = client.application
        yield from (held or {}).get(kind) or []


def _names_us(tenant: Tenant, audience: str) -> bool:
    """True for the token endpoint or the issuer of this tenant, at any name the service is reached by."""
    first, _, rest = urlsplit(audience).path.strip("/").partition("/")
    known = first.lower() in (tenant.id, tenant.domain.lower(), "organizations", "common")
    return known and rest in ("oauth2/v2.0/token", "oauth2/token", "v2.0", "")


def same_redirect(registered: str, given: str) -> bool:
    """Equal redirect URIs; on loopback the port does not count (RFC 8252)."""
    known, asked = urlsplit(registered), urlsplit(given)
    if known.scheme == "http" and known.hostname in ("localhost", "127.0.0.1") and asked.hostname == known.hostname:
        return asked.scheme == "http" and known.path.rstrip("/") == asked.path.rstrip("/")
    return registered.rstrip("/") == given.rstrip("/")


def _known(client: Client, credential: JSON, now: datetime) -> bool:
    """False while a new secret has not reached the sign-in service."""
    age = now - parse_time(str(credential.get("@created") or credential.get("startDateTime")))
    return age >= timedelta(seconds=client.tenant.lag)


def _ended(credential: JSON, now: datetime) -> bool:
    end = credential.get("endDateTime")
    return bool(end) and parse_time(str(end)) <= now


def _begun(credential: JSON, now: datetime) -> bool:
    start = credential.get("startDateTime")
    return not start or parse_time(str(start)) <= now


def _url64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
