"""The Graph service: from a request to its answer, without the network.

Token, route, permission, handler; errors in the documented envelope; the headers that every answer carries.
"""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import jwt
import msgspec

from simulator import failures, misses
from simulator.authorize import authorize
from simulator.core import Call, GraphFault, Reply, Token
from simulator.faults import IN_BATCH, Fault
from simulator.router import Match, MethodNotAllowedError, Router
from simulator.routes import ROUTES
from simulator.signin.scopes import is_graph
from simulator.structural import structural
from simulator.tenant import Tenant
from simulator.tokens import bearer, caller, check, refused
from simulator.world import Asked, World

VERSION = "/v1.0"
_SERVER = {
    "DataCenter": "Sweden Central",
    "Slice": "E",
    "Ring": "3",
    "ScaleUnit": "001",
    "RoleInstance": "GV3PEPF00000001",
}
DIAGNOSTIC = json.dumps({"ServerInfo": _SERVER}, separators=(",", ":"))
_BODIES = frozenset({"POST", "PATCH", "PUT"})


@dataclass(frozen=True)
class Answer:
    """An answer with what the log wants to know: the app that asked, the parts of a batch, bytes held elsewhere."""

    reply: Reply
    app: str | None = None
    parts: list[dict[str, Any]] | None = None
    shared: bool = False


@dataclass(frozen=True)
class Caller:
    """Who asks, once the token is read."""

    tenant: Tenant
    token: Token


@dataclass(frozen=True)
class Ids:
    """The ids by which a request is spoken of: ours, and the client's own, echoed."""

    request: str = field(default_factory=lambda: str(uuid.uuid4()))
    client: str = ""

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "Ids":
        """Ours made anew, theirs from the header."""
        return cls(client=headers.get("client-request-id", ""))

    def headers(self) -> dict[str, str]:
        """As every answer carries them."""
        return {"request-id": self.request, "client-request-id": self.client or self.request}


@dataclass(frozen=True)
class Part:
    """One request below the version: the whole HTTP request, or one of a batch."""

    method: str
    path: str  # below /v1.0, percent-encoded
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    origin: str
    url: str = ""  # how the page cache knows it


