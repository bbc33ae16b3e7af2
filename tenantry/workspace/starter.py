"""The text of a new workspace: a commented `tenantry.toml` for a real tenant or for a rehearsal's ready line."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from tenantry.errors import ConfigurationError, Problem, UsageError
from tenantry.profiles.model import Profile
from tenantry.profiles.settle import settled

GITIGNORE = "# Secrets and what tenantry keeps for itself stay out of git.\nsecrets/\n.tenantry/\n"
_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


@dataclass(frozen=True)
class NewTenant:
    """One tenant to write; an empty `id` and `domain` are left for the user to fill in."""

    name: str
    id: str = ""
    domain: str = ""
    cloud: str = "global"
    sign_in: str = "browser"
    owners: Sequence[str] = ()
    group: str = ""
    everybody: bool = False
    rooms: Sequence[str] = ()


@dataclass(frozen=True)
class NewCloud:
    """A custom cloud to write."""

    name: str
    login: str
    graph: str
    ca: str
    clock: str


@dataclass(frozen=True)
class Rehearsal:
    """What a ready line means for a workspace."""

    clouds: list[NewCloud] = field(default_factory=list)
    tenants: list[NewTenant] = field(default_factory=list)
    authorities: dict[str, str] = field(default_factory=dict)  # file name -> PEM text


class _Operator(msgspec.Struct):
    user_principal_name: str = msgspec.field(name="userPrincipalName", default="")


class _Ready(msgspec.Struct):
    login: str
    graph: str
    ca: str
    tenant_id: str = msgspec.field(name="tenantId")
    domain: str
    door: str
    operator: _Operator = msgspec.field(default_factory=_Operator)


class _Several(msgspec.Struct):
    tenants: list[_Ready]


def rehearsal(path: Path) -> Rehearsal:
    """Reads the ready line of `tenantry simulate` (UTF-8, or UTF-16 as an older PowerShell redirects it).

    Raises:
        UsageError: It cannot be read, or the simulator has not written it yet.
        ConfigurationError: It is something else.
    """
    raw = _read(path)
    encoding = next((name for mark, name in _BOMS if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding).strip().partition("\n")[0]
        if not text:
            raise UsageError(f"{path} is empty.", fix="Wait until `tenantry simulate` has written its line.")
        several = '"tenants"' in text
        lines = (
            msgspec.json.decode(text, type=_Several).tenants if several else [msgspec.json.decode(text, type=_Ready)]
        )
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        fix = "Give the file that `tenantry simulate > ready.json` wrote."
        problem = Problem(f"is not a simulator's ready line: {error}.", where=str(path), fix=fix)
        raise ConfigurationError([problem]) from error
    return _plan(lines, path.parent)


def _plan(lines: Sequence[_Ready], folder: Path) -> Rehearsal:
    made = Rehearsal()
    clouds: dict[tuple[str, str], str] = {}
    for line in lines:
        place = (line.login, line.graph)  # tenants of one simulator share its clock, so any of their doors will do
        if place not in clouds:
            suffix = f"-{len(clouds) + 1}" if clouds else ""
            clouds[place] = f"rehearsal{suffix}"
            file = f"ca{suffix}.pem"
            made.authorities[file] = line.ca if line.ca.startswith("-----BEGIN") else _pem(folder, line.ca)
            made.clouds.append(NewCloud(clouds[place], line.login, line.graph, file, line.door))
        owner = line.operator.user_principal_name
        made.tenants.append(
            NewTenant(
                name=_free(line.domain.split(".")[0], [tenant.name for tenant in made.tenants]),
                id=line.tenant_id,
                cloud=clouds[place],
                sign_in="environment",
                owners=[owner] if owner else [],
                everybody=True,
            )
        )
    return made


def tidy_name(text: str) -> str:
    """A name for a tenant out of any text, such as a folder's."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-._")[:63] or "tenant"


def toml(
    profile: Profile,
    tenants: Sequence[NewTenant],
    clouds: Sequence[NewCloud],
    time_zone: str,
    options: Mapping[str, Any] = {},
) -> str:
    """The whole file, commented. `options` are those of the profile that were chosen; the others stand as comments."""
    parts = ["# A Tenantry workspace. Every mistake in this file is reported with its line: tenantry provision plan\n"]
    parts.append("version = 1\n")
    for cloud in clouds:
        parts.append(_cloud(cloud))
    for tenant in tenants:
        parts.append(
            _tenant(tenant) + "\n" + _integration(profile, tenant, time_zone, options, alone=len(tenants) == 1)
        )
    return "\n".join(parts)


def _cloud(cloud: NewCloud) -> str:
    return _table(
        f"[cloud.{cloud.name}]",
        "a simulated tenant; Microsoft's own clouds are built in",
        ("login", _quoted(cloud.login), ""),
        ("graph", _quoted(cloud.graph), ""),
        ("ca", _quoted(cloud.ca), "who signs these servers"),
        ("clock", _quoted(cloud.clock), "the tenant's time: waiting advances it"),
    )


def _tenant(tenant: NewTenant) -> str:
    which = ("id", _quoted(tenant.id), "")
    if tenant.domain:
        which = ("domain", _quoted(tenant.domain), "or its id")
    elif not tenant.id:
        which = ("id", '""', 'FILL IN the tenant id, or write domain = "contoso.onmicrosoft.com" instead')
    return _table(
        "[[tenant]]",
        "",
        ("name", _quoted(tenant.name), "names it on the command line"),
        which,
        ("cloud", _quoted(tenant.cloud), "global | usgov | usgov-dod | china | a [cloud.NAME] of this file"),
        ("sign_in", _quoted(tenant.sign_in), "browser | device-code | azure-cli | environment | certificate | …"),
    )


