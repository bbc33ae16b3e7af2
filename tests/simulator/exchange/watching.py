"""Asks the simulated Graph, with each app's own token, which calendars it can read, as a client would."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from simulator import front
from simulator.app import GraphService
from simulator.exchange.session import Session
from simulator.world import Asked, World
from tests.simulator.exchange.shell import Shell
from tests.simulator.front.cast import SECRET, App, add_app

JSON = dict[str, Any]
Pair = tuple[str, str]  # name of the app, address of the mailbox
ORIGIN = "https://graph.microsoft.com"
WINDOW = "startDateTime=2026-11-21T00:00:00Z&endDateTime=2026-11-22T00:00:00Z"


@dataclass
class Watch:
    """A tenant in its world, its apps by name, and the mailboxes that are asked for."""

    shell: Shell
    apps: dict[str, App] = field(default_factory=dict)
    mailboxes: list[str] = field(default_factory=list)
    _tokens: dict[str, list[tuple[float, str]]] = field(default_factory=dict)
    asked: int = 0

    def __post_init__(self) -> None:
        self.world = World([self.shell.tenant], self.shell.clock)
        self._graph = GraphService(self.world)
        self._login = front.SignInService(self.world)

    def app(self, name: str, *roles: str) -> App:
        """A registered app with a secret and these application permissions of Graph."""
        self.apps[name] = add_app(self.shell.tenant, roles=roles)
        return self.apps[name]

    def withdraw(self, name: str) -> None:
        """Takes every grant of Entra from an app."""
        grants = self.shell.tenant.collection("appRoleAssignments")
        for row in list(grants.find("principalId", self.apps[name].principal_id)):
            grants.remove(row["id"])

    def readable(self) -> set[Pair]:
        """Which (app, mailbox) Graph answers with 200, by a fresh token or by one that is still good."""
        return {
            (name, mailbox)
            for name, app in self.apps.items()
            for mailbox in self.mailboxes
            if any(self._reads(token, mailbox) for token in self._alive(name, app))
        }

    def _reads(self, token: str, mailbox: str) -> bool:
        self.asked += 1
        asked = Asked("GET", f"/v1.0/users/{mailbox}/calendarView", WINDOW, _headers(token), b"", ORIGIN)
        status = self._graph.answer(asked).reply.status
        assert status in (200, 403), status
        return status == 200

    def _alive(self, name: str, app: App) -> Iterable[str]:
        """A token of now, and the oldest that has not expired: the grants of its time stand in it."""
        now = self.shell.clock.now().timestamp()
        kept = [(issued, token) for issued, token in self._tokens.get(name, []) if now - issued < 3500]
        if not kept or kept[-1][0] != now or self._roles_changed(kept[-1][1], app):
            kept.append((now, self._sign_in(app)))
        self._tokens[name] = kept
        return {kept[0][1], kept[-1][1]}

    def _roles_changed(self, token: str, app: App) -> bool:
        held = len(list(self.shell.tenant.collection("appRoleAssignments").find("principalId", app.principal_id)))
        return len(self.world.signer.read(token).get("roles", [])) != held

    def _sign_in(self, app: App) -> str:
        form = {"grant_type": "client_credentials", "client_id": app.app_id, "client_secret": SECRET}
        form |= {"scope": f"{ORIGIN}/.default"}
        headers = {"content-type": "application/x-www-form-urlencoded"}
        path = f"/{self.shell.tenant.id}/oauth2/v2.0/token"
        answer = self._login.answer(Asked("POST", path, "", headers, urlencode(form).encode(), "https://localhost"))
        body = answer.reply.body
        told: JSON = json.loads(body) if isinstance(body, bytes) else body
        assert answer.reply.status == 200, told
        return str(told["access_token"])


def _headers(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@dataclass
class NeverWider:
    """A hook behind every cmdlet: no app may read a mailbox that is not in `allowed`.

    `minutes` pass after each cmdlet. `reads` False leaves the question out behind cmdlets that only read.
    """

    watch: Watch
    allowed: set[Pair]
    minutes: float = 0
    reads: bool = True
    called: list[str] = field(default_factory=list)

    def __call__(self, cmdlet: str) -> None:
        self.called.append(cmdlet)
        self.watch.shell.clock.advance(60 * self.minutes)
        if not self.reads and cmdlet.startswith(("Get-", "Test-")):
            return
        wider = self.watch.readable() - self.allowed
        assert not wider, f"after {cmdlet}: {sorted(wider)}"

    def on(self, session: Session) -> None:
        """Watches a session."""
        session.after_each = self
