"""The Microsoft clouds: authority, scope and base URL move together, so they are one record.

Source: learn.microsoft.com/graph/deployments.
"""

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta


class Cloud(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One cloud. `ca` is a PEM file that signs its servers, `clock` the door of a rehearsal tenant."""

    name: Annotated[str, Meta(description="As tenantry.toml names it.")]
    login: Annotated[str, Meta(description="Where people and apps sign in, https://host.")]
    graph: Annotated[str, Meta(description="Where Microsoft Graph answers, https://host.")]
    ca: Annotated[str | None, Meta(description="PEM file of the authority that signs these servers.")] = None
    clock: Annotated[str | None, Meta(description="The door of a rehearsal tenant.")] = None

    @property
    def scope(self) -> str:
        """The scope that asks for everything granted on Graph in this cloud."""
        return f"{self.graph}/.default"

    @property
    def base_url(self) -> str:
        """Where Graph v1.0 begins; never without the version (msgraph-sdk-python#1116)."""
        return f"{self.graph}/v1.0"

    @property
    def built_in(self) -> bool:
        """True for Microsoft's own clouds, where instance discovery may be asked."""
        return self.name in BUILT_IN

    def ca_path(self, base: Path) -> Path | None:
        """The CA file, relative names read from `base` (the workspace or the integration file's root)."""
        return None if self.ca is None else (base / self.ca)


BUILT_IN: dict[str, Cloud] = {
    cloud.name: cloud
    for cloud in (
        Cloud(name="global", login="https://login.microsoftonline.com", graph="https://graph.microsoft.com"),
        Cloud(name="usgov", login="https://login.microsoftonline.us", graph="https://graph.microsoft.us"),
        Cloud(name="usgov-dod", login="https://login.microsoftonline.us", graph="https://dod-graph.microsoft.us"),
        Cloud(
            name="china",
            login="https://login.chinacloudapi.cn",
            graph="https://microsoftgraph.chinacloudapi.cn",
        ),
    )
}
