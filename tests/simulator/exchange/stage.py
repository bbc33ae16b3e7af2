"""A tenant with everything that the golden scripts name, and a way to rehearse them on it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.exchange.errors import Interrupted
from simulator.exchange.rehearsal import Order, rehearse, session_for
from tests.simulator.exchange.shell import Shell
from tests.templates.examples import APP, EXAMPLES, PRINCIPAL, TENANT

JSON = dict[str, Any]
PEOPLE = ("åsa@contoso.com", "ceo@contoso.com", "o’brien@contoso.com", "anna@contoso.com")
ROOMS = ("room-1@contoso.com", "room-2@contoso.com", "fjärden@contoso.com")
UNIT = "5d4c3b2a-1111-4222-8333-444455556666"


class NthFails:
    """Stops a run as a closed window would, after so many cmdlets."""

    def __init__(self, nth: int) -> None:
        self.left = nth

    def __call__(self, _: str) -> None:
        self.left -= 1
        if self.left < 0:
            raise Interrupted


@dataclass
class Run:
    """What one rehearsal told."""

    changes: list[JSON] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    errors: list[JSON] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    what_ifs: list[str] = field(default_factory=list)
    refused: JSON | None = None
    result: JSON | None = None
    calls: int = 0
    changing: list[int] = field(default_factory=list)
    stopped: bool = False

    def take(self, event: JSON) -> None:
        """Keeps one event."""
        ((kind, value),) = event.items()
        if kind in ("refused", "result"):
            setattr(self, kind, value)
            return
        lists = {
            "change": "changes",
            "prompt": "prompts",
            "error": "errors",
            "warning": "warnings",
            "whatIf": "what_ifs",
        }
        if kind in lists:
            getattr(self, lists[kind]).append(value)

    def check(self) -> "Run":
        """Fails where the script was refused or ended with an error."""
        assert self.refused is None, self.refused
        assert self.errors == []
        assert self.result is not None
        return self


def staged(users: int = 0) -> Shell:
    """A tenant in which every golden script finds what it names, but has its work still to do."""
    shell = Shell(users=users)
    tenant = shell.tenant
    tenant.id = TENANT
    tenant.domain = "contoso.onmicrosoft.com"
    for number, address in enumerate((*PEOPLE, *ROOMS)):
        room = {"@recipientType": "RoomMailbox"} if address in ROOMS else {}
        user = {"id": f"00000000-0000-4000-8000-{number:012}", "mail": address, "userPrincipalName": address}
        tenant.seed({"users": [user | {"displayName": address.partition("@")[0], "preferredLanguage": "sv-SE"} | room]})
    tenant.seed({"servicePrincipals": [{"id": PRINCIPAL, "appId": APP, "displayName": "Telia"}]})
    for name in ("switchboard", "board"):
        shell.run(
            "New-DistributionGroup", Name=f"The {name}", Type="Security", PrimarySmtpAddress=f"{name}@contoso.com"
        )
    shell.run("Add-DistributionGroupMember", Identity="switchboard@contoso.com", Member=PEOPLE[0])
    shell.run("Add-DistributionGroupMember", Identity="board@contoso.com", Member=PEOPLE[0])
    person = shell.one("Get-Mailbox", Identity=PEOPLE[0])["ExternalDirectoryObjectId"]
    row = {"id": f"{UNIT}_{person}", "unitId": UNIT, "memberId": person}
    tenant.collection("administrativeUnitMembers").put(row, at_once=True)
    shell.changes.clear()
    return shell


def run(shell: Shell, name: str, folder: Path, *, stop: int | None = None, **more: Any) -> Run:
    """Rehearses a golden script; `stop`: after so many cmdlets the window is closed."""
    example = EXAMPLES[name]
    told = Run()
    order = Order(example().content.decode("utf-8-sig"), f"{name}.ps1", folder, **more)
    session = session_for(order, shell.tenant)
    if stop is not None:
        session.before_each = NthFails(stop)
    try:
        rehearse(order, session, told.take, shell.clock.advance)
    except Interrupted:
        told.stopped = True
    told.calls = session.calls
    return told
