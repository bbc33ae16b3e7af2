"""`tenantry.toml`: what it means, and everything that can be wrong with it, told at once with line and suggestion."""

import json
from pathlib import Path

import pytest

from tenantry import profiles, workspace
from tenantry.errors import ConfigurationError, UsageError
from tenantry.integration import Mailboxes, Rules, Sink, StoreRef
from tenantry.workspace.model import CredentialWish, Trust

GUID = "8f0c1111-2222-3333-4444-555555555555"
BASE = f"""version = 1

[[tenant]]
name = "contoso"
id = "{GUID}"

[[tenant.integration]]
name = "telia"
profile = "telia-calendar"
mailboxes = {{ group = "switchboard@contoso.com" }}
time_zone = "Europe/Stockholm"
"""


def write(root: Path, text: str) -> Path:
    (root / "tenantry.toml").write_text(text, encoding="utf-8")
    return root


def problems(root: Path, text: str) -> list[str]:
    """Everything wrong with the text, as the user sees it, without the folder."""
    with pytest.raises(ConfigurationError) as caught:
        workspace.load(write(root, text))
    return [str(problem).replace(f"{root}/", "") for problem in caught.value.problems]


def test_the_smallest_workspace_has_the_profiles_defaults(tmp_path: Path) -> None:
    (tenant,) = workspace.load(write(tmp_path, BASE)).tenants
    assert (tenant.name, tenant.id, tenant.cloud.name, tenant.sign_in) == ("contoso", GUID, "global", "browser")
    (integration,) = tenant.integrations
    assert integration.rules == Rules()
    assert integration.mailboxes == Mailboxes(group="switchboard@contoso.com")
    assert integration.credential == CredentialWish(
        kind="secret", lifetime=180, store=StoreRef(kind="file", path="secrets/contoso/telia")
    )
    assert workspace.resolve_people(tmp_path, integration).all