class GraphService:
    """Answers Graph requests for the tenants of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._router = Router(ROUTES)

    def answer(self, asked: Asked) -> Answer:
        """One HTTP request: a single operation, or a `$batch` of them."""
        ids = Ids.of(asked.headers)
        app: str | None = None
        try:
            who = self.identify(asked.headers)
            app = who.token.app_id
            if _below_version(asked.path).lower() == "/$batch":
                from simulator.batch import run  # batch answers its parts through this service

                reply, parts = run(self, who, asked)
                return Answer(self._dressed(reply, ids), app, parts)
            part = self._part(asked)
            reply, shared = self.one(who, part)
            return Answer(self._dressed(reply, ids), app, shared=shared)
        except GraphFault as fault:
            return Answer(self._dressed(self.refusal(fault, ids), ids), app)

    def identify(self, headers: Mapping[str, str]) -> Caller:
        """The tenant and the token of a request; GraphFault 401 where there is no good one."""
        try:
            claims = self.world.signer.read(bearer(headers))
        except jwt.PyJWTError:
            raise refused("IDX14100: JWT is not well formed, there are no dots (.).") from None
        tenant = self.world.tenant(str(claims.get("tid", "")))
        if tenant is None or not is_graph(str(claims.get("aud", ""))):
            raise refused("Access token validation failure. Invalid audience.")
        check(claims, tenant.now())
        return Caller(tenant, caller(claims))

    def one(self, who: Caller, part: Part) -> tuple[Reply, bool]:
        """One operation for a known caller; the flag says that the body is held by the page cache too.

        Raises GraphFault for every refusal.
        """
        pages = self.world.pages
        key = (
            (who.tenant.id, who.token.app_id, part.url, part.headers.get("prefer", ""))
            if part.method == "GET"
            else None
        )
        if pages is not None and key in pages:
            return pages[key], True
        match = self._match(who, part)
        call = Call(
            tenant=who.tenant,
            token=who.token,
            method=part.method,
            path=unquote(part.path),
            query=part.query,
            headers=part.headers,
            body=part.body,
            origin=part.origin,
            operation=match.operation,
            params=match.params,
            stale=self.world.draw_replica(who.tenant),
        )
        authorize(call)
        reply = match.handler(call)
        if pages is not None and key is not None and reply.status == 200:
            pages[key] = Reply(reply.status, encoded(reply.body), reply.headers, reply.content_type)
            return pages[key], True
        return reply, False

    def _match(self, who: Caller, part: Part) -> Match:
        me = None if who.token.app_only else who.token.object_id
        try:
            found = self._router.find(part.method, part.path, me) or structural(
                self._router, part.method, part.path, me
            )
        except MethodNotAllowedError as error:
            allowed = {"Allow": ", ".join(error.args[0])}
            text = "Specified HTTP method is not allowed for the request target."
            raise GraphFault(405, "Request_BadRequest", text, allowed) from None
        if found is not None and not who.tenant.cloud.has_path(found.operation.partition(" ")[2]):
            found = None
        if found is None:
            if part.path.lower().startswith("/me") and me is None:
                raise GraphFault(400, "BadRequest", "/me request is only valid with delegated authentication flow.")
            segment = unquote(part.path.strip("/").partition("/")[0])
            raise GraphFault(400, "BadRequest", f"Resource not found for the segment '{segment}'.")
        return found

    def _part(self, asked: Asked) -> Part:
        body = parsed(asked) if asked.method in _BODIES and asked.body else None
        path = _below_version(asked.path)
        url = f"{asked.origin}{path}?{asked.query}"
        return Part(asked.method, path, asked.parameters(), asked.headers, body, asked.origin, url)

    def missed(self, asked: Asked) -> Answer | None:
        """The answer of a replica that has not heard of a new object; None where nothing new is asked for."""
        ids = Ids.of(asked.headers)
        try:
            who = self.identify(asked.headers)
            fault = self.part_missed(who, self._part(asked))
        except GraphFault:
            return None
        return None if fault is None else Answer(self._dressed(self.refusal(fault, ids), ids), who.token.app_id)

    def part_missed(self, who: Caller, part: Part) -> GraphFault | None:
        """The same for one part of a batch."""
        match = self._match(who, part)
        return misses.missed(who.tenant, match.operation, match.params, part.body, part.headers)

    def failed(self, asked: Asked, fault: Fault) -> Answer:
        """The answer of a Graph in trouble."""
        ids = Ids.of(asked.headers)
        try:
            who = self.identify(asked.headers)
            app, tenant = who.token.app_id, who.tenant.id
        except GraphFault:
            app, tenant = "", ""
        refusal = self.refusal(failures.graph(fault, _lenient(asked.path), app, tenant), ids)
        return Answer(self._dressed(refusal, ids), app or None)

    def part_fault(self, who: Caller, part: Part) -> Fault | None:
        """The fault of one part of a batch, None for none."""

        def able(kind: str) -> bool:
            return kind in IN_BATCH and (kind != "lag-miss" or self.part_missed(who, part) is not None)

        return self.world.faults.decide(part.method, f"{VERSION}{part.path}", able)

    def refusal(self, fault: GraphFault, ids: Ids) -> Reply:
        """An error as Graph tells it."""
        inner = {
            "date": f"{self.world.clock.now():%Y-%m-%dT%H:%M:%S}",
            "request-id": ids.request,
            "client-request-id": ids.client or ids.request,
        }
        body = {"error": {"code": fault.code, "message": fault.message, "innerError": inner}}
        return Reply(fault.status, body, dict(fault.headers), "application/json")

    def _dressed(self, reply: Reply, ids: Ids) -> Reply:
        common = ids.headers() | {"x-ms-ags-diagnostic": DIAGNOSTIC, "Cache-Control": "no-cache"}
        if reply.status < 300 and reply.body is not None and reply.content_type.startswith("application/json"):
            common["OData-Version"] = "4.0"
        return Reply(reply.status, reply.body, common | reply.headers, reply.content_type)


def _below_version(path: str) -> str:
    """The path below /v1.0; GraphFault for another version."""
    if path.lower().startswith(f"{VERSION}/") or path.lower() == VERSION:
        return path[len(VERSION) :] or "/"
    version = path.strip("/").partition("/")[0]
    raise GraphFault(400, "BadRequest", f"Invalid version: {version}.")


def _lenient(path: str) -> str:
    return path[len(VERSION) :] if path.lower().startswith(VERSION) else path


def parsed(asked: Asked) -> Any:
    """The JSON body; GraphFault 400 as Graph words it."""
    try:
        return msgspec.json.decode(asked.body)
    except msgspec.DecodeError:
        text = (
            "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid "
            "JSON format."
        )
        raise GraphFault(400, "BadRequest", text) from None


def encoded(body: Any) -> bytes:
    """A body as bytes: rendered ones as they are."""
    return body if isinstance(body, bytes) else msgspec.json.encode(body)
