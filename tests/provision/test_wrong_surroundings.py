"""More wrong inputs: the workspace's own files, the operator, the network, the tenant's rules.

Each ends with one clear sentence a problem and the exit code of the contracts; the workspace's files and the tenant's
state are compared byte for byte.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.provision.admin import with_only
from tests.provision.inside import run_inside
from tests.provision.lab import Lab
from tests.provision.sweep.state import COLLECTIONS
from tests.provision.test_wrong_inputs import contents
from tests.tenant import SimulatedTenant, simulated

Prepare = Callable[[Lab], None]


@pytest.fixture(scope="module")
def tenants() -> Iterator[Iterator[SimulatedTenant]]:
    """Fresh tenants of one simulator, as many as there are cases."""
    with simulated(users=20, seed=17, tenants=len(CASES) + 5) as simulator:
        yield iter([replace(simulator, ready=ready) for ready in simulator.tenants])


@pytest.fixture
def lab(tmp_path: Path, tenants: Iterator[SimulatedTenant]) -> Lab:
    tenant = next(tenants)
    tenant.forget()
    return Lab(tmp_path / "work", tenant)


def toml(old: str, new: str) -> Prepare:
    """Changes a line of tenantry.toml; `{domain}` is the tenant's."""

    def change(lab: Lab) -> None:
        path = lab.root / "tenantry.toml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new.replace("{domain}", lab.tenant.ready["domain"]), 1), encoding="utf-8")

    return change


def both(*steps: Prepare) -> Prepare:
    """One after the other."""

    def change(lab: Lab) -> None:
        for step in steps:
            step(lab)

    return change


def file(name: str, content: str | bytes) -> Prepare:
    """Puts a file into the workspace."""

    def change(lab: Lab) -> None:
        path = lab.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    return change


def folder(name: str) -> Prepare:
    """Puts a folder where a file is wanted."""
    return lambda lab: (lab.root / name).mkdir(parents=True)


def variable(name: str, value: str) -> Prepare:
    """Sets an environment variable of the operator's; empty takes it away."""

    def change(lab: Lab) -> None:
        lab.variables[name] = value

    return change


def seed(**collections: list[dict[str, Any]]) -> Prepare:
    """Adds to the tenant."""
    return lambda lab: lab.tenant.seed(**collections)


def secrets_forbidden(lab: Lab) -> None:
    (policy,) = lab.tenant.state("defaultAppManagementPolicy")
    rule = {"restrictionType": "passwordAddition", "maxLifetime": None, "state": "enabled"}
    restrictions = {"passwordCredentials": [rule], "keyCredentials": []}
    lab.tenant.seed(defaultAppManagementPolicy=[{**policy, "isEnabled": True, "applicationRestrictions": restrictions}])


def operator(lab: Lab) -> dict[str, Any]:
    """The operator's own app."""
    return next(a for a in lab.tenant.state("applications") if a["appId"] == lab.tenant.ready["operator"]["clientId"])


def expired_operator(lab: Lab) -> None:
    app = operator(lab)
    ended = [{**c, "endDateTime": "2020-01-01T00:00:00Z"} for c in app["passwordCredentials"]]
    lab.tenant.seed(applications=[{"id": app["id"], "passwordCredentials": ended}])


def quota_used_up(lab: Lab) -> None:
    me = next(p for p in lab.tenant.state("servicePrincipals") if p["appId"] == operator(lab)["appId"])
    crowd = [{"displayName": f"app {n}", "@creator": me["id"]} for n in range(250)]
    lab.tenant.seed(applications=crowd)


def presence(options: str = "", head: str = "") -> Prepare:
    """The workspace asks for presence with integration users."""

    def change(lab: Lab) -> None:
        toml("telia-calendar", "telia-presence")(lab)
        toml("[tenant.integration.credential]", f"{head}options = {{ {options} }}\n[tenant.integration.credential]")(
            lab
        )

    return change


