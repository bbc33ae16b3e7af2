"""Profiles: each is listed, sound, and asks for what its calls need and no more without saying why."""

from pathlib import Path

import pytest

from tenantry import profiles
from tenantry.cloud import BUILT_IN as BUILT_IN_CLOUDS
from tenantry.errors import ConfigurationError, UsageError
from tenantry.profiles.load import BUILT_IN
from tenantry.profiles.settle import variants
from tests import shared

FOLDER = Path(__file__).parents[3] / "tenantry" / "profiles"


def test_every_file_is_listed() -> None:
    assert set(BUILT_IN) == {path.stem for path in FOLDER.glob("*.toml")}
    assert profiles.names(None) == list(BUILT_IN)


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_ones_are_right_in_every_way_that_own_ones_must_be(name: str) -> None:
    assert profiles.read_file(FOLDER / f"{name}.toml") == profiles.read(name, None)


@pytest.mark.shared
@pytest.mark.parametrize("name", BUILT_IN)
def test_permissions_exist(name: str) -> None:
    known = {entry["name"]: entry for entry in shared.load("graph/permissions.json")["permissions"]}
    profile = profiles.read(name, None)
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
    assert profile.credential is not None
    assert profile.credential.kinds == ("secret",)
    assert (profile.credential.lifetime, profile.credential.longest) == (180, 730)
    assert [field.value for field in profile.form] == ["tenant_id", "client_id", "secret_value"]
    assert profile.scoping == ("rbac", "access-policy")
    assert profile.rules.private == "skip"


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_text_is_there_in_both_languages(name: str) -> None:
    profile = profiles.read(name, None)
    texts = [*profile.steps, *profile.renewal, *profile.pitfalls, *profile.better]
    texts += [field.label for field in profile.form] + [option.help for option in profile.options.values()]
    texts += [field.note for field in profile.form if field.note]
    assert texts
    for text in texts:
        assert all(text.get(language, "").strip() for language in ("en", "sv")), text


@pytest.mark.parametrize("name", BUILT_IN)
def test_what_is_loaded_has_no_condition_left(name: str) -> None:
    whole = profiles.read(name, None)
    for values, profile in variants(whole):
        parts = (*profile.permissions, *profile.forbidden, *profile.form, *profile.declared, *profile.consent)
        assert not any(getattr(part, "when", "") for part in parts), values
        assert not any(
            "when" in text for text in (*profile.steps, *profile.renewal, *profile.pitfalls, *profile.better)
        )
        kinds = {needed.type for needed in profile.permissions}
        assert (profile.consent_kind is not None) == ("delegated" in kinds)
        asked = {needed.permission for needed in profile.permissions}
        assert not asked & {needed.permission for needed in profile.forbidden}


def asked(name: str, **values: object) -> set[str]:
    """The permissions of a profile under these options."""
    return {str(needed.permission) for needed in profiles.load(name, None, values).permissions}


def test_telia_presence_is_what_the_vendor_documents() -> None:
    delegated = {"Presence.Read.All (delegated)", "User.Read (delegated)"}
    users = {"User.Read.All (application)"}
    push = {"Presence.ReadWrite.All (application)"}
    assert asked("telia-presence") == users | delegated
    assert asked("telia-presence", push_line_state=True) == users | delegated | push
    assert asked("telia-presence", app_only=True) == users | {"Presence.Read.All (application)"}
    assert asked("telia-presence", app_only=True, push_line_state=True) == users | push
    profile = profiles.load("telia-presence", None)
    assert profile.display_name == "Telia Teams Presence"
    assert profile.consent_kind == "AllPrincipals"
    assert profiles.load("telia-presence", None, {"consent_users_only": True}).consent_kind == "Principal"
    users_needed = profile.integration_users
    assert users_needed is not None
    assert [users_needed.needed(people) for people in (0, 1, 650, 651, 1300, 1301)] == [1, 1, 1, 2, 2, 3]
    alone = profiles.load("telia-presence", None, {"app_only": True})
    assert (alone.integration_users, alone.consent_kind) == (None, None)
    assert [str(needed.permission) for needed in alone.forbidden] == ["User.Read (delegated)"]


def test_maptician_rooms_is_what_the_vendor_documents() -> None:
    profile = profiles.load("maptician-rooms", None)
    assert asked("maptician-rooms") == {"Calendars.ReadWrite (application)", "Place.Read.All (application)"}
    assert profile.display_name == "Microsoft Graph API"
    assert profile.credential is not None
    assert (profile.credential.longest, profile.credential.description) == (730, "Maptician")
    assert "all" not in profile.mailboxes
    values = [field.value for field in profile.form]
    assert values == ["=Microsoft365", "client_id", "tenant_id", "secret_id", "secret_value", "secret_expires"]


def test_xphone_calendar_is_what_the_vendor_documents() -> None:
    profile = profiles.load("xphone-calendar", None)
    names = (
        "Calendars.ReadWrite Contacts.ReadWrite Mail.ReadWrite MailboxSettings.ReadWrite User.Read User.ReadBasic.All"
    )
    assert asked("xphone-calendar") == {f"{name} (delegated)" for name in names.split()}
    assert profile.display_name == "XPhone_Calendar_Sync"
    assert profile.credential is None
    assert profile.platform is not None
    for cloud in BUILT_IN_CLOUDS.values():
        assert profile.platform.redirects(cloud) == (f"{cloud.login}/common/oauth2/nativeclient",)
    assert [field.value for field in profile.form] == ["name", "client_id", "tenant_id"]
    assert profile.consent_kind == "AllPrincipals"
    assert profiles.load("xphone-calendar", None, {"admin_consent": False}).consent_kind == "user"


def test_bredband2_calendar_is_what_the_vendor_documents() -> None:
    profile = profiles.load("bredband2-calendar", None)
    assert asked("bredband2-calendar") == {"Calendars.Read (application)"}
    assert profile.display_name == "Exchange kalendersynkronisering"
    assert profile.credential is not None
    assert profile.credential.lifetime == 730
    assert len(profile.rules.priority) == 9
    assert list(profile.rules.prefix) == ["HEM:", "SJU:", "SLU:", "UPP:", "LUN:", "MOT:", "UTE:", "SEM:"]
    assert {*profile.rules.prefix.values(), *profile.rules.state.values()} == set(profile.rules.priority)
    assert any("ApplicationImpersonation" in pitfall["en"] for pitfall in profile.pitfalls)


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
        ("lifetime = 180", 'when = "x"\nlifetime = 180', 'credential.when: there is no option "x"'),
        ("lifetime = 180", 'when = "a or b"\nlifetime = 180', '"a or b" is no condition'),
        ("[credential]", '[platform]\nredirect_uris = ["https://x"]\n[credential]', "has no credential"),
        ("[credential]", '[options.a]\ntype = "text"\ndefault = 1\nhelp = {}\n[credential]', "is not of the type text"),
        ("[credential]", '[options]\nall_mailboxes = {type = "text", default = "", help = {}}\n[credential]', "means"),
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


def test_an_own_profile_is_read_again_where_it_changed(tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    path = tmp_path / "profiles" / "own.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert profiles.read("own", tmp_path) is profiles.read("own", tmp_path)
    path.write_text(GOOD.replace("lifetime = 180", "lifetime = 90"), encoding="utf-8")
    changed = profiles.read("own", tmp_path).credential
    assert changed is not None
    assert changed.lifetime == 90


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
