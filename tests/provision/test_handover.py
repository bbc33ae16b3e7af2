"""The hand-over sheet of every profile under every option: each field has a value, and no sheet has a secret."""

import re
from pathlib import Path

import pytest

from provision.handover import LANGUAGES, hand_over, sheet
from templates import handover
from tenantry import integration as files
from tenantry import profiles
from tenantry.cloud import BUILT_IN
from tenantry.errors import UsageError
from tenantry.integration import (
    AppRef,
    CredentialRef,
    IntegrationFile,
    Mailboxes,
    People,
    Permissions,
    Rules,
    StoreRef,
    TenantRef,
)
from tenantry.redact import Secret
from tenantry.stores import StoredCredential, open_store
from tests.provision.sweep import variants
from tests.provision.sweep.variants import Variant

TENANT, APP = "8f0c0000-0000-4000-8000-000000000001", "8f0c0000-0000-4000-8000-000000000002"
KEY = "8f0c0000-0000-4000-8000-000000000003"
STORE = StoreRef(kind="file", path="secrets/desk")
SECRET = "the~value.of-the_secret"
EVERY = [variant for variant in variants.every() if variant.profile != variants.OWN]


def integration_of(variant: Variant) -> IntegrationFile:
    """What apply would emit for it, as far as a sheet reads it."""
    values = {key: _filled(value) for key, value in variants.values(variant).items() if key != "all_mailboxes"}
    profile = profiles.load(variant.profile, None, {**values, "all_mailboxes": variant.scope == "all"})
    kind = variant.kind or (profile.credential.kinds[0] if profile.credential else "")
    users = ({"userPrincipalName": "desk-presence-1@contoso.example", "id": "u", "store": {}},)
    return IntegrationFile(
        version=1,
        tool="t",
        emitted="2026-11-21T08:00:00Z",
        tenant=TenantRef(name="contoso", id=TENANT, cloud=BUILT_IN["global"]),
        integration="desk",
        profile=variant.profile,
        app=AppRef(app_id=APP, object_id="o", service_principal_id="s", unique_name="tenantry-desk"),
        permissions=Permissions(),
        credential=CredentialRef(kind=kind, id=KEY, expires="2027-05-20T07:00:00Z", store=STORE) if kind else None,  # type: ignore[arg-type]
        mailboxes=Mailboxes(all=True),
        time_zone="Europe/Stockholm",
        people=People(all=True),
        rules=Rules(),
        options=values,
        integration_users=users if profile.integration_users else (),
    )


def _filled(value: object) -> object:
    if isinstance(value, list):
        return [str(entry).replace("{domain}", "contoso.example") for entry in value]
    return value.replace("{domain}", "contoso.example") if isinstance(value, str) else value


@pytest.mark.parametrize("variant", EVERY, ids=lambda variant: variant.name)
def test_each_field_says_what_goes_in_it(variant: Variant) -> None:
    file = integration_of(variant)
    profile = profiles.load(file.profile, None, {**file.options, "all_mailboxes": variant.scope == "all"})
    secret = file.credential is not None and file.credential.kind == "secret"
    for language in LANGUAGES:
        made = sheet(file, profile, language, file.emitted)
        assert made.fields
        assert [field.label for field in made.fields if not field.secret and not field.value] == []
        assert TENANT in [field.value for field in made.fields]
        assert made.steps
        assert all(text and "{" not in text for text in (*made.steps, *made.renewal, *made.pitfalls))
        labels = " ".join(field.label.lower() for field in made.fields)
        assert ("secret" in labels or "hemlighet" in labels) == secret
        if not secret:
            words = " ".join((*made.steps, *made.renewal)).lower()
            assert not re.search(r"(?<!no )\bthe secret\b|\bhemligheten\b", words), words
        for kind in ("md", "html"):
            text = handover.render(made, format=kind, language=language)
            assert TENANT in text
            assert (APP in text) == any(field.value == APP for field in made.fields)


def test_the_form_of_each_vendor_is_whole() -> None:
    labels = {}
    for name in variants.PROFILES:
        file = integration_of(variants.of(name)[0])
        profile = profiles.load(name, None, {**file.options, "all_mailboxes": True})
        labels[name] = [field.label for field in sheet(file, profile, "en", "").fields]
    assert labels["telia-calendar"] == ["Tenant ID", "Client ID", "Client secret (value)"]
    assert labels["xphone-calendar"] == ["Display name", "Application (client) ID", "Directory (tenant) ID"]
    assert labels["maptician-rooms"][:3] == ["Connection name", "Client ID", "Tenant ID"]
    assert len(labels["maptician-rooms"]) == 6
    for name in ("calendar", "presence", "rooms"):
        assert labels[name][:2] == ["Directory (tenant) ID", "Application (client) ID"]


def test_an_adopted_app_goes_by_its_own_name() -> None:
    import msgspec

    file = integration_of(variants.of("xphone-calendar")[0])
    file = msgspec.structs.replace(file, app=msgspec.structs.replace(file.app, display_name="Old client"))
    profile = profiles.load("xphone-calendar", None, file.options)
    assert sheet(file, profile, "sv", "").fields[0].value == "Old client"


@pytest.mark.parametrize("kind", ["file", "environment"])
@pytest.mark.parametrize("pasted", [KEY, f"  {KEY.upper()}\n"])
def test_a_secrets_id_is_caught_wherever_it_was_put(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, pasted: str
) -> None:
    import msgspec

    store = STORE if kind == "file" else StoreRef(kind="environment", name="DESK")
    file = integration_of(variants.of("telia-calendar")[0])
    assert file.credential is not None
    file = msgspec.structs.replace(file, credential=msgspec.structs.replace(file.credential, store=store))
    files.save(tmp_path, file)
    if kind == "file":
        (tmp_path / "secrets").mkdir()
        (tmp_path / "secrets" / "desk").write_text(pasted, encoding="utf-8")
    else:
        monkeypatch.setenv("DESK", pasted)
    with pytest.raises(UsageError, match="the id of a secret, not its value"):
        hand_over(tmp_path, "contoso", "desk", tmp_path / "out", secret_file=tmp_path / "s", languages=LANGUAGES)
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "s").exists()


def test_the_secret_goes_into_its_own_private_file_only(tmp_path: Path) -> None:
    file = integration_of(variants.of("telia-calendar")[0])
    files.save(tmp_path, file)
    open_store(STORE, tmp_path).write(StoredCredential("secret", KEY, None, secret=Secret(SECRET)))
    target = tmp_path / "apart" / "secret.txt"
    written = hand_over(tmp_path, "contoso", "desk", tmp_path / "out", secret_file=target, languages=LANGUAGES)
    assert len(written) == 5
    assert target.read_text(encoding="utf-8") == SECRET
    assert target.stat().st_mode & 0o777 == 0o600
    for path in (tmp_path / "out").iterdir():
        assert SECRET not in path.read_text(encoding="utf-8")


def test_a_client_without_a_secret_has_none_to_hand_over(tmp_path: Path) -> None:
    files.save(tmp_path, integration_of(variants.of("xphone-calendar")[0]))
    with pytest.raises(UsageError, match="has no secret"):
        hand_over(tmp_path, "contoso", "desk", tmp_path / "out", secret_file=tmp_path / "s", languages=LANGUAGES)
    assert not (tmp_path / "out").exists()
