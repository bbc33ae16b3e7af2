"""A tenant and a way to ask its directory handlers, without sign-in and network."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from simulator.clock import SimClock
from simulator.core import Call, GraphFault, Reply, Token
from simulator.directory.founding import OPERATOR_ROLES
from simulator.router import Router
from simulator.routes import ROUTES
from simulator.tenant import Tenant
from tests import shared
from tests.openapi.check import check_reply
from tests.openapi.sdk import leftovers
from tests.openapi.spec import operations

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
ORIGIN = "https://graph.example"
ROUTER = Router(ROUTES)
EVENTUAL = {"consistencylevel": "eventual"}
CREATE = {"prefer": "create-if-missing"}
JSON = dict[str, Any]


READ: Counter[str] = Counter()
MODELS = 2  # answers of each operation that the SDK's models read


def hold_to_description(operation: str, reply: Reply) -> None:
    """Every answer in these tests is held to Microsoft's description and, first ones, to the SDK's models."""
    if not shared.folder().exists() or operation not in operations():
        return
    body = int(reply.body) if isinstance(reply.body, bytes) else reply.body  # bytes: a bare count
    problems = check_reply(operation, reply.status, body)
    READ[operation] += 1
    if isinstance(body, dict) and READ[operation] <= MODELS:
        problems = [*problems, *leftovers(operation, reply.status, body)]
    assert not problems, f"{operation} {reply.status}: {problems[:5]}"


class Asker:
    """One tenant with a clock that stands still, and its operator's token."""

    def __init__(self, users: int = 0, seed: int = 5, lag: float = 0) -> None:
        self.clock = SimClock(START, rate=0)
        self.tenant = Tenant.create(0, seed, users, self.clock, lag)
        self.tenant.awkward = False
        principal = self.tenant.collection("servicePrincipals").first("appId", self.tenant.operator["clientId"])
        assert principal is not None
        self.principal = principal
        self.token = Token(principal["appId"], frozenset(OPERATOR_ROLES), frozenset(), principal["id"])

    def reply(
        self,
        method: str,
        url: str,
        body: Any = None,
        *,
        stale: bool = False,
        token: Token | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """The handler's reply to a request on `url` below the version, query unescaped or not."""
        parts = urlsplit(url.replace("#", "%23"))
        match = ROUTER.find(method, parts.path)
        assert match is not None, url
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        call = Call(
            self.tenant,
            token or self.token,
            method,
            unquote(parts.path),
            query,
            headers or {},
            body,
            ORIGIN,
            match.operation,
            match.params,
            stale,
        )
        reply = match.handler(call)
        hold_to_description(match.operation, reply)
        return reply

    def get(self, url: str, **more: Any) -> Any:
        """The body of a GET."""
        return self.reply("GET", url, **more).body

    def values(self, url: str, **more: Any) -> list[JSON]:
        """The objects on one page."""
        found: list[JSON] = self.get(url, **more)["value"]
        return found

    def everything(self, url: str, **more: Any) -> list[JSON]:
        """The objects on all pages, following the links as a client does."""
        found: list[JSON] = []
        while url:
            body = self.get(url, **more)
            found += body["value"]
            url = body.get("@odata.nextLink", "").removeprefix(f"{ORIGIN}/v1.0")
        return found

    def post(self, url: str, body: Any = None, **more: Any) -> Any:
        """The body of the answer to a POST."""
        return self.reply("POST", url, body, **more).body

    def refusal(self, method: str, url: str, body: Any = None, **more: Any) -> GraphFault:
        """The fault of a request that must fail."""
        try:
            reply = self.reply(method, url, body, **more)
        except GraphFault as fault:
            return fault
        raise AssertionError(f"{method} {url} was answered {reply.status}")

    def app(self, name: str = "Phone", **more: Any) -> JSON:
        """A new application."""
        made: JSON = self.post("/applications", {"displayName": name, **more})
        return made

    def app_with_principal(self, name: str = "Phone", **more: Any) -> tuple[JSON, JSON]:
        """A new application and its service principal."""
        app = self.app(name, **more)
        return app, self.post("/servicePrincipals", {"appId": app["appId"]})

    def service(self, app_id: str) -> JSON:
        """One of Microsoft's service principals."""
        found: JSON = self.get(f"/servicePrincipals(appId='{app_id}')")
        return found


def told(fault: GraphFault) -> tuple[int, str]:
    """Status and code."""
    return fault.status, fault.code
