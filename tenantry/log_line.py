"""One line of the log under `--log json`, as a type: for its schema."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class LogLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happened, secrets masked."""

    time: Annotated[str, Meta(description="RFC 3339, UTC, milliseconds.")]
    level: Literal["debug", "info", "warning", "error", "critical"]
    message: str
    tenant: Annotated[str | None, Meta(description="Its name; null where none is concerned.")]
    integration: str | None
    request_id: Annotated[str | None, Meta(description="Microsoft's id of the request, to be told to its support.")]
