"""Every script on evidence of a tenant tells the same as on the tenant; what evidence lacks is refused by name."""

import codecs
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.exchange.evidence import Evidence
from simulator.exchange.rehearsal import Order, rehearse, session_for
from tests.simulator.exchange.shell import Shell
from tests.simulator.exchange.stage import PEOPLE, ROOMS, Run, run, staged
from tests.templates.examples import APP, EXAMPLES, PRINCIPAL

JSON = dict[str, Any]
_GUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OTHER = "11111111-1111-4111-8111-111111111111"
USER = "monitor@contoso.com"
NAMES = [name for name in EXAMPLES if not name.startswith("evidence") and EXAMPLES[name].product != "2007"]
NAMES.remove("rbac-unit")  # who is in an administrative unit Exchange does not tell; see below
CODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-8 with mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "utf-16-le with mark": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "utf-16-be with mark": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
}


def begun(name: str) -> Shell:
    """A tenant in which much is there already, some of it as the script wants it, some of it not."""
    shell = staged(users=40)
    shell.run("New-Mailbox", Name="Monitor", MicrosoftOnlineServicesID=USER, Password="x")
    if EXAMPLES[name].values.get("user") == USER and name.startswith("service"):
        shell.run("Remove-Mailbox", Identity=USER)
        return shell
    for place, (rights, flags) in enumerate(
        [("LimitedDetails", ""), ("Editor", "Delegate"), ("Owner", ""), ("Reviewer", "")]
    ):
        folder = calendar(shell, PEOPLE[place])
        given: JSON = {"SharingPermissionFlags": flags} if flags else {}
        shell.run("Add-MailboxFolderPermission", Identity=folder, User=USER, AccessRights=rights, **given)
    shell.run("New-DistributionGroup", Name="Möten, alla", Type="Security", PrimarySmtpAddress="all@contoso.com")
    for member in ("switchboard@contoso.com", PEOPLE[2], ROOMS[0]):
        shell.run("Add-DistributionGroupMember", Identity="all@contoso.com", Member=member)
    shell.run("New-DistributionGroup", Name="rooms", RoomList=True, PrimarySmtpAddress="rooms@contoso.com")
    shell.run("Add-DistributionGroupMember", Identity="rooms@contoso.com", Member=ROOMS[1])
    shell.run("Set-CalendarProcessing", Identity=ROOMS[1], DeleteSubject=False)
    shell.run("Set-OrganizationConfig", EwsEnabled=True, EwsAllowedAppIDs=OTHER)
    if "deny" not in name:
        given = {"AppId": [OTHER, APP], "PolicyScopeGroupID": "all@contoso.com", "AccessRight": "RestrictAccess"}
        shell.run("New-ApplicationAccessPolicy", Description=" ", **given)
    shell.run("New-ServicePrincipal", AppId=APP, ObjectId=PRINCIPAL)
    shell.run("New-ManagementScope", Name="by hand", RecipientRestrictionFilter="Department -eq 'x'")
    shell.changes.clear()
    return shell


def calendar(shell: Shell, mailbox: str) -> str:
    (folder, *_) = shell.run("Get-MailboxFolderStatistics", Identity=mailbox, FolderScope="Calendar")
    return f"{mailbox}:{folder['FolderId']}"


def exported(shell: Shell, name: str, folder: Path) -> Path:
    """What the evidence script of the same product writes."""
    product = EXAMPLES[name].product
    run(shell, "evidence" if product == "online" else f"evidence-{product}", folder).check()
    return folder / "exchange"


def offline(evidence: Path, name: str, folder: Path, **more: Any) -> Run:
    """A golden script on evidence."""
    told, found = Run(), Evidence(evidence)
    order = Order(EXAMPLES[name]().content.decode("utf-8-sig"), f"{name}.ps1", folder, **more)
    session = session_for(order, found.tenant)
    session.can = found.can
    rehearse(order, session, told.take, found.tenant.clock.advance)  # type: ignore[attr-defined]
    return told


