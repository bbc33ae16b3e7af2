"""`tenantry scripts` as a person runs it."""

import json
from pathlib import Path

import msgspec
import pytest

from templates import scripts
from tenantry import integration
from tenantry.cli.main import run
from tenantry.cli.script_cases import BUILDERS
from tenantry.cli.scripts import KINDS, PRODUCTS
from tenantry.cloud import BUILT_IN
from tests.templates.checks.source import Source
from tests.templates.examples import APP, PRINCIPAL, TENANT

WORKSPACE = """\
version = 1

[[tenant]]
name = "contoso"
id = "{tenant}"
cloud = "global"
sign_in = "browser"

[[tenant.integration]]
name = "telia"
profile = "telia-calendar"
mailboxes = {mailboxes}
time_zone = "Europe/Stockholm"
people = "all"

[tenant.integration.credential]
kind = "secret"
lifetime = "180d"
store = {{ kind = "file", path = "secrets/telia" }}

[[tenant.integration.sink]]
kind = "jsonl"
path = "availability.jsonl"
"""


def workspace(folder: Path, mailboxes: str = '{ group = "switchboard@contoso.com" }', *, emitted: bool = True) -> Path:
    """A workspace with one integration, its integration file emitted or not."""
    (folder / "tenantry.toml").write_text(WORKSPACE.format(tenant=TENANT, mailboxes=mailboxes), encoding="utf-8")
    if emitted:
        integration.save(folder, FILE)
    return folder


FILE = integration.IntegrationFile(
    version=1,
    tool="tenantry test",
    emitted="2026-11-21T08:00:00Z",
    tenant=integration.TenantRef(name="contoso", id=TENANT, cloud=BUILT_IN["global"]),
    integration="telia",
    profile="telia-calendar",
    app=integration.AppRef(app_id=APP, object_id=APP, service_principal_id=PRINCIPAL, unique_name="u"),
    permissions=integration.Permissions(required=(integration.Permission(name="Calendars.Read"),)),
    credential=None,
    mailboxes=integration.Mailboxes(group="switchboard@contoso.com"),
    time_zone="Europe/Stockholm",
    people=integration.People(all=True),
    rules=integration.Rules(),
)


def rendered(folder: Path, name: str) -> Source:
    """One of the scripts written below `folder`."""
    return Source.of((folder / "scripts" / name).read_bytes())


