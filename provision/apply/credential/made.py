"""A credential just added to the app: its display name there, and what goes into the store."""

from dataclasses import dataclass

from tenantry.stores import StoredCredential


@dataclass(frozen=True)
class Made:
    """The display name is unique to the try, so that the credential can be found without knowing its id."""

    name: str
    stored: StoredCredential
