"""The hand-over sheet: what to type where in the vendor's form; the secret's value apart, or nowhere."""

from collections.abc import Mapping
from pathlib import Path

from provision.handover_users import passwords_path, write_passwords
from templates import handover
from templates.handover import Field, Language, Sheet
from tenantry import integration as files
from tenantry import profiles
from tenantry.errors import UsageError
from tenantry.files import write_atomic
from tenantry.integration import CredentialRef, IntegrationFile
from tenantry.profiles.model import FormField, Profile
from tenantry.stores import StoredCredential, open_store

LANGUAGES: tuple[Language, ...] = ("en", "sv")

_WORDS: Mapping[Language, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "steps": (
            "Open the vendor's form for the Microsoft 365 integration.",
            "Type each value below into the field of that name.",
            "Enter the client secret from the place named below; it is not on this sheet.",
            "Start the check in the form. If it says that the secret is wrong, wait a minute and try once more.",
        ),
        "renewal": (
            "Run `tenantry provision rotate {target}` before the secret ends; the old one works on meanwhile.",
            "Run `tenantry provision handover {target} --secret-file FILE` and enter the new secret in the form.",
        ),
    },
    "sv": {
        "steps": (
            "Öppna leverantörens formulär för Microsoft 365-integrationen.",
            "Skriv varje värde nedan i fältet med samma namn.",
            "Ange klienthemligheten från platsen nedan; den står inte på det här bladet.",
            "Starta kontrollen i formuläret. Om svaret är att hemligheten är fel, vänta en minut och försök igen.",
        ),
        "renewal": (
            "Kör `tenantry provision rotate {target}` innan hemligheten går ut; den gamla gäller under tiden.",
            "Kör `tenantry provision handover {target} --secret-file FIL` och ange den nya hemligheten i formuläret.",
        ),
    },
}

_LABELS: Mapping[str, dict[str, str]] = {
    "tenant_id": {"en": "Directory (tenant) ID", "sv": "Katalog-ID (klientorganisations-ID)"},
    "client_id": {"en": "Application (client) ID", "sv": "Program-ID (klient-ID)"},
    "secret_value": {"en": "Client secret (value)", "sv": "Klienthemlighet (värde)"},
    "apart": {"en": "Certificate with its private key", "sv": "Certifikat med privat nyckel"},
}
"""Labels of a form that a profile does not name, as the portal calls the values."""


def hand_over(
    root: Path, tenant: str, integration: str, out: Path, *, secret_file: Path | None, languages: tuple[Language, ...]
) -> list[Path]:
    """Writes the sheets of one integration, its secret into `secret_file`, passwords of its users beside that. Offline.

    Returns what was written.

    Raises:
        ConfigurationError: There is no integration file yet.
        UsageError: The store holds no secret, or a secret's id in place of its value; or a user's password is missing.
    """
    file = files.load(files.path_of(root, tenant, integration))
    profile = profiles.load(file.profile, root, {**file.options, "all_mailboxes": file.mailboxes.all})
    apart = _apart(file, profile, root, secret_file)
    return [*write_sheets(out, file, profile, file.emitted, languages), *apart]


def _apart(file: IntegrationFile, profile: Profile, root: Path, secret_file: Path | None) -> list[Path]:
    """Writes what is handed over apart, where that is wished; returns the files."""
    name, credential = f"{file.tenant.name}/{file.integration}", file.credential
    written = []
    if credential is not None and credential.kind != "federated":
        store = open_store(credential.store, root)
        stored = store.read()
        refuse_id(stored, store.describe())
        if secret_file is not None:
            write_secret(secret_file, stored, store.describe())
            written.append(secret_file)
    if secret_file is not None and file.integration_users:
        written.append(passwords_path(secret_file))
        write_passwords(file, root, written[-1])
    if secret_file is not None and not written:
        if credential is not None:
            raise UsageError(f"{name} signs in by a federated credential, which has no secret.")
        if profile.credential is None:
            raise UsageError(f"{name} has no secret: nothing of it is handed over apart.", fix="Leave it out.")
        raise UsageError(f"{name} has no credential yet.", fix="Run `tenantry provision apply` first.")
    return written


