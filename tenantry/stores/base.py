"""What every store keeps and how it is spelled: one JSON object, or the bare secret that a person put there."""

import json
import re
from dataclasses import dataclass
from typing import Protocol

from tenantry.errors import UsageError
from tenantry.integration import CredentialKind
from tenantry.redact import Secret

VERSION = 1
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True)
class StoredCredential:
    """A credential at rest. `id` is Graph's keyId ("" where unknown), `expires` RFC 3339; one of the two secrets."""

    kind: CredentialKind
    id: str
    expires: str | None
    secret: Secret | None = None
    certificate_pem: Secret | None = None

    @property
    def names_itself(self) -> bool:
        """True for a secret that is shaped like a secret's id: a common mistake when copying from the portal."""
        return self.secret is not None and _GUID.fullmatch(self.secret.reveal().strip()) is not None


class Store(Protocol):
    """Where one credential lies."""

    def read(self) -> StoredCredential | None:
        """What is stored, or None where nothing is."""
        ...

    def write(self, credential: StoredCredential) -> None:
        """Replaces what is stored; afterwards it is readable or an error was raised."""
        ...

    def delete(self) -> None:
        """Removes it; fine where nothing is stored."""
        ...

    def describe(self) -> str:
        """The place in words, never the content: `file secrets/telia`."""
        ...


def encode(credential: StoredCredential) -> str:
    """The JSON text that `decode` reads."""
    content: dict[str, object] = {"version": VERSION, "kind": credential.kind, "id": credential.id}
    content["expires"] = credential.expires
    if credential.secret is not None:
        content["secret"] = credential.secret.reveal()
    if credential.certificate_pem is not None:
        content["certificate"] = credential.certificate_pem.reveal()
    return json.dumps(content, indent=2) + "\n"


def decode(text: str, place: str) -> StoredCredential:
    """What `encode` wrote, or a bare secret value or PEM text that a person put there.

    Raises:
        UsageError: It is empty, of a newer version or incomplete; names `place`, never the content.
    """
    bare = text.strip()
    if not bare:
        raise UsageError(f"The {place} is empty.", fix="Store the credential again.")
    if bare.startswith("-----BEGIN"):
        return StoredCredential("certificate", "", None, certificate_pem=Secret(bare + "\n"))
    if not bare.startswith("{"):
        return StoredCredential("secret", "", None, secret=Secret(bare))
    try:
        content = json.loads(bare)
        version, kind = content["version"], content["kind"]
        secret, certificate = content.get("secret"), content.get("certificate")
        if version > VERSION:
            raise UsageError(f"The {place} has version {version}, too new for this program.", fix="Update tenantry.")
        return StoredCredential(
            kind,
            content.get("id") or "",
            content.get("expires"),
            secret=Secret(secret) if secret else None,
            certificate_pem=Secret(certificate) if certificate else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(f"The {place} does not hold a credential.", fix="Store the credential again.") from None
