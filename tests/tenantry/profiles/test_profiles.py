"""Profiles: each is listed, sound, and asks for what its calls need and no more without saying why."""

from pathlib import Path
from typing import Any

import pytest

from tenantry import profiles
from tenantry.errors import ConfigurationError, UsageError
from tenantry.profiles.load import BUILT_IN
from tests import shared

FOLDER = Path(__file__).parents[3] / "tenantry" / "profiles"


def test_every_file_is_listed() -> None:
    assert set(BUILT_IN) == {path.stem for path in FOLDER.glob("*.toml")}
    assert profiles.names(None) == list(BUILT_IN)


ALIAS = {"Calendars.ReadBasic": "Calendars.ReadBasic.All"}  # the model's name: the app role's


def accepted(operations: dict[str, Any], call: str, kind: str) -> list[set[str]]:
    """The sets of permissions that each allow the call; the app role of ReadBasic has another name."""
    scheme = "Application" if kind == "application" else "DelegatedWork"
    entry = operations[call].get(scheme, {})
    alias = ALIAS if kind == "application" else {}
    return [{alias.get(name, name) for name in names} for names in entry.get("requires", [])]


@pytest.mark.shared
@pytest.mark.parametrize("name", BUILT_IN)
def test_permissions_are_sufficient_and_least_or_say_why(name: str) -> None:
    operations = shared.load("graph/permission-paths.json")["operations"]
    profile = profiles.load(name, None)
    held = {needed.name for needed in profile.permissions}
    narrow = {needed.narrower or needed.name for needed in profile.permissions}
    for call in profile.calls:
        if call == "POST /$batch":  # each inner request is authorised on its own
            continue
        ways = accepted(operations, call, "application")
        assert any(way <= held for way in ways), f"{call} is not allowed by {held}"
        assert any(way <= narrow for way in ways), f"{call} is not allowed by the narrower {narrow}"
    for needed in profile.permissions:
        assert needed.serves or needed.vendor_requires
        least = {
            ALIAS.get(permission, permission)
            for call in needed.serves
            for permission in operations[call]["Application"]["least"]
        }
        if needed.vendor_requires:
            assert not least or (needed.narrower or needed.name) in least
        else:
            assert needed.name in least


@pytest.mark.shared
@pytest.mark.parametrize("name", BUILT_IN)
def test_permissions_exist(name: str) -> None:
    known = {entry["name"]: entry for entry in shared.load("graph/permissions.json")["permissions"]}
    profile = profiles.load(name, None)
    for needed in (*profile.permissions, *profile.forbidden):
        assert known[needed.name].get(needed.type), needed
        assert not needed.narrower or known[needed.narrower].get(needed.type), needed


def test_telia_calendar_is_what_the_vendor_documents() -> None:
    profile = profiles.load("telia-calendar", None)
    assert {str(needed.permission) for needed in profile.permissions} == {
        "Calendars.Read (application)",
        "User.Read.All (application)",
    }
    assert [str(needed.permission) for needed in profile.forbidden] == ["User.Read (delegated)"]
    assert profile.display_name == "Telia Switchboard Calendar Integration"
    assert profile.single_tenant
    assert profile.credential.kinds == ("secret",)
    assert (profile.credential.lifetime, profile.credential.longest) == (180, 730)
    assert [field.value for field in profile.form] == ["tenant_id", "client_id", "secret_value"]
    assert profile.scoping == ("rbac", "access-policy")
    assert profile.rules.private == "skip"
    for texts in (*(field.label for field in profile.form), *profile.pitfalls):
        assert {"en", "sv"} <= set(texts)


GOOD = (FOLDER / "telia-calendar.toml").read_text(encoding="utf-8").replace('"telia-calendar"', '"own"', 1)


def own(root: Path, text: str) -> str:
    """What is said of an own profile with this text."""
    (root / "profiles").mkdir(exist_ok=True)
    (root / "profiles" / "own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        profiles.load("own", root)
    (problem,) = caught.value.problems
    assert "own.toml:" in problem.where
    return str(problem)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "own"', 'name = "other"', 'must be "own", as the file is named'),
        ('"GET /users",', '"GET users",', "METHOD /path"),
        ('serves = ["GET /users"]', 'serves = ["GET /user"]', 'Did you mean "GET /users"?'),
        ('type = "delegated"', 'type = "delegate"', 'Did you mean "delegated"?'),
        ('value = "secret_value"', 'value = "secretvalue"', 'Did you mean "secret_value"?'),
        ("lifetime = 180", "lifetime = 800", "800 days are more than the longest, 730"),
        ('title = "Telia Switchboard: calendar"\n', "", "title: is missing"),
        ('"User.Read"  ', '"User.Read.All"\ntype = "application"\n[[forbidden]]\nname = "x"  ', "is asked for above"),
        ('name = "User.Read.All"', 'name = "Calendars.Read"', "comes twice"),
        ("private = ", "privat = ", 'Did you mean "private"?'),
    ],
)  # fmt: skip
def test_mistakes_in_own_profiles(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    if "METHOD" in said:
        text = text.replace('serves = ["GET /users"]', "")
    assert said in own(tmp_path, text)


def test_a_permission_without_a_reason(tmp_path: Path) -> None:
    text = GOOD.replace("[credential]", '[[permissions]]\nname = "Mail.Read"\n[credential]')
    assert "has no reason" in own(tmp_path, text)


def test_names(tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    for name in ("own", "telia-calendar"):
        (tmp_path / "profiles" / f"{name}.toml").write_text(GOOD, encoding="utf-8")
    assert profiles.names(tmp_path) == [*BUILT_IN, "own"]
    assert profiles.load("own", tmp_path).name == "own"
    assert profiles.load("telia-calendar", tmp_path).name == "telia-calendar"
    with pytest.raises(UsageError) as caught:
        profiles.load("telia-kalender", tmp_path)
    assert 'Did you mean "telia-calendar"?' in caught.value.fix
    with pytest.raises(UsageError):
        profiles.load("../../x", tmp_path)
