"""What a national cloud has of its own: names, permission ids, and what it does not offer.

China (21Vianet) has neither `/communications` nor presence (metadata of 2026-08), and some of its permission ids
differ from the public cloud's (vendors' guides say so). Which ids differ is not published as data: those here are
made up, so that a tool that trusts the public ones is found out.
"""

import re
import uuid
from dataclasses import dataclass

_OURS = uuid.UUID("7e1ec0de-0000-5000-8000-000000000021")


@dataclass(frozen=True)
class Cloud:
    """One cloud. `missing` matches paths that its Graph does not have, `lacking` permission names it does not offer."""

    name: str
    domain: str  # what the names of its tenants end in
    instance: str  # `cloud_instance_name` of the discovery document
    graph_host: str
    missing: re.Pattern[str] | None = None
    lacking: re.Pattern[str] | None = None
    own_ids: frozenset[str] = frozenset()  # permissions whose ids differ here

    def has_path(self, template: str) -> bool:
        """Whether this cloud's Graph has an operation, by its template."""
        return self.missing is None or self.missing.search(template) is None

    def offers(self, permission: str) -> bool:
        """Whether the permission exists here."""
        return self.lacking is None or self.lacking.search(permission) is None

    def id_of(self, permission: str, kind: str, public: str) -> str:
        """The permission's id here; `public` is the one of the public cloud."""
        return str(uuid.uuid5(_OURS, f"{kind} {permission}")) if permission in self.own_ids else public


GLOBAL = Cloud("global", "onmicrosoft.com", "microsoftonline.com", "graph.microsoft.com")
CHINA = Cloud(
    "china",
    "partner.onmschina.cn",
    "partner.microsoftonline.cn",
    "microsoftgraph.chinacloudapi.cn",
    missing=re.compile(r"^/communications\b|/presence\b|/authenticationMethodsPolicy\b"),
    lacking=re.compile(r"^Presence\."),
    own_ids=frozenset({"Calendars.Read", "Calendars.ReadWrite", "Place.Read.All", "User.Read", "User.Read.All"}),
)
CLOUDS = {cloud.name: cloud for cloud in (GLOBAL, CHINA)}
