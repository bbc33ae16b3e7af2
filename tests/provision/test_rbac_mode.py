"""RBAC-scoped mode, against a simulated tenant: withheld, proven from both sides, withdrawn only when it is safe."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.openapi.log import check_log, report
from tests.provision import planted
from tests.provision.lab import Lab
from tests.tenant import simulated

UNIT = "5d4c3b2a-1111-4222-8333-444455556666"
ZONE = 'time_zone = "Europe/Stockholm"'


@pytest.fixture
def rbac(lab: Lab) -> Lab:
    """A workspace that asks for it, nothing applied yet."""
    planted.workspace(lab, ZONE, f'{ZONE}\nscoping = "rbac"')
    return lab


def roles(lab: Lab) -> set[str]:
    """The granted application permissions."""
    names = {r["id"]: r["value"] for r in planted.graph(lab)["appRoles"]}
    own = planted.principal(lab)["id"]
    return {names[g["appRoleId"]] for g in lab.tenant.state("appRoleAssignments") if g["principalId"] == own}


def declared(lab: Lab) -> set[str]:
    """The manifest's application permissions."""
    names = {r["id"]: r["value"] for r in planted.graph(lab)["appRoles"]}
    return {names[e["id"]] for api in planted.app(lab)["requiredResourceAccess"] for e in api["resourceAccess"]}


def links(lab: Lab, *, expect: int = 0) -> dict[str, Any]:
    """What verify says, by link."""
    return {link["link"]: link for link in lab.json("verify", expect=expect)[0]["links"]}


def evidence(lab: Lab, collected: str, **rows: list[dict[str, Any]]) -> None:
    """What the evidence script would write of the role assignment; `rows` by cmdlet, dashes as underscores."""
    own = planted.principal(lab)
    group = planted.group_of(lab, "switchboard")
    name = f"CN={group['displayName']}"
    kept = {
        "Get-ServicePrincipal": [{"AppId": own["appId"], "ObjectId": own["id"], "Name": "Pointer"}],
        "Get-ManagementRoleAssignment": [
            {
                "Name": "a",
                "Role": "Application Calendars.Read",
                "RoleAssignee": "Pointer",
                "Enabled": "True",
                "CustomResourceScope": "Tenantry",
            }
        ],
        "Get-ManagementScope": [{"Name": "Tenantry", "RecipientFilter": f"MemberOfGroup -eq '{name}'"}],
        "Get-DistributionGroup": [{"PrimarySmtpAddress": group["mail"], "DistinguishedName": name}],
        "Get-ApplicationAccessPolicy": [],
    } | {key.replace("_", "-"): value for key, value in rows.items()}
    folder = lab.root / "exchange"
    folder.mkdir(exist_ok=True)
    for cmdlet, items in kept.items():
        text = json.dumps({"cmdlet": cmdlet, "parameters": {}, "collected": collected, "items": items})
        (folder / f"{cmdlet}.json").write_text(text, encoding="utf-16" if "Role" in cmdlet else "utf-8-sig")


def changes(lab: Lab, *args: str) -> list[tuple[str, str, str]]:
    """The plan in short."""
    return [(c["action"], c["object"], c["name"]) for c in lab.json("plan", *args)[0]["changes"]]


def now(lab: Lab) -> str:
    """The tenant's time."""
    return str(lab.tenant.get("/clock")["now"])


def test_entra_grants_nothing_of_calendars_and_the_plan_names_the_script(rbac: Lab) -> None:
    (script,) = [c for c in rbac.json("plan")[0]["changes"] if c["action"] == "script"]
    assert script["after"] == {"script": "rbac", "command": "tenantry scripts render rbac contoso/telia --out DIR"}
    assert script["role"] == "Exchange Administrator"
    rbac.json("apply", "--yes")
    assert roles(rbac) == declared(rbac) == {"User.Read.All"}
    rbac.tenant.forget()
    assert rbac.json("plan", "--exit-code")[0]["changes"] == []
    assert rbac.json("apply", "--yes")[0]["outcome"] == "nothing to do"
    assert rbac.writes() == []
    problems, _ = check_log(rbac.tenant.requests(bodies=True))
    assert not problems, report(problems)
    file = json.loads((rbac.root / "integrations" / "contoso" / "telia.json").read_text(encoding="utf-8"))
    assert [p["name"] for p in file["permissions"]["in_exchange"]] == ["Calendars.Read"]
    assert {p["name"] for p in file["permissions"]["required"]} == {"Calendars.Read", "User.Read.All"}


