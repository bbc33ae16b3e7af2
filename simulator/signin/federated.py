"""Assertions of somebody else: an application's federated identity credential trusts an issuer's tokens.

The door is told an issuer's keys: `POST /seed {"federatedIssuers": [{"issuer": "https://…", "jwks": {"keys": […]}}]}`.
learn.microsoft.com/entra/workload-id/workload-identity-federation. Issuer, subject and audience match to the letter.
"""

import time
from typing import Any

import jwt

from simulator.signin.errors import SignInError
from simulator.tenant import JSON, Tenant

_SKEW = 300


def check(tenant: Tenant, application: JSON | None, assertion: str, claims: dict[str, Any]) -> None:
    """Verifies the assertion; AADSTS70021 where no credential trusts it, 5000811 for a wrong key, 700024 too late."""
    if not _trusted(tenant, application, claims):
        named = (claims.get("iss"), claims.get("sub"), claims.get("aud"))
        raise SignInError(70021, name=str(named[0]), reason=str(named[1]), tenant=str(named[2]))
    _check_signature(tenant, assertion, str(claims.get("iss")))
    now = time.time()  # an issuer of its own clock
    if not (float(claims.get("nbf", 0)) - _SKEW <= now < float(claims.get("exp", 0)) + _SKEW):
        raise SignInError(700024)


def _trusted(tenant: Tenant, application: JSON | None, claims: dict[str, Any]) -> bool:
    if application is None:
        return False
    audiences = claims.get("aud")
    given = set(audiences) if isinstance(audiences, list) else {audiences}
    held = tenant.collection("federatedIdentityCredentials").find("applicationId", application["id"], stale=True)
    return any(
        row["issuer"] == claims.get("iss") and row["subject"] == claims.get("sub") and given & set(row["audiences"])
        for row in held
    )


def _check_signature(tenant: Tenant, assertion: str, issuer: str) -> None:
    known = tenant.collection("federatedIssuers").get(issuer) or {}
    wanted = jwt.get_unverified_header(assertion).get("kid")
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
    for key in (known.get("jwks") or {}).get("keys") or ():
        if wanted is not None and key.get("kid") != wanted:
            continue
        try:
            jwt.decode(assertion, jwt.PyJWK(key, algorithm="RS256"), algorithms=["RS256"], options=options)
        except jwt.PyJWTError:
            continue
        return
    raise SignInError(5000811)
