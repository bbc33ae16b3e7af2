"""Sends Microsoft's examples to the simulator and compares its answers with the published ones, in status and shape."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from simulator.app import Answer, GraphService
from simulator.routes import ROUTES
from simulator.serve import Options, make_world
from simulator.tokens import stamped
from simulator.world import Asked, World
from tests import shared
from tests.openapi.check import check_reply
from tests.openapi.examples import Example, Prepared, prepare

JSON = dict[str, Any]
SIMULATED = frozenset(f"{route.method} {route.template}" for route in ROUTES)
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"


@dataclass(frozen=True)
class Outcome:
    """How an example replayed: `problems` is empty where the answer is as published."""

    status: int
    body: Any
    problems: tuple[str, ...]


def replay(example: Example) -> Outcome:
    """Replays one example in a tenant of its own."""
    world = make_world(Options(users=5, seed=3, start=datetime(2026, 11, 20, tzinfo=UTC)))
    tenant = world.tenants[0]
    assert tenant.population is not None
    me = tenant.population.at(0)
    prepared = prepare(example, tenant, me)
    answer = ask(world, prepared, me)
    body = decoded(answer)
    status = answer.reply.status
    wanted = example.response.get("status")
    problems = (
        [] if status == wanted or (wanted is None and status < 300) else [f"answers {status}, not {wanted}: {body}"]
    )
    if not problems:
        problems += check_reply(example.operation, status, body)
        if example.response.get("body") is not None:
            problems += differences(example.response["body"], body, "body")
    return Outcome(status, body, tuple(problems))


def decoded(answer: Answer) -> Any:
    """The body of an answer as JSON."""
    body = answer.reply.body
    return json.loads(body) if isinstance(body, bytes) and body else body


def ask(world: World, prepared: Prepared, me: JSON) -> Answer:
    """The simulator's answer to somebody who may do everything: as a person, else (where only apps may) as an app."""
    path, _, query = prepared.url.partition("?")
    body = b"" if prepared.body is None else json.dumps(prepared.body).encode()
    service = GraphService(world)
    for app_only in (False, True):
        headers = {**prepared.headers, "authorization": f"Bearer {_token(world, me, app_only)}"}
        asked = Asked(
            prepared.method, quote(path, safe="/$=()'@:%,"), query.replace(" ", "%20"), headers, body, "https://h"
        )
        answer = service.answer(asked)
        if answer.reply.status != 403:
            break
    return answer


def _token(world: World, me: JSON, app_only: bool) -> str:
    names = [row["name"] for row in shared.load("graph/permissions.json")["permissions"]]
    who = {"roles": names, "idtyp": "app"} if app_only else {"scp": " ".join(names), "wids": [GLOBAL_ADMINISTRATOR]}
    tenant = world.tenants[0]
    common = {"aud": "https://graph.microsoft.com", "tid": tenant.id, "appid": "00000000-0000-0000-0000-00000000000a"}
    return world.signer.sign({**common, **who, "oid": me["id"], **stamped(tenant.now())})


def differences(published: Any, given: Any, at: str) -> Iterator[str]:
    """Where an answer lacks what the published one has, or has another kind of value there.

    Of a list the first published row is compared, with that of ours which comes nearest.
    """
    if isinstance(published, dict):
        if not isinstance(given, dict):
            yield f"{at}: {type(given).__name__} instead of an object"
            return
        for key, value in published.items():
            if "@odata." in key:  # links and counts depend on how much there is
                continue
            if key not in given:
                yield f"{at}.{key}: missing"
            elif value is not None and given[key] is not None:
                yield from differences(value, given[key], f"{at}.{key}")
    elif isinstance(published, list):
        if not isinstance(given, list):
            yield f"{at}: {type(given).__name__} instead of a list"
        elif published and not given:
            yield f"{at}: empty"
        elif published:
            yield from min((list(differences(published[0], row, f"{at}[0]")) for row in given), key=len)
    elif _kind(published) != _kind(given):
        yield f"{at}: {given!r} instead of {published!r}"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    return "number" if isinstance(value, (int, float)) else type(value).__name__
