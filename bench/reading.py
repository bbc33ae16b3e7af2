"""Reading users and events into the store: ours against bare httpx + msgspec, and against the SDK's models."""

import json
import pickle
import ssl
import statistics
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from bench.worker import NOW
from sync import instants
from sync.sources.calendars import AHEAD, BACK
from tests.tenant import start

PEOPLE = 1_200  # users in the pages; the models take about 3 ms for each row
RUNS = 3


def material(folder: Path) -> tuple[Path, int, int]:
    """Pages and calendars out of a simulated tenant, in one file; how many users and events they hold."""
    moment = instants.text(NOW)
    with start(users=PEOPLE, seed=3, start=moment) as tenant:
        ask = _asker(tenant)
        pages: list[bytes] = []
        users: list[dict[str, Any]] = []
        link = "/users?$select=id,mail,userPrincipalName,accountEnabled,userType&$top=999"
        while link:
            page = ask("GET", link)
            if page["value"]:
                users += page["value"]
                pages.append(json.dumps(page["value"], ensure_ascii=False).encode())
            link = page.get("@odata.nextLink", "")
        calendars, events = _calendars(ask, [u["id"] for u in users])
    file = folder / "material.pickle"
    file.write_bytes(pickle.dumps({"pages": pages, "calendars": calendars}))
    return file, len(users), events


def _calendars(ask: Any, ids: list[str]) -> tuple[dict[str, bytes], int]:
    """The calendar view of each mailbox as bytes; those without a mailbox are empty."""
    hour = NOW // instants.HOUR * instants.HOUR
    window = f"startDateTime={instants.text(hour - BACK)}&endDateTime={instants.text(hour + AHEAD)}"
    fields = "id,start,end,isAllDay,isCancelled,responseStatus,sensitivity,showAs"
    found: dict[str, bytes] = {}
    events = 0
    for first in range(0, len(ids), 20):
        parts = [
            {"id": i, "method": "GET", "url": f"/users/{i}/calendarView?{window}&$select={fields}&$top=500"}
            for i in ids[first : first + 20]
        ]
        for reply in ask("POST", "/$batch", {"requests": parts})["responses"]:
            body = reply["body"] if reply["status"] == 200 else {"value": []}
            events += len(body["value"])
            found[reply["id"]] = json.dumps({"value": body["value"]}, ensure_ascii=False).encode()
    return found, events


def _asker(tenant: Any) -> Any:
    """A function that asks Graph with an app token that may read users and calendars."""
    ready = tenant.ready
    context = ssl.create_default_context(cafile=ready["ca"])
    graph = next(p for p in tenant.state("servicePrincipals") if p["appId"].startswith("00000003-0000-0000-c000"))
    mine = next(p for p in tenant.state("servicePrincipals") if p["appId"] == ready["operator"]["clientId"])
    roles = {r["value"]: r["id"] for r in graph["appRoles"]}
    tenant.seed(
        appRoleAssignments=[
            {"id": f"bench-{name}", "principalId": mine["id"], "resourceId": graph["id"], "appRoleId": roles[name]}
            for name in ("Calendars.Read", "User.Read.All")
        ]
    )
    form = {
        "grant_type": "client_credentials",
        "client_id": ready["operator"]["clientId"],
        "client_secret": ready["operator"]["clientSecret"],
        "scope": f"{ready['graph']}/.default",
    }
    url = f"{ready['login']}/{ready['tenantId']}/oauth2/v2.0/token"
    with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode(), context=context) as answer:
        token = json.load(answer)["access_token"]

    def ask(method: str, path: str, body: Any = None) -> Any:
        where = path if path.startswith("https://") else f"{ready['graph']}/v1.0{path}"
        request = urllib.request.Request(
            urllib.parse.quote(where, safe=":/?&=$,%@-._~"),
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, context=context) as answer:
            return json.load(answer)

    return ask


def once(way: str, graph: str, ca: str) -> dict[str, float]:
    """One run of a worker."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.worker", way, graph, ca], check=True, capture_output=True, text=True
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result


def measure(folder: Path) -> list[dict[str, Any]]:
    """The ratios, medians of runs side by side."""
    file, users, events = material(folder)
    with subprocess.Popen(
        [sys.executable, "-m", "bench.server", str(file)], stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            graph, ca = server.stdout.readline().split()
            runs = [{way: once(way, graph, ca) for way in ("toolkit", "bare")} for _ in range(RUNS)]
            models = once("models", graph, ca)
        finally:
            server.terminate()
    ours = statistics.median(r["toolkit"]["total"] for r in runs)
    bare = statistics.median(r["bare"]["total"] for r in runs)
    rows = users + events
    detail = {
        "users": users,
        "events": events,
        "toolkit": runs[0]["toolkit"],
        "bare": runs[0]["bare"],
        "models": models,
    }
    return [
        {
            "what": "users and events into the store, toolkit ÷ bare httpx + msgspec (rows/s)",
            "value": bare / ours,
            "target": "≥ 0.5",
            "met": bare / ours >= 0.5,
            "detail": {**detail, "rows/s": rows / ours},
        },
        {
            "what": "users and events into the store, toolkit ÷ msgraph-sdk models (rows/s)",
            "value": models["total"] / ours,
            "target": "≥ 100",
            "met": models["total"] / ours >= 100,
            "detail": {"rows/s with models": rows / models["total"]},
        },
    ]