def words(told: Run, folder: Path) -> str:
    """All that a run told, as text; the scratch folder's name and ids that were made just now apart."""
    result = _GUID.sub("id", json.dumps(told.result, ensure_ascii=False).replace(str(folder), ""))
    return json.dumps(vars(told) | {"calls": 0, "result": result}, ensure_ascii=False)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_on_evidence_as_on_the_tenant(name: str, tmp_path: Path) -> None:
    shell = begun(name)
    evidence = exported(shell, name, tmp_path / "x")
    for what_if in (True, False):
        on, off = tmp_path / f"on{what_if}", tmp_path / f"off{what_if}"
        away = offline(evidence, name, off, what_if=what_if).check()
        here = run(shell, name, on, what_if=what_if).check()
        assert words(away, off) == words(here, on)


@pytest.mark.parametrize("kind", ["access-policy", "rbac", "rooms", "reviewer", "rooms-2016", "reviewer-2013"])
def test_a_second_run_and_the_way_back_on_evidence(kind: str, tmp_path: Path) -> None:
    shell = begun(kind)
    journals = tmp_path / "journals"
    teardown = "teardown" + kind.removeprefix(kind.partition("-2")[0])
    script = EXAMPLES[kind]
    run(shell, kind, journals).check()
    evidence = exported(shell, kind, tmp_path / "x")
    assert offline(evidence, kind, tmp_path / "again").check().changes == []
    names = script.target.integration, EXAMPLES[teardown].target.integration
    for file in list(journals.glob("*.journal")):
        file.rename(file.with_name(file.name.replace(*names)))
    shutil.copytree(journals, tmp_path / "there")
    wish: JSON = {"arguments": {"IncludePolicies": True} if kind == "access-policy" else {}}
    back = offline(evidence, teardown, tmp_path / "there", **wish).check()
    here = run(shell, teardown, journals, **wish).check()
    assert back.changes == here.changes != []


@pytest.mark.parametrize("coding", CODINGS)
def test_in_every_encoding_that_powershell_writes(coding: str, tmp_path: Path) -> None:
    shell = begun("rbac")
    evidence = exported(shell, "rbac", tmp_path / "x")
    plain = offline(evidence, "rbac", tmp_path / "plain").check()
    for file in evidence.glob("*.json"):
        file.write_bytes(CODINGS[coding](file.read_text(encoding="utf-8").replace("\n", "\r\n")))
    assert offline(evidence, "rbac", tmp_path / "coded").check().changes == plain.changes != []


def test_on_premises_the_own_json_writer_tells_the_same(tmp_path: Path) -> None:
    """Exchange 2010's engine has no ConvertTo-Json: every letter beyond ASCII is an escape, and nothing is lost."""
    shell = begun("reviewer-2010")
    evidence = exported(shell, "reviewer-2010", tmp_path / "x")
    for file in evidence.glob("*.json"):
        assert file.read_bytes().isascii()
    groups = json.loads((evidence / "Get-DistributionGroup.json").read_bytes())["items"]
    assert "Möten, alla" in [row["Name"] for row in groups]


def test_who_is_in_an_administrative_unit_is_refused_and_not_guessed(tmp_path: Path) -> None:
    shell = begun("rbac-unit")
    told = offline(exported(shell, "rbac-unit", tmp_path / "x"), "rbac-unit", tmp_path / "off")
    assert told.changes == run(shell, "rbac-unit", tmp_path / "on").check().changes
    assert told.refused is not None
    assert told.refused["why"] == "the evidence does not tell who is in the unit"


def test_what_the_evidence_lacks_is_refused_by_name(tmp_path: Path) -> None:
    shell = begun("rooms")
    evidence = exported(shell, "rooms", tmp_path / "x")
    (evidence / "Get-CalendarProcessing.json").unlink()
    told = offline(evidence, "rooms", tmp_path / "off")
    assert told.refused is not None
    assert (told.refused["what"], told.refused["why"]) == (
        "Get-CalendarProcessing", "the evidence has no Get-CalendarProcessing.json"
    )  # fmt: skip
    assert told.refused["line"] > 0
    assert told.changes == []
