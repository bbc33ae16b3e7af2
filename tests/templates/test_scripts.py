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
from templates.quoting import typographic
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
    example = EXAMPLES[name]
    source = Source.of(example().content)
    problems = [f"{rule.__name__}: {problem}" for rule in RULES for problem in rule(source)]
    assert [*problems, *frame(source, example.engine), *check_commands(source, example.product)] == []


def test_every_kind_and_product_has_an_example() -> None:
    missing = {(kind.name, product) for kind in scripts.KINDS for product in kind.products}
    for name, example in EXAMPLES.items():
        missing -= {(kind.name, example.product) for kind in scripts.KINDS if name.startswith(kind.name)}
    assert missing == set()


def test_the_table_holds_the_cmdlets_of_our_scripts_and_no_more() -> None:
    of_2007 = table("2007").keys() - table().keys()
    everything = set().union(*(used(Source.of(make().content)) for make in EXAMPLES.values()))
    assert everything == set(table()) | of_2007


@pytest.mark.shared
def test_the_table_is_what_the_pages_say() -> None:
    pages = shared.load("exchange/cmdlets.json")
    for name, row in table().items():
        page = pages["exchange"].get(name) or pages["powershell"][name]
        assert row["parameters"].keys() == page["parameters"].keys()
        assert ("EXO" in page.get("applies_to", ["EXO"])) == ("online" in (row["products"] or ["online"]))


PLACES = [f"{name} {place}" for name in NAMES for place in EXAMPLES[name].places()]
# Where the products differ in constants only, one stands for all.
WIDE = [place for place in PLACES if not re.search(r"-(2013|2016|2019|se) ", place)]


def render_at(where: str, text: str) -> bytes:
    """The script with `text` in the place that `where` names (`example value`)."""
    name, place = where.split()
    return EXAMPLES[name].with_text(place, text).content


def place_takes(where: str, text: str) -> bool:
    """Whether a value may be that text: no control character and the like, not empty, no name that is too long."""
    return not (refused(text) or not text.strip() or (where.endswith(" name") and len(text) > scripts.NAME_LIMIT))


@pytest.mark.parametrize("where", WIDE)
@given(text=TEXT)
def test_hostile_text_is_one_constant_or_refused(where: str, text: str) -> None:
    """Beside that one literal the script is what it is with harmless text, to the last character."""
    if not text and where.endswith(("name", "unit", "room_list")):
        return  # no name: the default one; no unit: a group is needed, see below; no list: none is made
    if not place_takes(where, text):
        with pytest.raises(RenderRefused):
            render_at(where, text)
        return
    harmless = "harm’less" if typographic(text) else "harmless"
    plain, nasty = (scan(render_at(where, value)[3:].decode()) for value in (harmless, text))
    assert nasty.masked == plain.masked
    pairs = zip(plain.literals, nasty.literals, strict=True)
    changed = [(a, b) for a, b in pairs if a != b and not a.startswith("UserPrincipalName -like 'harm*'")]
    assert set(changed) == ({(harmless, text)} if text != harmless else set())


@pytest.mark.parametrize("where", PLACES)
def test_every_recorded_class_of_characters(where: str) -> None:
    """A text with all the characters that PowerShell gives a meaning to."""
    nasty = "x'\u2018\u2019\u201a\u201b\"\u201c\u201d\u201e`$()@{}#><;|&\u2013\u2014\u2015\u00a0\u3000'; Remove-X"
    source = Source.of(render_at(where, nasty))
    assert nasty in source.scanned.literals
    assert not source.root.has_error
    assert "Remove-X" not in source.scanned.masked


ANSI = ["cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258"]
ANSI += ["cp874", "cp437", "cp850", "cp932", "cp936", "cp949", "cp950"]


@pytest.mark.parametrize("encoding", ANSI)
@pytest.mark.parametrize("name", NAMES)
def test_the_sentinel_stands_before_data_however_the_file_is_read(name: str, encoding: str) -> None:
    """Without its BOM and in an ANSI code page: what precedes the sentinel is ASCII, so it reads the same.

    The sentinel then throws, since its letter is another text; or the file does not parse, and nothing of it runs.
    """
    raw = EXAMPLES[name]().content[3:]
    sentinel = raw.index("å".encode())
    assert raw[:sentinel].isascii()
    assert b"contoso" not in raw[:sentinel]
    read = raw.decode(encoding, errors="replace")
    letter = read[len(raw[:sentinel].decode(encoding)) :].split("'", 1)[0]
    assert len(letter) != 1 or ord(letter) != 229


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
        block = source.scanned.source.split("param(", 1)[1].split("\r\n)", 1)[0]
        names = set(re.findall(r"^    \[(?:string|switch|System\.Security\.SecureString)\]\$(\w+)", block, re.M))
        assert names == set(re.findall(r"^\.PARAMETER (\w+)", source.scanned.source, re.M))


@given(st.sampled_from(NAMES))
def test_rendering_is_deterministic(name: str) -> None:
    assert EXAMPLES[name]().content == EXAMPLES[name]().content
