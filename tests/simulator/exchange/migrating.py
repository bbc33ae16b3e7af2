"""Tenants with access policies, to be migrated to RBAC for Applications: described as data, built, and migrated."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator.exchange.errors import Interrupted
from simulator.exchange.rehearsal import Order, rehearse, session_for
from templates import scripts
from templates.scripts import Script, Target
from tests.simulator.exchange.shell import Shell
from tests.simulator.exchange.stage import NthFails, Run
from tests.simulator.exchange.watching import NeverWider, Pair, Watch

JSON = dict[str, Any]
KINDS = {"room": "RoomMailbox", "shared": "SharedMailbox"}
READ = ("Calendars.Read", "User.Read.All")


@dataclass(frozen=True)
class Group:
    """A group and who is in it, by name; `kind` Security, Distribution, RoomList or dynamic (everybody)."""

    name: str
    members: tuple[str, ...] = ()
    kind: str = "Security"


@dataclass(frozen=True)
class Policy:
    """An access policy of some apps, by name (`*` for all), about a group or a mailbox."""

    apps: tuple[str, ...]
    about: str
    right: str = "RestrictAccess"


@dataclass(frozen=True)
class Place:
    """A tenant. `grants` are Entra's, by app; `rbac` gives (app, group) a right in Exchange; `target` takes the place.

    The app that is migrated is called `ours`.
    """

    mailboxes: tuple[str, ...]
    groups: tuple[Group, ...]
    policies: tuple[Policy, ...]
    grants: tuple[tuple[str, tuple[str, ...]], ...] = (("ours", READ), ("other", READ), ("third", READ))
    rbac: tuple[tuple[str, str], ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    target: str = "new"


def address(name: str) -> str:
    """Where a mailbox or group is reached."""
    return f"{name}@contoso.com"


def built(place: Place) -> Watch:
    """The tenant, everything in force for long."""
    shell = Shell(users=0)
    watch = Watch(shell, mailboxes=[address(name) for name in place.mailboxes])
    for name in place.mailboxes:
        kind = KINDS.get(name.partition("-")[0])
        user: JSON = {"id": shell.tenant.new_id(), "mail": address(name), "userPrincipalName": address(name)}
        user |= {"displayName": name, "preferredLanguage": "sv-SE"} | ({"@recipientType": kind} if kind else {})
        shell.tenant.seed({"users": [user]})
    for app, roles in place.grants:
        watch.app(app, *roles)
    for group in place.groups:
        _make(shell, group)
    for group in place.groups:
        for member in group.members if group.kind != "dynamic" else ():
            shell.run("Add-DistributionGroupMember", Identity=address(group.name), Member=address(member))
    _narrow(watch, place)
    shell.clock.advance(3 * 3600)
    return watch


def _make(shell: Shell, group: Group) -> None:
    if group.kind == "dynamic":
        row = {"id": shell.tenant.new_id(), "mail": address(group.name), "displayName": group.name}
        shell.tenant.seed({"dynamicDistributionGroups": [row | {"RecipientFilter": "RecipientType -eq 'UserMailbox'"}]})
        return
    given: JSON = {"Name": group.name, "PrimarySmtpAddress": address(group.name)}
    given |= {"RoomList": True} if group.kind == "RoomList" else {"Type": group.kind}
    shell.run("New-DistributionGroup", **given)


def _narrow(watch: Watch, place: Place) -> None:
    shell = watch.shell
    for policy in place.policies:
        ids = [app if app == "*" else watch.apps[app].app_id for app in policy.apps]
        given: JSON = {"AppId": ids, "PolicyScopeGroupID": address(policy.about), "AccessRight": policy.right}
        shell.run("New-ApplicationAccessPolicy", Description=" ", **given)
    for app, group in place.rbac:
        mine = watch.apps[app]
        shell.run("New-ServicePrincipal", AppId=mine.app_id, ObjectId=mine.principal_id)
        dn = shell.one("Get-DistributionGroup", Identity=address(group))["DistinguishedName"]
        shell.run("New-ManagementScope", Name=f"of {app}", RecipientRestrictionFilter=f"MemberOfGroup -eq '{dn}'")
        role: JSON = {
            "Role": "Application Calendars.Read",
            "App": mine.principal_id,
            "CustomResourceScope": f"of {app}",
        }
        shell.run("New-ManagementRoleAssignment", Name=f"right of {app}", **role)
    groups = shell.tenant.collection("groups")
    for old, new in place.renamed:
        found = groups.first("mail", address(old))
        assert found is not None
        groups.put({**found, "displayName": new})


@dataclass
class Migration:
    """A tenant on its way. Every cmdlet of every run is watched; `before` is what each app could read at first."""

    place: Place
    folder: Path
    minutes: float = 0
    permissions: tuple[str, ...] = READ
    app: str = "ours"
    watch: Watch = field(init=False)
    before: set[Pair] = field(init=False)
    reads: bool = True
    called: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.watch = built(self.place)
        self.before = self.watch.readable()

    def script(self, *, teardown: bool = False) -> Script:
        """The migration's script, or the one that takes it back."""
        made = Target(tenant_id=self.watch.shell.tenant.id, cloud="global", tenant="contoso", integration=self.app)
        if teardown:
            return scripts.teardown(made)
        ids = {
            "app_id": self.watch.apps[self.app].app_id,
            "service_principal_id": self.watch.apps[self.app].principal_id,
        }
        return scripts.rbac_migrate(made, permissions=self.permissions, group=address(self.place.target), **ids)

    def run(self, *, stop: int | None = None, teardown: bool = False, what_if: bool = False, **arguments: Any) -> Run:
        """One run of a script; `stop`: the window is closed after so many cmdlets."""
        script = self.script(teardown=teardown)
        text = script.content.decode("utf-8-sig")
        told = Run()
        order = Order(text, script.name, self.folder, {"Confirm": False, **arguments}, what_if)
        session = session_for(order, self.watch.shell.tenant)
        hook = NeverWider(self.watch, self.before, self.minutes, self.reads)
        hook.on(session)
        if stop is not None:
            session.before_each = NthFails(stop)
        try:
            rehearse(order, session, told.take, self.watch.shell.clock.advance)
        except Interrupted:
            told.stopped = True
        told.calls = session.calls
        self.called = hook.called
        assert told.refused is None, told.refused
        return told

    def withdraw(self) -> None:
        """What `provision` does once the script says so: Entra's grant goes; then two hours pass, watched."""
        assert self.watch.readable() <= self.before
        self.watch.withdraw(self.app)
        for _ in range(13):
            assert self.watch.readable() <= self.before
            self.watch.shell.clock.advance(600)

    def state(self) -> list[str]:
        """What Exchange holds, in words without times and ids."""
        tenant = self.watch.shell.tenant
        names: dict[str, str] = {}
        for kind in ("users", "groups", "dynamicDistributionGroups"):
            names |= {str(row["id"]): str(row.get("mail")) for row in tenant.collection(kind).iterate()}
        rows = tenant.collection("groupMembers").iterate()
        found = [f"{names[row['groupId']]} has {names[row['memberId']]}" for row in rows]
        for name in ("managementScopes", "managementRoleAssignments"):
            found += [str(row["Name"]) for row in tenant.collection(name).iterate() if not row.get("@removed")]
        found += [str(row["Identity"]) for row in tenant.collection("applicationAccessPolicies").iterate()]
        found += [str(row["AppId"]) for row in tenant.collection("exchangeServicePrincipals").iterate()]
        return sorted(found + [name for name in names.values() if "@" in name])
