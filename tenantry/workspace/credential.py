"""The credential table: what the profile takes, how long it may live, and where it lies."""

from dataclasses import dataclass
from typing import Any

from tenantry import duration
from tenantry.integration import CredentialKind, StoreRef
from tenantry.profiles.model import Profile
from tenantry.toml import Document
from tenantry.toml.positions import Path as KeyPath
from tenantry.workspace.model import CredentialWish, Trust
from tenantry.workspace.places import Places

TOKEN_FILE = "AZURE_FEDERATED_TOKEN_FILE"  # what Kubernetes and Azure set  # noqa: S105
_AUDIENCES = {
    "usgov": "api://AzureADTokenExchangeUSGov",
    "usgov-dod": "api://AzureADTokenExchangeUSGov",
    "china": "api://AzureADTokenExchangeChina",
}
_TRUST = ("issuer", "subject", "audience")


@dataclass
class CredentialReader:
    """Turns the table into a wish; problems go to the document."""

    document: Document
    places: Places
    cloud: str

    def read(self, table: dict[str, Any], at: KeyPath, profile: Profile, owner: str) -> CredentialWish | None:
        """The wish, or None: the profile has no credential, or the table is wrong (reported)."""
        default = profile.credential
        if default is None:
            if table:
                fix = "Leave [tenant.integration.credential] out."
                self.document.report(at, f"{profile.name} has no credential under these options.", fix)
            return None
        kind = table.get("kind", default.kinds[0])
        if kind not in default.kinds:
            takes = " or ".join(default.kinds)
            self.document.report((*at, "kind"), f"{profile.name} takes no {kind} credential.", f"It takes: {takes}.")
            return None
        if kind == "federated":
            return self._federated(table, at, owner)
        return self._stored(kind, table, at, profile, owner)

    def _stored(
        self, kind: CredentialKind, table: dict[str, Any], at: KeyPath, profile: Profile, owner: str
    ) -> CredentialWish | None:
        """A secret or certificate in a store."""
        for key in _TRUST:
            if key in table:
                self.document.report((*at, key), f"does not belong to a {kind}, only to a federated credential.")
        store: StoreRef | None = StoreRef(kind="file", path=f"secrets/{owner}")
        if table.get("store") is not None:
            store = self.places.store(table["store"], (*at, "store"), owner)
        else:
            self.places.claim(f"file|secrets/{owner}".lower(), "store", at, owner)
        days = self._days(table.get("lifetime"), (*at, "lifetime"), profile)
        return None if store is None else CredentialWish(kind=kind, lifetime=days, store=store)

    def _days(self, text: str | None, at: KeyPath, profile: Profile) -> int:
        """A lifetime in whole days, no longer than the profile allows."""
        default = profile.credential
        assert default is not None
        if text is None:
            return default.lifetime
        days = duration.parse(text).total_seconds() / 86400
        if days > default.longest:
            self.document.report(at, f"{text} is longer than {profile.name} allows.", f"At most {default.longest}d.")
        elif days < 1 or days != int(days):
            self.document.report(at, f"{text} is not a number of whole days.", "Write days, such as 180d.")
        return int(days)

    def _federated(self, table: dict[str, Any], at: KeyPath, owner: str) -> CredentialWish | None:
        """No secret: Entra trusts the tokens of an issuer; the runner finds them in a file or a variable."""
        if "lifetime" in table:
            self.document.report((*at, "lifetime"), "does not belong to a federated credential, which does not end.")
        for key in _TRUST[:2]:
            if key not in table and (*at, key) not in self.document.lines:
                self.document.report((*at, key), "is missing: a federated credential needs it.")
        store: StoreRef | None = StoreRef(kind="environment", name=TOKEN_FILE)
        given = table.get("store")
        if given is not None:
            store = self.places.token(given, (*at, "store"), owner)
        if store is None or not {"issuer", "subject"} <= table.keys():
            return None
        audience = table.get("audience") or _AUDIENCES.get(self.cloud, "api://AzureADTokenExchange")
        trust = Trust(issuer=table["issuer"], subject=table["subject"], audience=audience)
        return CredentialWish(kind="federated", lifetime=0, store=store, trust=trust)