def test_verify_proves_the_scope_from_both_sides(rbac: Lab) -> None:
    rbac.json("apply", "--yes")
    before = links(rbac, expect=3)
    assert before["granted"]["ok"] is True
    assert before["scoped"]["ok"] is False
    assert "scripts render rbac contoso/telia" in before["scoped"]["fix"]
    planted.exchange_gives(rbac, **planted.scope_of_group(rbac, "switchboard"))
    rbac.tenant.advance("3h")
    after = links(rbac)
    assert {name: link["ok"] for name, link in after.items()} == dict.fromkeys(after, True)
    assert "is kept out of" in after["scoped"]["fact"]
    assert "Exchange gives" in after["granted"]["fact"]


@pytest.mark.parametrize("without_scope", [True, False])
def test_a_right_over_everything_is_too_wide(rbac: Lab, without_scope: bool) -> None:
    rbac.json("apply", "--yes")
    planted.exchange_gives(rbac, **({} if without_scope else planted.scope_of_group(rbac, "switchboard")))
    if not without_scope:
        planted.grant(rbac, "Calendars.Read")
    rbac.tenant.advance("3h")
    scoped = links(rbac, expect=3)["scoped"]
    assert scoped["ok"] is False
    assert " outside group " in scoped["fact"]
    assert ("Entra grants Calendars.Read" in scoped["fact"]) is not without_scope


def test_members_of_a_nested_group_are_told_of(rbac: Lab) -> None:
    """The tenant's own switchboard group has the night desk's group inside."""
    rbac.json("apply", "--yes")
    planted.exchange_gives(rbac, **planted.scope_of_group(rbac, "switchboard"))
    rbac.tenant.advance("3h")
    scoped = links(rbac)["scoped"]
    assert scoped["ok"] is True
    assert "Exchange counts direct members only" in scoped["fact"]
    assert "make them direct members of group switchboard@" in scoped["fix"]


def test_an_entra_grant_is_withdrawn_only_once_exchange_is_proven(lab: Lab) -> None:
    lab.json("apply", "--yes")
    planted.restrict(lab, "switchboard@" + lab.tenant.ready["domain"])
    assert roles(lab) == {"User.Read.All", "Calendars.Read"}
    planted.workspace(lab, ZONE, f'{ZONE}\nscoping = "rbac"')
    (planned,) = lab.json("plan")
    assert [(c["action"], c["object"]) for c in planned["changes"]] == [
        ("script", "mailboxScope"),
        ("update", "integrationFile"),
    ]
    assert "--migrate" in planned["changes"][0]["after"]["command"]
    assert "stays for now" in planned["drift"][0]["fact"]
    lab.json("apply", "--yes", "--prune")
    assert "Calendars.Read" in roles(lab) & declared(lab)
    assert links(lab)["scoped"]["ok"] is True  # the policy still holds
    evidence(lab, now(lab))
    assert changes(lab) == []  # not two hours old
    assert "two hours" in lab.json("plan")[0]["drift"][0]["fact"]
    planted.exchange_gives(lab, **planted.scope_of_group(lab, "switchboard"))
    lab.tenant.advance("2h")
    assert changes(lab) == [
        ("update", "requiredResourceAccess", "tenantry-telia"),
        ("revoke", "appRoleAssignment", "Calendars.Read"),
    ]
    lab.json("apply", "--yes")
    assert roles(lab) == declared(lab) == {"User.Read.All"}
    lab.tenant.advance("2h")
    assert links(lab)["scoped"]["ok"] is True
    assert lab.json("plan", "--exit-code")[0]["changes"] == []


def test_policies_that_still_narrow_another_right_are_not_called_idle(lab: Lab) -> None:
    planted.workspace(lab, ZONE, f'{ZONE}\nscoping = "rbac"')
    lab.json("apply", "--yes")
    evidence(lab, "2020-01-01T00:00:00Z", Get_ApplicationAccessPolicy=[{"AppId": planted.app(lab)["appId"]}])
    idle = lab.json("plan")[0]["drift"]
    assert "run with -Finish, takes them away" in idle[0]["fact"]
    planted.grant(lab, "Mail.Read")
    facts = [d["fact"] for d in lab.json("plan")[0]["drift"] if d["object"] == "mailboxScope"]
    assert "narrow Mail.Read, which Entra grants too" in facts[0]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({"Get_ManagementRoleAssignment": []}, "shows no role assignment of Calendars.Read"),
        ({"Get_ManagementScope": [{"Name": "Tenantry", "RecipientFilter": "Alias -ne 'x'"}]}, "with another scope"),
        ({"Get_ServicePrincipal": []}, "shows no role assignment"),
        (
            {
                "Get_ManagementRoleAssignment": [
                    {"Name": "a", "Role": "Application Calendars.Read", "RoleAssignee": "Pointer", "Enabled": "True"}
                ]
            },
            "with another scope (none)",
        ),
    ],
)
def test_what_does_not_prove_it_withdraws_nothing(lab: Lab, rows: dict[str, Any], says: str) -> None:
    lab.json("apply", "--yes")
    planted.workspace(lab, ZONE, f'{ZONE}\nscoping = "rbac"')
    lab.json("apply", "--yes")
    evidence(lab, "2020-01-01T00:00:00Z", **rows)
    (planned,) = lab.json("plan")
    assert planned["changes"] == []
    assert says in planned["drift"][0]["fact"]


