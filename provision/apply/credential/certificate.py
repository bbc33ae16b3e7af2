"""Adding a self-signed certificate. Graph replaces the whole list, so every entry that is there is sent back."""

import asyncio
import base64
from datetime import datetime, timedelta
from typing import Any

from provision import naming
from provision.apply.credential.made import Made
from provision.apply.lists import READS
from provision.apply.work import Work
from provision.emit import rfc3339
from tenantry.errors import TenantryError
from tenantry.redact import Secret
from tenantry.stores import StoredCredential

_SKEW = timedelta(minutes=15)  # valid a little before now, for clocks that differ


async def add_certificate(work: Work, days: int) -> Made:
    """A new key pair; its public half on the app, the private half only in what is returned."""
    now = work.clock.now()
    name = naming.credential_name(work.wish.description, work.journal.run, 1)
    end = now + timedelta(days=days) - timedelta(hours=1)
    der, pem = await asyncio.to_thread(self_signed, work.desired.unique_name, now - _SKEW, end)
    async with work.writing("create", "credential", name) as writing:
        await write_certificates(work, [*await read_certificates(work), _entry(name, der, now - _SKEW, end)])
        writing.id = await _key_id(work, name)
        work.added.add(writing.id)
    return Made(name, StoredCredential("certificate", writing.id, rfc3339(end), certificate_pem=Secret(pem)))


async def read_certificates(work: Work, *, without: str = "") -> list[dict[str, Any]]:
    """The app's keyCredentials as Graph tells them, but for one.

    Read until every certificate that is known to be there shows, and equal reads in a row agree on the others: the
    list is about to be written back whole, and a lagging replica's would drop the newest.
    """
    application = work.actual.application
    known = {c.id for c in application.credentials if c.kind == "certificate"} if application else set()
    known = (known | work.added) - work.removed - {without}

    async def read() -> list[dict[str, Any]]:
        found = await work.graph.get(
            f"/applications/{work.object_id}", {"$select": "id,keyCredentials"}, settle="application"
        )
        return list(found.get("keyCredentials") or ())

    last: list[set[Any]] = []

    def believed(found: list[dict[str, Any]]) -> bool:
        ids = {entry.get("keyId") for entry in found}
        same = not last or last[-1] == ids
        last.append(ids)
        return same and known <= ids

    entries = await work.graph.settled(read, believed, times=READS)
    return [entry for entry in entries if entry.get("keyId") != without]


async def write_certificates(work: Work, entries: list[dict[str, Any]]) -> None:
    """Replaces the list by these entries; kept ones go back by their id, without the key.

    With its key a kept one would count as new, and an expired one be refused (KeyCredentialsInvalidEndDate).
    """
    sent = [{**entry, "key": None} if entry.get("keyId") else entry for entry in entries]
    await work.graph.patch(f"/applications/{work.object_id}", {"keyCredentials": sent}, settle="application")


def self_signed(common_name: str, start: datetime, end: datetime) -> tuple[bytes, str]:
    """A certificate (DER) and the same with its private key (PEM), RSA 2048 signed with SHA-256."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem = private + certificate.public_bytes(serialization.Encoding.PEM)
    return certificate.public_bytes(serialization.Encoding.DER), pem.decode("ascii")


def _entry(name: str, der: bytes, start: datetime, end: datetime) -> dict[str, Any]:
    return {
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
        "displayName": name,
        "key": base64.b64encode(der).decode("ascii"),
        "startDateTime": rfc3339(start),
        "endDateTime": rfc3339(end),
    }


async def _key_id(work: Work, name: str) -> str:
    """The id that Graph gave the entry, read until it shows."""

    async def read() -> dict[str, Any] | None:
        return next((e for e in await read_certificates(work) if e.get("displayName") == name), None)

    found = await work.graph.settled(read, lambda entry: bool(entry.get("keyId")), times=1)
    if not found.get("keyId"):
        raise TenantryError(f"The certificate {name} does not show on the app.")
    return str(found["keyId"])