def scope(mailboxes: str) -> Prepare:
    """Another scope of mailboxes."""
    return lambda lab: toml(f'{{ group = "switchboard@{lab.tenant.ready["domain"]}" }}', mailboxes)(lab)


def people(count: int) -> str:
    return "address\n" + "".join(f"person{n}@contoso.example\n" for n in range(count))


def powerless(lab: Lab) -> None:
    with_only(lab, "Directory.Read.All")


def no_policy_right(lab: Lab) -> None:
    presence('exclude_from = ["Require MFA for all users"]')(lab)
    kept = ["Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All", "DelegatedPermissionGrant.ReadWrite.All"]
    with_only(lab, *kept, "Directory.Read.All", "Policy.Read.All", "User.ReadWrite.All", "Group.ReadWrite.All")


NEWER = json.dumps({"version": 99})
BAD_PROFILE = (
    'name = "mine"\ntitle = "x"\nabout = "x"\ndisplay_name = "x"\ncalls = []\n[[permissions]]\nname = "Mail.Read"\n'
)
APPLY = ("apply", "--yes")
GONE = "https://localhost:1"
CASES: list[tuple[str, Prepare, tuple[str, ...], int, str]] = [
    ("no toml", file("tenantry.toml", "version = \n"), APPLY, 2, "tenantry.toml:1: is not TOML"),
    ("utf-16", file("tenantry.toml", b"\xff\xfev\0"), APPLY, 2, "is UTF-16"),
    ("unknown key", toml("time_zone", "timezone"), APPLY, 2, "timezone"),
    ("unknown zone", toml("Europe/Stockholm", "Europe/Stokholm"), APPLY, 2, 'Did you mean "Europe/Stockholm"?'),
    ("unknown option", presence("pushh = true"), APPLY, 2, "telia-presence has no such option"),
    ("wrong kind of option", presence('app_only = "yes"'), APPLY, 2, "must be true or false"),
    ("contradictory", presence("app_only = true, integration_users = 2"), APPLY, 2, "contradicts app_only = true"),
    ("two scopes", toml("{ group = ", "{ all = true, group = "), APPLY, 2, "contradict each other"),
    ("life too long", toml("180d", "9000d"), APPLY, 2, "is longer than telia-calendar allows"),
    ("kind not taken", toml('kind = "secret"', 'kind = "certificate"'), APPLY, 2, "takes no certificate credential"),
    ("room profile without scope", both(toml("telia-calendar", "maptician-rooms"),
        scope("{ all = true }")), APPLY, 2, "maptician-rooms"),
    ("cloud without presence", both(presence(), toml('cloud = "rehearsal"', 'cloud = "china"')), APPLY, 2, "china"),
    ("651 people, one user", both(presence("integration_users = 1", 'people = "p.csv"\n'),
        file("p.csv", people(651))), APPLY, 2, "Write 2, or leave it out"),
    ("no such people", toml("[tenant.integration.credential]",
        'people = "gone.csv"\n[tenant.integration.credential]'), APPLY, 2, "gone.csv"),
    ("csv without address", both(toml("[tenant.integration.credential]",
        'people = "p.csv"\n[tenant.integration.credential]'), file("p.csv", "name,key\nx,y\n")), APPLY, 2, "address"),
    ("csv of nonsense", both(toml("[tenant.integration.credential]",
        'people = "p.csv"\n[tenant.integration.credential]'), file("p.csv", b"\xff\xfe\x00\x80")), APPLY, 2, "p.csv"),
    ("own profile broken", both(toml("telia-calendar", "mine"), file("profiles/mine.toml", BAD_PROFILE)),
        APPLY, 2, "has no reason"),
    ("unknown policy", presence('exclude_from = ["Require MFAA"]'), APPLY, 2,
        'no Conditional Access policy "Require MFAA"'),
    ("unknown account", presence('existing_users = ["ghost@{domain}"]'), APPLY, 2, "the tenant has no account ghost@"),
    ("unknown unit", scope('{ administrative_unit = "Nobody" }'),
        APPLY, 2, "no administrative unit Nobody"),
    ("secrets forbidden", secrets_forbidden, APPLY, 2, "forbids new client secrets"),
    ("quota", quota_used_up, APPLY, 1, "Directory_QuotaExceeded"),
    ("operator without any right", powerless, APPLY, 2, "the operator's rights do not suffice"),
    ("no right to policies", no_policy_right, APPLY, 2, "Policy.ReadWrite.ConditionalAccess"),
    ("operator's secret expired", expired_operator, APPLY, 1, "AADSTS7000222"),
    ("operator's secret wrong", variable("AZURE_CLIENT_SECRET", "not-it"), APPLY, 1, "AADSTS7000215"),
    ("a secret's id for its value", variable("AZURE_CLIENT_SECRET", str(uuid.UUID(int=7))), APPLY, 1, "AADSTS7000215"),
    ("no operator", variable("AZURE_CLIENT_ID", ""), APPLY, 2, "AZURE_CLIENT_ID is not set"),
    ("sign-in unreachable", toml('login = "', f'login = "{GONE}" # "'), APPLY, 4, "gave no answer"),
    ("graph unreachable", toml('graph = "', f'graph = "{GONE}" # "'), APPLY, 4, "no connection could be made"),
    ("no CA file", toml('ca = "', 'ca = "gone.pem" # "'), APPLY, 2, 'there is no file "gone.pem"'),
    ("CA file of nonsense", both(toml('ca = "', 'ca = "ca.pem" # "'), file("ca.pem", "x")), APPLY, 2, "no certificate"),
    ("journal damaged", file(".tenantry/journal/20261101T000000Z-aaaaaa.jsonl", "{}\n{x\n{}\n"), APPLY, 2,
        ".jsonl:1: is no line of a journal"),
    ("state folder is a file", file(".tenantry", "x"), APPLY, 2, "cannot be made"),
    ("integration file damaged", file("integrations/contoso/telia.json", "{"), APPLY, 2, "telia.json"),
    ("integration file newer", file("integrations/contoso/telia.json", NEWER), APPLY, 2, "version"),
    ("store is a folder", folder("secrets/telia"), APPLY, 2, "secrets/telia"),
    ("store's folder is a file", file("secrets", "x"), APPLY, 2, "secrets"),
    ("stored credential newer", file("secrets/telia", '{"version": 9, "kind": "secret"}'), APPLY, 2, "too new"),
    ("stored credential empty", file("secrets/telia", ""), APPLY, 2, "is empty"),
    ("no workspace", lambda lab: (lab.root / "tenantry.toml").unlink(), APPLY, 2, "There is no tenantry.toml"),
    ("no such command", lambda lab: None, ("aply",), 2, "No such command"),
]  # fmt: skip


def everything(lab: Lab) -> str:
    """The tenant's whole state as text."""
    return json.dumps({name: lab.tenant.state(name) for name in COLLECTIONS}, sort_keys=True)


@pytest.mark.parametrize(("prepare", "args", "code", "says"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_wrong_surroundings(lab: Lab, prepare: Prepare, args: tuple[str, ...], code: int, says: str) -> None:
    prepare(lab)
    files, tenant = contents(lab.root), everything(lab)
    done = run_inside(["provision", args[0], "-w", str(lab.root), *args[1:]], lab.environment())
    assert done.code == code, done.err
    assert says in done.err
    assert "Traceback" not in done.err + done.out
    assert "Unexpected" not in done.err
    tried = {name for name in contents(lab.root).keys() - files.keys() if name.startswith(".tenantry/journal/")}
    assert {name: text for name, text in contents(lab.root).items() if name not in tried} == files
    assert not tried or says == "Directory_QuotaExceeded"  # Graph alone knows that one: the journal tells of the try
    assert everything(lab) == tenant