def test_everything_said(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("address;key\na@b.c;1\n", encoding="utf-8")
    text = (
        BASE.replace("Europe/Stockholm", "W. Europe Standard Time")
        + """
people = "people.csv"
owners = ["admin@contoso.com"]
[tenant.integration.credential]
lifetime = "26w"
store = { kind = "keyring" }
[tenant.integration.rules]
private = "busy"
state = { busy = "in-meeting" }
skip = ["free", "tentative"]
priority = ["in-meeting", "out-of-office", "remote", "busy", "available"]
[[tenant.integration.sink]]
kind = "webhook"
url = "https://example.com/hook"
secret = { kind = "environment", name = "HOOK_SECRET" }
[[tenant.integration.sink]]
kind = "jsonl"
path = "out\\\\availability.jsonl"
"""
    )
    (integration,) = workspace.load(write(tmp_path, text)).tenants[0].integrations
    assert integration.time_zone == "Europe/Berlin"
    assert integration.credential is not None
    assert integration.credential.lifetime == 182
    assert integration.credential.store == StoreRef(kind="keyring", name="contoso/telia")
    assert integration.rules.state["busy"] == "in-meeting"
    assert integration.rules.state["oof"] == "out-of-office"
    assert integration.sinks[1] == Sink(kind="jsonl", path="out/availability.jsonl")
    assert [p.key for p in workspace.resolve_people(tmp_path, integration).listed] == ["1"]


def test_a_custom_cloud_drives_everything_together(tmp_path: Path) -> None:
    text = BASE.replace(
        "[[tenant]]", '[cloud.mine]\nlogin = "https://l:1/"\ngraph = "https://g:2/"\n[[tenant]]\ncloud = "mine"', 1
    )
    (tenant,) = workspace.load(write(tmp_path, text)).tenants
    assert (tenant.cloud.login, tenant.cloud.base_url) == ("https://l:1", "https://g:2/v1.0")
    assert not tenant.cloud.built_in


@pytest.mark.parametrize("cloud", ["usgov", "usgov-dod", "china", "global"])
def test_built_in_clouds(tmp_path: Path, cloud: str) -> None:
    text = BASE.replace(f'id = "{GUID}"', f'domain = "Contoso.onmicrosoft.com"\ncloud = "{cloud}"')
    (tenant,) = workspace.load(write(tmp_path, text)).tenants
    assert (tenant.cloud.name, tenant.authority) == (cloud, "contoso.onmicrosoft.com")


# Each mistake is made in BASE, by replacing something or adding at the end, and gives one sentence with this in it.
MISTAKES: list[dict[str, str]] = json.loads(Path(__file__).with_name("mistakes.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["said"][:60])
def test_one_mistake_gives_one_sentence(tmp_path: Path, mistake: dict[str, str]) -> None:
    text = BASE + mistake.get("add", "") + "\n"
    if "replace" in mistake:
        assert mistake["replace"] in BASE
        text = BASE.replace(mistake["replace"], mistake["by"], 1)
    found = problems(tmp_path, text)
    assert len(found) == 1, found
    assert mistake["said"] in found[0]
    assert found[0].startswith("tenantry.toml:")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://x.y", "is not a web address"),
        ("http://x.y/", "must be https"),
        ("https://user:pw@x.y/", "holds a user name or password"),
        ("https://[::1", "is not an address"),
        ("https://x.y:99999/", "is not an address"),
    ],
)
def test_addresses_of_webhooks(tmp_path: Path, url: str, said: str) -> None:
    secret = 'secret = { kind = "environment", name = "S" }'
    (found,) = problems(tmp_path, BASE + f'sink = [{{ kind = "webhook", url = "{url}", {secret} }}]\n')
    assert said in found
    assert "pw" not in found.replace("password", "")


def test_everything_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("address,foo\nx\n", encoding="utf-8")
    text = BASE.replace("version = 1", "version = 3").replace("Europe/Stockholm", "Mars") + 'people = "p.csv"\nx = 1\n'
    found = problems(tmp_path, text)
    assert [problem.split(": ")[0] for problem in found] == [
        "p.csv:1",
        "p.csv:2",
        "tenantry.toml:1",
        "tenantry.toml:11",
        "tenantry.toml:13",
    ]


def test_two_integrations_do_not_share_a_store(tmp_path: Path) -> None:
    second = BASE[BASE.index("[[tenant.integration]]") :].replace('"telia"', '"two"')
    store = 'credential = { store = { kind = "file", path = "secrets/x" } }\n'
    (found,) = problems(tmp_path, BASE + store + second + store)
    assert "contoso/telia has the same store" in found


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"version = 1\nname = contoso\n", "tenantry.toml:2: is not TOML: Invalid value"),
        (b"version = 1\n\n[[tenant]\n", "tenantry.toml:3: is not TOML:"),
        (b'a = "x', "tenantry.toml:1: is not TOML:"),
        (b"a = 1\nb = '\xe5'\n", "tenantry.toml:2: is not UTF-8. Save it as UTF-8."),
        ("version = 1".encode("utf-16"), "tenantry.toml:1: is UTF-16. Save it as UTF-8."),
        (b"a = " + b"[" * 5000, "tenantry.toml:1: is not TOML: "),
        (b"a = " + b"[" * 450 + b"]" * 450, "tenantry.toml:1: "),
        (b"", "tenantry.toml:1: version: is missing."),
    ],
)
def test_what_is_no_toml(tmp_path: Path, raw: bytes, said: str) -> None:
    (tmp_path / "tenantry.toml").write_bytes(raw)
    with pytest.raises(ConfigurationError) as caught:
        workspace.load(tmp_path)
    assert said in str(caught.value.problems[0])


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    (tmp_path / "tenantry.toml").write_bytes(b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode())
    assert workspace.load(tmp_path).tenants[0].name == "contoso"


