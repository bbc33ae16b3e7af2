"""Every rendered script: golden, parsed, checked; and hostile text through each of its values."""

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import templates
from templates import scripts
from templates.scripts import Samples, Target
from tenantry.errors import RenderRefused
from tests import shared
from tests.templates.checks.commands import check_commands, table, used
from tests.templates.checks.frame import frame
from tests.templates.checks.rules import RULES
from tests.templates.checks.source import Source
from tests.templates.examples import APP, EXAMPLES, GROUP, PRINCIPAL, SAMPLES, TARGET
from tests.templates.golden.__main__ import FOLDER
from tests.templates.scanner import scan
from tests.templates.test_quoting import TEXT, refused

NAMES = sorted(EXAMPLES)


@pytest.mark.parametrize("name", NAMES)
def test_golden(name: str) -> None:
    """As committed; after a wanted change run `python -m tests.templates.golden` and read the difference."""
    assert EXAMPLES[name]().content == (FOLDER / f"{name}.ps1").read_bytes()


def test_every_golden_is_an_example() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.ps1")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_holds(name: str) -> None:
    source = Source.of(EXAMPLES[name]().content)
    problems = [f"{rule.__name__}: {problem}" for rule in (*RULES, frame, check_commands) for problem in rule(source)]
    assert problems == []


def test_the_table_holds_the_cmdlets_of_our_scripts_and_no_more() -> None:
    everything = set().union(*(used(Source.of(make().content)) for make in EXAMPLES.values()))
    assert everything == set(table())


@pytest.mark.shared
def test_the_table_is_what_the_pages_say() -> None:
    pages = shared.load("exchange/cmdlets.json")
    for name, row in table().items():
        page = pages["exchange"].get(name) or pages["powershell"][name]
        assert row["parameters"].keys() == page["parameters"].keys()
        assert ("EXO" in page.get("applies_to", ["EXO"])) == ("online" in (row["products"] or ["online"]))


def _render(where: str, text: str) -> bytes:
    """The script with `text` in the place that `where` names (`kind value`)."""
    kind, field = where.split()
    values: dict[str, Any] = {"app_id": APP, "samples": Samples()}
    if kind == "rbac":
        values |= {"service_principal_id": PRINCIPAL, "permissions": ["Calendars.Read"]}
    if field in ("inside", "outside"):
        values["samples"] = Samples(**{field: (text,)})
    elif field == "members":
        values["members"] = [text]
    else:
        values[field] = text
    if field != "administrative_unit":
        values.setdefault("group", GROUP)
    make = scripts.rbac if kind == "rbac" else scripts.access_policy
    return make(TARGET, **values).content


PLACES = [
    *(f"access-policy {field}" for field in ("group", "members", "inside", "outside")),
    *(f"rbac {field}" for field in ("group", "members", "inside", "outside", "administrative_unit", "name")),
]


@pytest.mark.parametrize("where", PLACES)
@given(text=TEXT)
def test_hostile_text_is_one_constant_or_refused(where: str, text: str) -> None:
    """Beside that one literal the script is what it is with harmless text, to the last character."""
    if refused(text) or (not text.strip() and (text or not where.endswith(("name", "unit")))):
        with pytest.raises(RenderRefused):
            _render(where, text)
        return
    if not text:
        return  # no name: the default one; no unit: a group is needed, see below
    plain, nasty = (scan(_render(where, value)[3:].decode()) for value in ("harmless", text))
    assert nasty.masked == plain.masked
    changed = [(a, b) for a, b in zip(plain.literals, nasty.literals, strict=True) if a != b]
    assert changed == ([("harmless", text)] if text != "harmless" else [])


@pytest.mark.parametrize("where", PLACES)
def test_every_recorded_class_of_characters(where: str) -> None:
    """A text with all the characters that PowerShell gives a meaning to."""
    nasty = "x'\u2018\u2019\u201a\u201b\"\u201c\u201d\u201e`$()@{}#><;|&\u2013\u2014\u2015\u00a0\u3000'; Remove-X"
    source = Source.of(_render(where, nasty))
    assert source.scanned.literals.count(nasty) == 1
    assert not source.root.has_error
    assert "Remove-X" not in source.scanned.masked