def test_list_names_every_kind(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scripts", "list", "-o", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert sorted(row["kind"] for row in rows) == sorted(KINDS)
    assert all(row["does"] and row["products"] for row in rows)


def test_every_kind_is_offered_and_built() -> None:
    assert set(KINDS) == {kind.name for kind in scripts.KINDS} == {*BUILDERS, "evidence"}
    assert set(PRODUCTS) == set(scripts.PRODUCTS)


def test_render_from_the_integration_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = workspace(tmp_path)
    assert run(["scripts", "render", "access-policy", "-w", str(folder), "-o", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    literals = rendered(folder, Path(row["script"]).name).scanned.literals
    assert {APP, TENANT, "switchboard@contoso.com", "RestrictAccess"} <= set(literals)
    assert (folder / "scripts" / "SHA256SUMS").read_text().startswith(row["sha256"])


def test_render_without_it_needs_the_ids(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = workspace(tmp_path, emitted=False)
    assert run(["scripts", "render", "rbac", "-w", str(folder)]) == 2
    assert "contoso/telia: the app's id is not known." in capsys.readouterr().err
    assert run(["scripts", "render", "rbac", "-w", str(folder), "--app-id", APP]) == 2
    assert "enterprise application" in capsys.readouterr().err
    given = ["--app-id", APP, "--service-principal-id", PRINCIPAL]
    assert run(["scripts", "render", "rbac", "-w", str(folder), *given]) == 0
    literals = rendered(folder, "rbac-contoso-telia.ps1").scanned.literals
    assert {APP, PRINCIPAL, "Application Calendars.Read"} <= set(literals)


def test_members_and_samples_reach_the_script(tmp_path: Path) -> None:
    folder = workspace(tmp_path, '{ rooms = ["room-1@contoso.com"] }')
    (folder / "more.txt").write_text("\ufeffo’brien@contoso.com\r\n\r\nåsa@contoso.com\r\n", encoding="utf-8")
    options = ["--group", "r@contoso.com", "--members", str(folder / "more.txt"), "--member", "x@contoso.com"]
    samples = ["--samples-inside", "in@contoso.com", "--samples-outside", "out@contoso.com"]
    assert run(["scripts", "render", "rbac", "contoso/telia", "-w", str(folder), *options, *samples]) == 0
    literals = rendered(folder, "rbac-contoso-telia.ps1").scanned.literals
    for text in ("o’brien", "åsa", "x", "room-1", "in", "out", "r"):
        assert literals.count(f"{text}@contoso.com") == 1


def test_an_administrative_unit_needs_no_group(tmp_path: Path) -> None:
    folder = workspace(tmp_path, '{ administrative_unit = "5d4c3b2a-1111-4222-8333-444455556666" }')
    assert run(["scripts", "render", "rbac", "-w", str(folder)]) == 0
    source = rendered(folder, "rbac-contoso-telia.ps1")
    assert "5d4c3b2a-1111-4222-8333-444455556666" in source.scanned.literals
    assert "New-DistributionGroup" not in source.scanned.masked


def test_deny(tmp_path: Path) -> None:
    folder = workspace(tmp_path)
    assert run(["scripts", "render", "access-policy", "--deny", "-w", str(folder)]) == 0
    assert "DenyAccess" in rendered(folder, "access-policy-contoso-telia.ps1").scanned.literals


def test_evidence_is_one_script_a_tenant(tmp_path: Path) -> None:
    folder = workspace(tmp_path, emitted=False)
    assert run(["scripts", "render", "evidence", "-w", str(folder), "--out", str(folder / "x" / "y")]) == 0
    assert sorted(path.name for path in (folder / "x" / "y").iterdir()) == ["SHA256SUMS", "evidence-contoso.ps1"]


@pytest.mark.parametrize(
    ("arguments", "name", "literals"),
    [
        (["reviewer", "--user", "m@b.se"], "reviewer-contoso-telia.ps1", {"m@b.se", "Reviewer", "Kalender"}),
        (
            ["reviewer", "--user", "m@b.se", "--role", "editor", "--product", "2010"],
            "reviewer-contoso-telia.ps1",
            {"Editor"},
        ),
        (["reviewer", "--user", "m@b.se", "--product", "2007"], "reviewer-contoso-telia.ps1", {"FullAccess"}),
        (["service-user", "--user", "m@b.se"], "service-user-contoso-telia.ps1", {"m@b.se", "Monitor"}),
        (["rooms", "--member", "r@b.se", "--room-list", "l@b.se"], "rooms-contoso-telia.ps1", {"r@b.se", "l@b.se"}),
        (["ews-allow"], "ews-allow-contoso-telia.ps1", {APP}),
        (["rbac", "--migrate"], "rbac-migrate-contoso-telia.ps1", {APP, PRINCIPAL, "Calendars.Read"}),
        (["teardown"], "teardown-contoso-telia.ps1", {"rbac-contoso-telia.result.json.journal"}),
        (["evidence", "--product", "se"], "evidence-contoso.ps1", {"ApplicationImpersonation"}),
    ],
)
def test_every_kind_renders(tmp_path: Path, arguments: list[str], name: str, literals: set[str]) -> None:
    folder = workspace(tmp_path)
    assert run(["scripts", "render", *arguments, "-w", str(folder)]) == 0
    assert literals <= set(rendered(folder, name).scanned.literals)


@pytest.mark.parametrize(
    ("mailboxes", "arguments", "message"),
    [
        ("{ all = true }", ["access-policy"], "nothing to narrow"),
        ('{ rooms = ["r@contoso.com"] }', ["access-policy"], "Exchange wants a group"),
        ('{ administrative_unit = "u" }', ["access-policy"], "Exchange wants a group"),
        ('{ group = "g@contoso.com" }', ["access-policy", "--administrative-unit", "u"], "knows groups"),
        ('{ group = "g@contoso.com" }', ["rbac", "--deny"], "--deny is for access-policy"),
        ('{ group = "g@contoso.com" }', ["rbac", "--product", "2016"], "only Exchange Online has"),
        ('{ group = "g@contoso.com" }', ["rbac", "contoso/tella"], "contoso/tella"),
        ('{ group = "g@contoso.com" }', ["rbac", "--integration", "fabrikam"], "fabrikam"),
        ('{ group = "g@contoso.com" }', ["rbac", "--app-id", "*"], "is not a GUID"),
        ('{ group = "g@contoso.com" }', ["rbac", "--group", ""], "group: is empty"),
        ('{ group = "g@contoso.com" }', ["rbac", "--group", "a\u202eb"], "U+202E"),
        ('{ group = "g@contoso.com" }', ["rbac", "--members", "missing.txt"], "missing.txt cannot be read"),
        ('{ group = "g@contoso.com" }', ["reviewer"], "which user syncs"),
        ('{ group = "g@contoso.com" }', ["reviewer", "--user", "m@contoso.com", "--role", "King"], "King"),
        ('{ group = "g@contoso.com" }', ["reviewer", "--user", ""], "user: is empty"),
        ('{ group = "g@contoso.com" }', ["rooms"], "rooms: there is none"),
        ('{ group = "g@contoso.com" }', ["rooms", "--product", "2007"], "there is no rooms for 2007"),
        ('{ group = "g@contoso.com" }', ["evidence", "--migrate"], "--migrate is for rbac"),
        ('{ administrative_unit = "u" }', ["rbac", "--migrate"], "access policies know groups only"),
        ('{ group = "g@contoso.com" }', ["service-user", "--product", "2007", "--user", "m@b.se"], "database"),
        ('{ group = "g@contoso.com" }', ["service-user", "--user", "m@b.se", "--database", "d"], "chooses by itself"),
        ('{ group = "g@contoso.com" }', ["service-user", "--user", "m@b.se", "--name", "x" * 65], "at most 64"),
        ('{ group = "g@contoso.com" }', ["mend"], "mend"),
    ],
)
def test_wrong_input_gives_one_sentence_and_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mailboxes: str, arguments: list[str], message: str
) -> None:
    folder = workspace(tmp_path, mailboxes)
    assert run(["scripts", "render", *arguments, "-w", str(folder)]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("Error: ") == 1
    assert "Traceback" not in error
    assert not (folder / "scripts").exists()


def test_a_policy_must_have_something_to_narrow(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = workspace(tmp_path)
    permissions = integration.Permissions(required=(integration.Permission(name="User.Read.All"),))
    integration.save(folder, msgspec.structs.replace(FILE, permissions=permissions))
    for kind, message in (("access-policy", "narrows none of User.Read.All"), ("rbac", "no role for User.Read.All")):
        assert run(["scripts", "render", kind, "-w", str(folder)]) == 2
        assert message in capsys.readouterr().err