def test_no_workspace_at_all(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        workspace.load(tmp_path)
    assert "tenantry init" in caught.value.fix


def test_choosing_by_name(tmp_path: Path) -> None:
    second = BASE[BASE.index("[[tenant]]") :].replace("contoso", "fabrikam").replace(GUID, GUID.replace("8", "9"))
    empty = '[[tenant]]\nname = "empty"\ndomain = "x.y"\n'
    loaded = workspace.load(write(tmp_path, BASE + second + empty))

    def chosen(*names: str) -> list[str]:
        return [f"{t.name}/{i.name}" for t, i in workspace.select(loaded, names)]

    assert chosen() == ["contoso/telia", "fabrikam/telia"]
    assert chosen("fabrikam", "fabrikam/telia") == ["fabrikam/telia"]
    with pytest.raises(UsageError, match='There is no "contosso"') as caught:
        chosen("contosso")
    assert 'Did you mean "contoso"?' in caught.value.fix
    with pytest.raises(UsageError) as caught:
        chosen("contoso/tellia")
    assert 'Did you mean "contoso/telia"?' in caught.value.fix
    with pytest.raises(UsageError, match="no integration in tenant empty"):
        chosen("empty")


def with_profile(name: str, mailboxes: str = '{ group = "switchboard@contoso.com" }', more: str = "") -> str:
    """BASE with another profile, scope, and keys of the integration."""
    text = BASE.replace("telia-calendar", name).replace('{ group = "switchboard@contoso.com" }', mailboxes)
    return f"{text}{more}\n"


@pytest.mark.parametrize("cloud", ["china", "global"])
@pytest.mark.parametrize("profile", ["presence", "telia-presence"])
def test_a_cloud_without_presence(tmp_path: Path, cloud: str, profile: str) -> None:
    text = with_profile(profile).replace("[[tenant.integration]]", f'cloud = "{cloud}"\n[[tenant.integration]]')
    if cloud == "global":
        assert workspace.load(write(tmp_path, text)).tenants
        return
    (found,) = problems(tmp_path, text)
    assert f"tenantry.toml:10: tenant.integration.profile: {profile} cannot work in the cloud china" in found


def test_more_people_than_integration_users_can_watch(tmp_path: Path) -> None:
    people = "address\n" + "".join(f"p{n}@contoso.com\n" for n in range(651))
    (tmp_path / "people.csv").write_text(people, encoding="utf-8")
    one = with_profile("telia-presence", more='people = "people.csv"\noptions = { integration_users = 1 }')
    (found,) = problems(tmp_path, one)
    assert "options.integration_users: 1 can watch 650 people, but 651 are listed. Write 2, or leave it out." in found
    for enough in ("2", "0"):
        two = one.replace("integration_users = 1", f"integration_users = {enough}")
        assert workspace.load(write(tmp_path, two)).tenants
    (tmp_path / "people.csv").write_text(people.rsplit("p650", 1)[0], encoding="utf-8")
    assert workspace.load(write(tmp_path, one)).tenants


def test_an_integration_user_serves_one_integration_only(tmp_path: Path) -> None:
    one = with_profile("telia-presence", more='options = { existing_users = ["Anna@contoso.com"] }')
    table = one[one.index("[[tenant.integration]]") :]
    second = (
        table.replace('name = "telia"', 'name = "second"').replace("Anna@", "anna@").replace("secrets/telia", "s/2")
    )
    found = problems(tmp_path, one + second)
    assert any("existing_users" in text and "has the same integration user" in text for text in found)


def test_options_are_complete_and_choose_the_profile(tmp_path: Path) -> None:
    text = with_profile("telia-presence", more="[tenant.integration.options]\npush_line_state = true")
    (integration,) = workspace.load(write(tmp_path, text)).tenants[0].integrations
    assert integration.options["push_line_state"] is True
    assert (integration.options["app_only"], integration.options["integration_users"]) == (False, 0)
    asked = {str(needed.permission) for needed in profiles.of(integration, tmp_path).permissions}
    assert "Presence.ReadWrite.All (application)" in asked
    assert {"Presence.Read.All (delegated)", "User.Read (delegated)"} <= asked


def test_the_scope_chooses_the_permission(tmp_path: Path) -> None:
    for mailboxes, name in (("{ all = true }", "Calendars.ReadBasic.All"), ('{ group = "g@c.d" }', "Calendars.Read")):
        text = with_profile("calendar", mailboxes)
        (integration,) = workspace.load(write(tmp_path, text)).tenants[0].integrations
        assert name in {needed.name for needed in profiles.of(integration, tmp_path).permissions}


def test_a_public_client_has_no_credential(tmp_path: Path) -> None:
    (integration,) = workspace.load(write(tmp_path, with_profile("xphone-calendar"))).tenants[0].integrations
    assert integration.credential is None
    more = 'options = { vendor_app = "8f0c1111-2222-3333-4444-555555555555" }'
    text = with_profile("telia-presence", more=more)
    assert workspace.load(write(tmp_path, text)).tenants[0].integrations[0].credential is None


@pytest.mark.parametrize(
    ("cloud", "audience"),
    [
        ("global", "api://AzureADTokenExchange"),
        ("usgov", "api://AzureADTokenExchangeUSGov"),
        ("china", "api://AzureADTokenExchangeChina"),
    ],
)
def test_federated_credentials(tmp_path: Path, cloud: str, audience: str) -> None:
    federated = 'kind = "federated", issuer = "https://issuer.example", subject = "runner"'
    text = with_profile("calendar", more=f"credential = {{ {federated} }}")
    text = text.replace("[[tenant.integration]]", f'cloud = "{cloud}"\n[[tenant.integration]]')
    wish = workspace.load(write(tmp_path, text)).tenants[0].integrations[0].credential
    assert wish is not None
    assert wish.trust == Trust(issuer="https://issuer.example", subject="runner", audience=audience)
    assert (wish.lifetime, wish.store) == (0, StoreRef(kind="environment", name="AZURE_FEDERATED_TOKEN_FILE"))
    for store, ref in (
        ('{ kind = "file", path = "/var/run/token" }', StoreRef(kind="file", path="/var/run/token")),
        ('{ kind = "environment", name = "TOKEN" }', StoreRef(kind="environment", name="TOKEN")),
    ):
        made = text.replace('subject = "runner"', f'subject = "runner", audience = "me", store = {store}')
        wish = workspace.load(write(tmp_path, made)).tenants[0].integrations[0].credential
        assert wish is not None
        assert wish.trust is not None
        assert (wish.store, wish.trust.audience) == (ref, "me")


def test_a_key_vault_as_store(tmp_path: Path) -> None:
    store = 'credential = { store = { kind = "keyvault", vault = "https://Contoso.vault.azure.net/" } }'
    (integration,) = workspace.load(write(tmp_path, with_profile("telia-calendar", more=store))).tenants[0].integrations
    assert integration.credential is not None
    ref = StoreRef(kind="keyvault", name="tenantry-contoso-telia", vault="https://contoso.vault.azure.net")
    assert integration.credential.store == ref


def test_own_profiles(tmp_path: Path) -> None:
    (tmp_path / "profiles").mkdir()
    own = Path(__file__).parents[3] / "tenantry" / "profiles" / "telia-calendar.toml"
    text = own.read_text(encoding="utf-8").replace('name = "telia-calendar"', 'name = "mine"', 1)
    (tmp_path / "profiles" / "mine.toml").write_text(text.replace("longest = 730", "longest = 90"), encoding="utf-8")
    (found,) = problems(tmp_path, BASE.replace("telia-calendar", "mine"))
    assert "mine.toml" in found
    assert "180 days are more than the longest, 90" in found
    (tmp_path / "profiles" / "mine.toml").write_text(
        text.replace("[credential]", "[credential]\nx = 1"), encoding="utf-8"
    )
    (found,) = problems(tmp_path, BASE.replace("telia-calendar", "mine"))
    assert "credential.x: unknown key" in found
    (tmp_path / "profiles" / "mine.toml").write_text(text, encoding="utf-8")
    assert workspace.load(write(tmp_path, BASE.replace("telia-calendar", "mine"))).tenants[0].integrations