@pytest.mark.parametrize("encoding", ["cp1250", "cp1252", "cp1257", "cp874", "cp437", "cp932"])
def test_the_sentinel_stands_before_data_however_the_file_is_read(encoding: str) -> None:
    """Without its BOM and in an ANSI code page: what precedes the sentinel is ASCII, so it reads the same."""
    raw = EXAMPLES["access-policy"]().content[3:]
    sentinel = raw.index("å".encode())
    assert raw[:sentinel].isascii()
    assert b"contoso" not in raw[:sentinel]
    wrong = "å".encode().decode(encoding, errors="replace")
    assert len(wrong) != 1 or ord(wrong) != 229


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"app_id": "*"}, "app id"),
        ({"group": ""}, "group: is empty"),
        ({"members": ["a@b.se", " "]}, "members: is empty"),
        ({"samples": Samples(inside=("",))}, "samples_inside: is empty"),
        ({"right": "Everything"}, "access right"),
        ({"group": "a\u202eb"}, r"group: the bidirectional control U\+202E"),
    ],
)
def test_values_that_are_refused(change: dict[str, Any], message: str) -> None:
    values: dict[str, Any] = {"app_id": APP, "group": GROUP, "samples": SAMPLES} | change
    with pytest.raises(RenderRefused, match=message):
        scripts.access_policy(TARGET, **values)


def test_rbac_needs_a_permission_that_has_a_role_and_a_short_name() -> None:
    good: dict[str, Any] = {"app_id": APP, "service_principal_id": PRINCIPAL, "group": GROUP}
    with pytest.raises(RenderRefused, match=r"no role for Calendars\.ReadBasic\.All"):
        scripts.rbac(TARGET, permissions=["Calendars.ReadBasic.All"], **good)
    with pytest.raises(RenderRefused, match="at most 64"):
        scripts.rbac(TARGET, permissions=["Calendars.Read"], name="x" * 65, **good)
    long_names = msgspec.structs.replace(TARGET, tenant="t" * 60, integration="i" * 60)
    script = scripts.rbac(long_names, permissions=["Calendars.Read"], **good)
    assert f"$name = 'Tenantry {'t' * 55}'" in script.content.decode()


def test_role_assignment_names_fit_into_exchange() -> None:
    roles = json.loads((templates.ROOT / "tables" / "exchange.json").read_text())["roles"]
    assert max(len(f"{role.removeprefix('Application ')} {APP}") for role in roles) <= scripts.NAME_LIMIT


def test_one_role_for_each_permission() -> None:
    assert scripts.roles_for(["User.Read.All", "Calendars.Read", "Mail.Send"]) == [
        "Application Calendars.Read",
        "Application Mail.Send",
    ]
    assert scripts.narrowed_by_policy(["User.Read.All", "Calendars.Read"]) == ["Calendars.Read"]


@pytest.mark.parametrize(
    ("cloud", "environment"),
    [
        ("global", "O365Default"),
        ("rehearsal", "O365Default"),
        ("usgov", "O365USGovGCCHigh"),
        ("usgov-dod", "O365USGovDoD"),
        ("china", "O365China"),
    ],
)
def test_the_cloud_decides_where_to_connect(cloud: str, environment: str) -> None:
    script = scripts.evidence(msgspec.structs.replace(TARGET, cloud=cloud))
    assert f"$environment = '{environment}'" in script.content.decode()


def test_file_names_are_plain() -> None:
    target = Target(tenant_id="", cloud="global", tenant="..\\evil/name", integration="växel 1")
    assert target.file_name("rbac") == "rbac-evil-name-växel-1.ps1"


def test_write_keeps_the_list_of_sums_true(tmp_path: Path) -> None:
    first, second = EXAMPLES["access-policy"](), EXAMPLES["evidence"]()
    assert scripts.write([first], tmp_path) == [tmp_path / first.name]
    scripts.write([second], tmp_path)
    lines = (tmp_path / "SHA256SUMS").read_text().splitlines()
    assert lines == [f"{first.sha256}  {first.name}", f"{second.sha256}  {second.name}"]
    (tmp_path / first.name).unlink()
    scripts.write([second], tmp_path)
    assert (tmp_path / "SHA256SUMS").read_text() == f"{second.sha256}  {second.name}\n"
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / second.name).stat().st_mode) & 0o400


def test_help_says_what_the_script_needs() -> None:
    """Every parameter of every script is explained in its help."""
    for make in EXAMPLES.values():
        source = Source.of(make().content)
        names = set(re.findall(r"^    \[(?:string|switch)\]\$(\w+)", source.scanned.source, re.M))
        assert names == set(re.findall(r"^\.PARAMETER (\w+)", source.scanned.source, re.M))


@given(st.sampled_from(NAMES))
def test_rendering_is_deterministic(name: str) -> None:
    assert EXAMPLES[name]().content == EXAMPLES[name]().content
