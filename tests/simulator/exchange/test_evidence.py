"""A tenant made of Exchange evidence answers as the tenant itself, and refuses what the evidence does not tell."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.exchange.calling import call
from simulator.exchange.errors import NotSimulated
from simulator.exchange.evidence import Evidence, EvidenceError
from simulator.exchange.session import Change, Session
from tests.simulator.exchange.shell import Shell

JSON = dict[str, Any]
APP = "5b0b2d1c-7d6e-4d0a-9d53-0b1a9d7c1f11"
GROUP = "reception@contoso.onmicrosoft.com"
CODINGS = {"utf-8": "utf-8", "bom": "utf-8-sig", "utf-16": "utf-16"}


def exported(shell: Shell) -> Iterator[tuple[str, list[JSON]]]:
    """The rows that the evidence script writes."""
    yield "Get-ConnectionInformation", [{"TenantID": shell.tenant.id, "Organization": shell.tenant.domain}]
    boxes = shell.run("Get-EXOMailbox", ResultSize="Unlimited")
    yield "Get-EXOMailbox", boxes
    groups = shell.run("Get-DistributionGroup", ResultSize="Unlimited")
    yield "Get-DistributionGroup", groups
    yield "Get-ApplicationAccessPolicy", shell.run("Get-ApplicationAccessPolicy")
    yield "Get-DistributionGroupMember", [row for group in groups for row in members(shell, group)]
    folders, rights = [], []
    for box in boxes:
        for folder in shell.run("Get-MailboxFolderStatistics", Identity=box["Guid"], FolderScope="Calendar"):
            folders.append({**folder, "Mailbox": box["Guid"]})
            if folder["FolderType"] == "Calendar":
                rights += entries(shell, box["Guid"], folder["FolderId"])
    yield "Get-MailboxFolderStatistics", folders
    yield "Get-MailboxFolderPermission", rights


def members(shell: Shell, group: JSON) -> list[JSON]:
    if group["RecipientTypeDetails"] != "MailUniversalSecurityGroup":
        return []
    top = {"Group": group["ExternalDirectoryObjectId"], "MemberOf": ""}
    rows = shell.run("Get-DistributionGroupMember", Identity=group["Guid"], ResultSize="Unlimited")
    return [{**group, **top}, *({**row, **top, "MemberOf": group["Guid"]} for row in rows)]


def entries(shell: Shell, box: str, folder: str) -> list[JSON]:
    found = []
    for row in shell.run("Get-MailboxFolderPermission", Identity=f"{box}:{folder}"):
        who = row["User"].properties
        person = who["RecipientPrincipal"].properties if "RecipientPrincipal" in who else {}
        made = {"Mailbox": box, "FolderId": folder, "UserType": who["UserType"]}
        made |= {"UserGuid": person.get("Guid", ""), "UserAddress": person.get("PrimarySmtpAddress", "")}
        found.append(
            made
            | {"AccessRights": " ".join(row["AccessRights"]), "SharingPermissionFlags": row["SharingPermissionFlags"]}
        )
    return found


def write(shell: Shell, folder: Path, coding: str = "utf-8") -> Path:
    folder.mkdir(exist_ok=True)
    for cmdlet, items in exported(shell):
        document = {"cmdlet": cmdlet, "parameters": {}, "collected": "2026-11-21T08:00:00Z", "items": items}
        (folder / f"{cmdlet}.json").write_text(json.dumps(document, ensure_ascii=False), encoding=coding)
    return folder


def work(session: Session) -> list[Change]:
    """What a reviewer and an access-policy script do, on any tenant."""
    changes: list[Change] = []
    session.changed = changes.append
    session.connected = True

    def run(name: str, **given: Any) -> list[JSON]:
        return list(call(session, name, given))

    user = next(r["PrimarySmtpAddress"] for r in run("Get-EXOMailbox") if r["RecipientTypeDetails"] == "UserMailbox")
    for box in run("Get-EXOMailbox", ResultSize="Unlimited"):
        (folder, *_) = run("Get-MailboxFolderStatistics", Identity=box["Guid"], FolderScope="Calendar")
        identity = f"{box['Guid']}:{folder['FolderId']}"
        known = {row["User"].text for row in run("Get-MailboxFolderPermission", Identity=identity)}
        if len(known) == 2:
            run("Add-MailboxFolderPermission", Identity=identity, User=user, AccessRights="Reviewer")
        else:
            run("Remove-MailboxFolderPermission", Identity=identity, User="Default")
    present = {row["Guid"] for row in run("Get-DistributionGroupMember", Identity=GROUP, ResultSize="Unlimited")}
    for box in run("Get-EXOMailbox"):
        if box["Guid"] not in present:
            run("Add-DistributionGroupMember", Identity=GROUP, Member=box["Guid"])
    run("New-ApplicationAccessPolicy", AppId=APP, PolicyScopeGroupID=GROUP, AccessRight="DenyAccess", Description=" ")
    return changes


@pytest.mark.parametrize("coding", CODINGS)
def test_the_same_work_makes_the_same_changes(tmp_path: Path, coding: str) -> None:
    shell = Shell()
    evidence = Evidence(write(shell, tmp_path / "exchange", CODINGS[coding]))
    offline = Session(evidence.tenant, can=evidence.can)
    told = work(offline)
    assert len(told) > 60
    assert told == work(shell.session)


def test_what_is_not_in_evidence_is_refused(tmp_path: Path) -> None:
    shell = Shell()
    evidence = Evidence(write(shell, tmp_path / "exchange"))
    session = Session(evidence.tenant, can=evidence.can, connected=True)
    with pytest.raises(NotSimulated) as raised:
        list(call(session, "Get-CalendarProcessing", {"Identity": "x"}))
    assert "Get-CalendarProcessing.json" in raised.value.why
    with pytest.raises(NotSimulated) as raised:
        list(call(session, "Get-DistributionGroupMember", {"Identity": "sales@contoso.onmicrosoft.com"}))
    assert "sales@contoso.onmicrosoft.com" in raised.value.why


def test_folders_that_hold_no_evidence_are_told(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="holds no evidence"):
        Evidence(tmp_path)
    (tmp_path / "Get-Mailbox.json").write_text("{")
    with pytest.raises(EvidenceError, match=r"Get-Mailbox\.json"):
        Evidence(tmp_path)
    (tmp_path / "Get-Mailbox.json").write_text('{"items": []}')
    with pytest.raises(EvidenceError, match="collected"):
        Evidence(tmp_path)