def test_an_administrative_unit_is_narrowed_by_rbac_alone(lab: Lab) -> None:
    units = [{"id": UNIT, "displayName": "Växeln"}]
    members = [
        m for m in lab.tenant.state("groupMembers") if m["groupId"] == planted.group_of(lab, "switchboard")["id"]
    ]
    rows = [
        {"id": f"{units[0]['id']}_{m['memberId']}", "unitId": units[0]["id"], "memberId": m["memberId"]}
        for m in members
    ]
    lab.tenant.seed(administrativeUnits=units, administrativeUnitMembers=rows)
    planted.workspace(lab, f'group = "switchboard@{lab.tenant.ready["domain"]}"', 'administrative_unit = "Växeln"')
    (script,) = [c for c in lab.json("plan")[0]["changes"] if c["action"] == "script"]
    assert script["after"]["command"] == (
        f"tenantry scripts render rbac contoso/telia --administrative-unit {UNIT} --out DIR"
    )
    lab.json("apply", "--yes")
    assert roles(lab) == {"User.Read.All"}
    planted.exchange_gives(lab, RecipientAdministrativeUnitScope=units[0]["id"])
    lab.tenant.advance("3h")
    found = links(lab)
    assert found["scoped"]["ok"] is True
    assert "inside administrative unit Växeln" in found["scoped"]["fact"]
    problems, _ = check_log(lab.tenant.requests(bodies=True))
    assert not problems, report(problems)


def test_a_unit_that_is_not_there_stops_the_plan(lab: Lab) -> None:
    planted.workspace(lab, f'group = "switchboard@{lab.tenant.ready["domain"]}"', 'administrative_unit = "Nowhere"')
    done = lab.run("plan")
    assert done.returncode == 2
    assert "mailboxes: the tenant has no administrative unit Nowhere" in done.stderr


def test_rooms_in_rbac_mode(tmp_path: Path) -> None:
    with simulated(users=30, seed=23) as tenant:
        rooms = [p["emailAddress"] for p in tenant.state("places") if p["emailAddress"].startswith("room-")][:3]
        lab = Lab(tmp_path / "work", tenant)
        planted.workspace(
            lab,
            f'mailboxes = {{ group = "switchboard@{tenant.ready["domain"]}" }}',
            f"mailboxes = {{ rooms = {json.dumps(rooms)} }}",
        )
        planted.workspace(lab, 'profile = "telia-calendar"', 'profile = "maptician-rooms"\nscoping = "rbac"')
        command = next(c for c in lab.json("plan")[0]["changes"] if c["action"] == "script")["after"]["command"]
        assert f"--group tenantry-telia-rooms@{tenant.ready['domain']}" in command
        lab.json("apply", "--yes")
        assert roles(lab) == {"Place.Read.All"}
        names = " -or ".join(f"PrimarySmtpAddress -eq '{room}'" for room in rooms)
        tenant.seed(managementScopes=[{"id": "s", "Name": "Rooms", "RecipientFilter": names}])
        planted.exchange_gives(lab, "Calendars.ReadWrite", CustomResourceScope="Rooms")
        tenant.advance("3h")
        found = links(lab)
        assert {name: link["ok"] for name, link in found.items()} == dict.fromkeys(found, True)
        assert rooms[0] in found["scoped"]["fact"]
        assert "the tenant's rooms" in found["state"]["fact"]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('scoping = "rbac"\nmailboxes = { all = true }', "narrows nothing"),
        ('scoping = "access-policy"\nmailboxes = { administrative_unit = "x" }', "knows groups only"),
        ('scoping = "magic"\nmailboxes = { group = "a@b.example" }', "scoping"),
    ],
)
def test_what_does_not_go_together_is_one_clear_message(lab: Lab, lines: str, says: str) -> None:
    planted.workspace(lab, f'mailboxes = {{ group = "switchboard@{lab.tenant.ready["domain"]}" }}', lines)
    done = lab.run("plan")
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stderr.count("\n") <= 2