def sheet(file: IntegrationFile, profile: Profile, language: Language, prepared: str) -> Sheet:
    """The sheet of one integration in one language; it holds no secret."""
    target = f"{file.tenant.name}/{file.integration}"
    credential = file.credential
    words = _WORDS[language]
    own = tuple(text.format(target=target) for text in words["renewal"]) if credential and credential.expires else ()
    return Sheet(
        title=profile.title,
        tenant=f"{file.tenant.name} ({file.tenant.id})",
        integration=target,
        system=profile.title.partition(":")[0],
        prepared=prepared,
        fields=tuple(_field(field, file, profile, language) for field in profile.form or plain_form(file)),
        steps=tuple(_in(step, language) for step in profile.steps) or _steps(words, credential),
        secret_location=_location(file),
        expires=(credential.expires or "") if credential else "",
        renewal=tuple(_in(text, language) for text in profile.renewal) or own,
        pitfalls=tuple(_in(pitfall, language) for pitfall in profile.pitfalls),
    )


def _steps(words: Mapping[str, tuple[str, ...]], credential: CredentialRef | None) -> tuple[str, ...]:
    """Our own steps, for a profile without any; those about a secret only where there is one."""
    return words["steps"] if credential and credential.kind == "secret" else words["steps"][:2]


def plain_form(file: IntegrationFile) -> tuple[FormField, ...]:
    """What any system wants to know, for a profile that names no form."""
    names = ["tenant_id", "client_id"]
    if file.credential is not None:
        names.append({"secret": "secret_value", "certificate": "apart"}.get(file.credential.kind, ""))
    return tuple(FormField(label=_LABELS[name], value=name) for name in names if name)


def write_sheets(
    out: Path, file: IntegrationFile, profile: Profile, prepared: str, languages: tuple[Language, ...]
) -> list[Path]:
    """Writes the sheet as Markdown and HTML in each language; returns the files."""
    paths = []
    for language in languages:
        made = sheet(file, profile, language, prepared)
        for kind in ("md", "html"):
            path = out / f"{file.tenant.name}-{file.integration}.{language}.{kind}"
            write_atomic(path, handover.render(made, format=kind, language=language))
            paths.append(path)
    return paths


def write_secret(path: Path, stored: StoredCredential | None, place: str) -> None:
    """Writes the secret's value, alone, into a private file: the only way it leaves its store."""
    if stored is None or stored.secret is None:
        raise UsageError(f"The {place} holds no client secret.", fix="Run `tenantry provision apply` first.")
    write_atomic(path, stored.secret.reveal(), private=True)


def refuse_id(stored: StoredCredential | None, place: str) -> None:
    """Raises UsageError where the store holds a secret's id (a GUID) in place of its value, a common mistake."""
    if stored is not None and stored.names_itself:
        raise UsageError(
            f"The {place} holds what looks like the id of a secret, not its value; Microsoft answers AADSTS7000215.",
            fix="Put the value there, or run `tenantry provision rotate` for a new secret.",
        )


def _field(field: FormField, file: IntegrationFile, profile: Profile, language: Language) -> Field:
    label, note = _in(field.label, language), _in(field.note, language)
    if field.value in ("secret_value", "apart"):
        return Field(label=label, note=note, secret=True)
    return Field(label=label, value=_value(field.value, file, profile), note=note)


def _value(name: str, file: IntegrationFile, profile: Profile) -> str:
    credential = file.credential
    redirects = profile.platform.redirects(file.tenant.cloud) if profile.platform is not None else ()
    known = {
        "tenant_id": file.tenant.id,
        "client_id": file.app.app_id,
        "object_id": file.app.object_id,
        "service_principal_id": file.app.service_principal_id,
        "secret_id": credential.id if credential else "",
        "secret_expires": (credential.expires or "") if credential else "",
        "name": file.app.display_name or profile.display_name,
        "domain": _domain(file),
        "redirect_uri": ", ".join(redirects),
        "users": ", ".join(str(user.get("userPrincipalName", "")) for user in file.integration_users),
    }
    if name.startswith("option:"):
        chosen = file.options.get(name.removeprefix("option:"), "")
        return ", ".join(map(str, chosen)) if isinstance(chosen, list) else str(chosen)
    return name[1:] if name.startswith("=") else known.get(name, "")


def _domain(file: IntegrationFile) -> str:
    """A domain of the tenant, as far as the file names an address in it."""
    named = (
        *(str(user.get("userPrincipalName", "")) for user in file.integration_users),
        file.mailboxes.group or "",
        *(file.mailboxes.rooms or ()),
        *(person.address for person in file.people.listed),
    )
    return next((address.rpartition("@")[2] for address in named if "@" in address), "")


def _location(file: IntegrationFile) -> str:
    if file.credential is None:
        return ""
    store = file.credential.store
    return " ".join(part for part in (store.kind, store.path or store.name, store.vault) if part)


def _in(texts: Mapping[str, str], language: Language) -> str:
    """The text in that language, else English, else whatever there is."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")