def _integration(
    profile: Profile, tenant: NewTenant, time_zone: str, options: Mapping[str, Any], *, alone: bool
) -> str:
    name = profile.name.split("-")[0]
    mailboxes, scopes = _mailboxes(profile, tenant)
    integration = _table(
        "[[tenant.integration]]",
        "",
        ("name", _quoted(name), ""),
        ("profile", _quoted(profile.name), f"see: tenantry profiles show {profile.name}"),
        ("owners", _list(tenant.owners), "who owns the app registration"),
        ("mailboxes", mailboxes, scopes),
        *_scoping(profile, tenant),
        ("time_zone", _quoted(time_zone), "all-day events are days of this zone"),
        ("people", '"all"', "or a CSV file in this folder: address,key,follow"),
    )
    folder = name if alone else f"{tenant.name}-{name}"
    sink = _table(
        "[[tenant.integration.sink]]",
        "",
        ("kind", '"jsonl"', "jsonl | webhook"),
        ("path", _quoted("availability.jsonl" if alone else f"availability-{tenant.name}.jsonl"), ""),
    )
    chosen = settled(profile, {**options, "all_mailboxes": tenant.everybody})
    parts = [integration, _options(profile, options), _credential(chosen, folder), _rules(profile), sink]
    return "\n".join(part for part in parts if part)


def _scoping(profile: Profile, tenant: NewTenant) -> list[tuple[str, str, str]]:
    """The other way to narrow it, as a comment, where it is narrowed at all."""
    if "rbac" not in profile.scoping or (tenant.everybody and not tenant.group and not tenant.rooms):
        return []
    about = "Exchange gives the right to these mailboxes, and Entra none; by default access-policy"
    return [("# scoping", '"rbac"', about)]


def _mailboxes(profile: Profile, tenant: NewTenant) -> tuple[str, str]:
    """The scope and what to say about it."""
    others = {"all": "{ all = true }", "group": '{ group = "…" }', "rooms": '{ rooms = ["…"] }'}
    others["administrative_unit"] = '{ administrative_unit = "…" }'
    if tenant.rooms:
        return f"{{ rooms = {_list(tenant.rooms)} }}", "the addresses of room mailboxes"
    if tenant.group:
        chosen = "group"
    elif tenant.everybody and "all" in profile.mailboxes:
        chosen = "all"
    elif "all" not in profile.mailboxes:
        return "{ rooms = [] }", 'FILL IN the addresses of the rooms, or write { group = "…" }'
    else:
        return '{ group = "" }', "FILL IN the group's address, or write { all = true }"
    value = others[chosen] if chosen == "all" else f"{{ group = {_quoted(tenant.group)} }}"
    return value, "or " + " | ".join(others[kind] for kind in profile.mailboxes if kind != chosen)


def _options(profile: Profile, chosen: Mapping[str, Any]) -> str:
    """The profile's options: those chosen, and the others as comments with their defaults."""
    rows = []
    for name, option in profile.options.items():
        value = json.dumps(chosen.get(name, option.default), ensure_ascii=False)
        rows.append((name if name in chosen else f"# {name}", value, option.help.get("en", "")))
    return _table("[tenant.integration.options]", f"see: tenantry profiles show {profile.name}", *rows) if rows else ""


def _credential(profile: Profile, folder: str) -> str:
    wish = profile.credential
    if wish is None:
        return ""
    store = f'{{ kind = "file", path = {_quoted("secrets/" + folder)} }}'
    return _table(
        "[tenant.integration.credential]",
        "",
        ("kind", _quoted(wish.kinds[0]), " | ".join(wish.kinds)),
        ("lifetime", f'"{wish.lifetime}d"', f"at most {wish.longest}d"),
        ("store", store, "keyring | file | environment | keyvault"),
    )


def _rules(profile: Profile) -> str:
    rules = profile.rules
    return _table(
        "[tenant.integration.rules]",
        "left-out keys are the profile's",
        ("private", _quoted(rules.private), "skip | busy | as-type; private = sensitivity other than normal"),
        ("follow", "true" if rules.follow else "false", "availability follows the calendar, unless a person says"),
        ("title", _list(rules.title), 'Outlook states whose title may be shown, e.g. ["busy", "oof"]'),
        ("location", _list(rules.location), "the same for the location"),
        ("state", _inline(rules.state), ""),
        *([("prefix", _inline(rules.prefix), "of the subject; decides instead of the state")] if rules.prefix else []),
        ("skip", _list(rules.skip), "Outlook states that are not synced at all"),
        ("priority", _list(rules.priority), ""),
    )


def _table(header: str, comment: str, *rows: tuple[str, str, str]) -> str:
    """A TOML table with its comments in one column."""
    width = max(len(key) for key, _, _ in rows)
    lines = [(header, comment), *((f"{key:<{width}} = {value}", text) for key, value, text in rows)]
    return "".join(f"{line:<42}  # {text}\n" if text else f"{line}\n" for line, text in lines)


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's spelling is one."""
    return json.dumps(text, ensure_ascii=False)


def _inline(table: Mapping[Any, str]) -> str:
    """An inline table."""
    pairs = [f"{key if key.isalnum() else _quoted(key)} = {_quoted(value)}" for key, value in table.items()]
    return f"{{ {', '.join(pairs)} }}"


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(_quoted(value) for value in values)}]"


def _free(name: str, taken: Sequence[str]) -> str:
    name, number = tidy_name(name), 2
    made = name
    while made in taken:
        made, number = f"{name}-{number}", number + 1
    return made


def _pem(folder: Path, name: str) -> str:
    return _read(folder / name).decode("ascii", "replace")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
