"""What the parts of the simulator share: one request, one answer, one error, one route.

The simulator imitates the documented service. It imports nothing of the toolkit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.tenant import Tenant

JSON = dict[str, Any]


@dataclass(frozen=True)
class Token:
    """Who asks: the claims of the access token that came with the request."""

    app_id: str
    roles: frozenset[str]  # application permissions; empty for a person's token
    scopes: frozenset[str]  # delegated permissions; empty for an app-only token
    object_id: str  # service principal (app-only) or user
    wids: frozenset[str] = frozenset()  # role template ids of the signed-in person
    service_principal_id: str = ""

    @property
    def app_only(self) -> bool:
        """True where no person signed in."""
        return not self.scopes


@dataclass
class Call:
    """One Graph request after routing; each part of a `$batch` is one too.

    `path` is below `/v1.0`, decoded; `params` are the template's values by name; `query` keeps `$` in names;
    `headers` have lower-case names; `origin` is `https://host` as the client asked for it (Host header).
    """

    tenant: "Tenant"
    token: Token
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any = None
    origin: str = ""
    operation: str = ""  # "GET /users/{user-id}": METHOD and template
    params: dict[str, str] = field(default_factory=dict)
    stale: bool = False  # answered by a replica that lags


@dataclass
class Reply:
    """An answer: `body` is JSON-ready, or bytes already rendered (then `content_type` says of what)."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = (
        "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
    )


class GraphFault(Exception):  # noqa: N818 - what the service answers, no error of ours
    """The service refuses: becomes the documented error envelope (learn.microsoft.com/graph/errors)."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


Handler = Callable[[Call], Reply]


@dataclass(frozen=True)
class Route:
    """One operation of Graph v1.0: `template` as in Microsoft's OpenAPI, e.g. `/users/{user-id}/calendarView`."""

    method: str
    template: str
    handler: Handler
