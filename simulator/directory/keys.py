"""Certificates of applications and service principals: the list that PATCH replaces, addKey, removeKey."""

import base64
import binascii
import hashlib
import time
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from simulator.core import Call, GraphFault, Reply, Route
from simulator.directory.common import body_of, denied, refused
from simulator.directory.credentials_view import public
from simulator.directory.enforcement import check_certificate
from simulator.directory.holders import HOLDERS, Holder
from simulator.odata.syntax import moment

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

JSON = dict[str, Any]

PROOF_AUDIENCE = "00000002-0000-0000-c000-000000000000"
PROOF_SECONDS = 600
KEY_TYPES = ("AsymmetricX509Cert", "X509CertAndPassword")


def replaced(call: Call, holder: Holder, owner: JSON, asked: list[JSON]) -> list[JSON]:
    """The new `keyCredentials`: entries known by `keyId` are kept, others read from their certificate."""
    held = {one["keyId"].lower(): one for one in owner.get("keyCredentials") or ()}
    made = []
    for entry in asked:
        known = held.get(str(entry.get("keyId")).lower())
        if known is not None and not entry.get("key"):
            made.append({**known, "displayName": entry.get("displayName", known["displayName"])})
        else:
            made.append(new_key(call, holder, owner, entry))
    return made


def new_key(call: Call, holder: Holder, owner: JSON, entry: JSON) -> JSON:
    """A certificate as the directory keeps it. Refuses what is none, what is out of date, what policy forbids."""
    der, certificate = _certificate(entry.get("key"))
    if entry.get("type") not in ("AsymmetricX509Cert", "X509CertAndPassword") or entry.get("usage") not in (
        "Verify",
        "Sign",
    ):
        raise refused("Invalid value specified for property 'keyCredentials' of resource 'Application'.")
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    start, end = _time(entry, "startDateTime") or first, _time(entry, "endDateTime") or last
    if start.replace(microsecond=0) < first or start > last:
        raise refused("Key credential start date is invalid.", "KeyCredentialsInvalidStartDate")
    if end > last or end <= start or end <= call.tenant.now():
        raise refused("Key credential end date is invalid.", "KeyCredentialsInvalidEndDate")
    check_certificate(call, holder, owner, start, end)
    thumbprint = base64.b64encode(hashlib.sha1(der, usedforsecurity=False).digest()).decode()
    return {
        "customKeyIdentifier": entry.get("customKeyIdentifier") or thumbprint,
        "displayName": entry.get("displayName") or certificate.subject.rfc4514_string(),
        "endDateTime": call.tenant.stamp(end),
        "key": base64.b64encode(der).decode(),
        "keyId": entry.get("keyId") or call.tenant.new_id(),
        "startDateTime": call.tenant.stamp(start),
        "type": entry["type"],
        "usage": entry["usage"],
        "@created": call.tenant.stamp(),
    }


def add(holder: Holder, call: Call) -> Reply:
    """addKey: a new certificate, on proof that the caller holds one that is there already."""
    owner = holder.claimed(call)
    body = body_of(call)
    _check_proof(call, owner, body.get("proof"))
    entry = new_key(call, holder, owner, body.get("keyCredential") or {})
    call.tenant.collection(holder.collection).put({**owner, "keyCredentials": [*owner["keyCredentials"], entry]})
    context = f"{call.origin}/v1.0/$metadata#microsoft.graph.keyCredential"
    return Reply(200, {"@odata.context": context, **public(entry), "key": None})


def remove(holder: Holder, call: Call) -> Reply:
    """removeKey: the same proof, and the key's id."""
    owner = holder.claimed(call)
    body = body_of(call)
    _check_proof(call, owner, body.get("proof"))
    kept = [one for one in owner["keyCredentials"] if one["keyId"].lower() != str(body.get("keyId")).lower()]
    if len(kept) == len(owner["keyCredentials"]):
        raise refused("No credentials found to be removed.")
    call.tenant.collection(holder.collection).put({**owner, "keyCredentials": kept})
    return Reply(204)


def _certificate(key: object) -> "tuple[bytes, Certificate]":
    """The DER bytes and the certificate in a `key` property."""
    from cryptography import x509

    try:
        der = base64.b64decode(key if isinstance(key, str) else "", validate=True)
        return der, x509.load_der_x509_certificate(der)
    except (binascii.Error, ValueError):
        raise refused("Key credential is not a valid certificate.", "KeyCredentialsInvalidValue") from None


def _time(entry: JSON, name: str) -> datetime | None:
    try:
        return moment(entry[name]) if entry.get(name) else None
    except ValueError:
        raise refused(f"Invalid value specified for property '{name}' of resource 'KeyCredential'.") from None


def _check_proof(call: Call, owner: JSON, proof: object) -> None:
    """The proof is a JWT of at most ten minutes, signed with a certificate that the object has and that is alive."""
    import jwt

    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    for entry in owner["keyCredentials"]:
        _, certificate = _certificate(entry["key"])
        try:
            claims = jwt.decode(
                str(proof),
                certificate.public_key(),  # type: ignore[arg-type]
                algorithms=["RS256", "PS256"],
                audience=PROOF_AUDIENCE,
                issuer=owner["id"],
                options=options,
            )
        except jwt.PyJWTError:
            continue
        alive = moment(entry["endDateTime"]) > call.tenant.now()
        first, last = float(claims.get("nbf", 0)), float(claims.get("exp", 0))
        if alive and last - first <= PROOF_SECONDS and first - PROOF_SECONDS <= time.time() < last:
            return
    raise _unproven()


def _unproven() -> GraphFault:
    return denied("Access denied. Proof of possession of an existing key is missing or invalid.")


ROUTES = [
    route
    for holder in HOLDERS
    for route in (
        Route("POST", f"{holder.item}/addKey", partial(add, holder)),
        Route("POST", f"{holder.item}/removeKey", partial(remove, holder)),
    )
]
