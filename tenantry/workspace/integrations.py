"""One `[[tenant.integration]]`: profile, scope, zone, people, credential, rules, sinks; resolved, cross-checked."""

from dataclasses import dataclass
from typing import Any

from tenantry import profiles
from tenantry.errors import ConfigurationError
from tenantry.integration import Mailboxes, Rules, Sink
from tenantry.profiles.model import Profile, Values, scope_of
from tenantry.profiles.options import resolve_options
from tenantry.profiles.settle import settled
from tenantry.toml import Document, closest, dotted
from tenantry.toml.positions import Path as KeyPath
from tenantry.workspace import zones
from tenantry.workspace.credential import CredentialReader
from tenantry.workspace.model import Integration, ScopingKind
from tenantry.workspace.people import read_people
from tenantry.workspace.places import Places
from tenantry.workspace.rules import resolve_rules

# What a sink needs and may have besides `kind` and `name`; None: a later version's.
_SINKS: dict[str, tuple[tuple[str, ...], tuple[str, ...]] | None] = {
    "jsonl": (("path",), ("path",)),
    "webhook": (("url", "secret"), ("url", "secret")),
    "asterisk": None,
    "sql": None,
    "kamailio": None,
}


@dataclass
class Builder:
    """Turns the tables of one tenant's integrations into records; problems go to the document."""

    document: Document
    places: Places
    tenant: str
    cloud: str = "global"

    def integration(self, table: dict[str, Any], at: KeyPath) -> Integration | None:
        """The record, or None where it cannot be made (its problems are reported)."""
        before = len(self.document.problems)
        name = table.get("name", "")
        owner = f"{self.tenant}/{name}"
        profile = self._profile(table.get("profile"), (*at, "profile"))
        zone = self._zone(table.get("time_zone"), (*at, "time_zone"))
        mailboxes = self._mailboxes(table.get("mailboxes"), (*at, "mailboxes"))
        listed = self._people(table.get("people", "all"), (*at, "people"))
        self._repeats(table.get("owners", []), (*at, "owners"))
        options: Values = {}
        credential = None
        if profile is not None:
            options = resolve_options(self.document, table.get("options", {}), (*at, "options"), profile)
            profile = settled(profile, {**options, "all_mailboxes": mailboxes is not None and mailboxes.all})
            self._fits(profile, options, mailboxes, listed, at)
            for index, user in enumerate(options.get("existing_users", ())):  # each is used once only
                self.places.claim(user.lower(), "integration user", (*at, "options", "existing_users", index), owner)
            self._narrows(profile, mailboxes, table.get("scoping"), (*at, "scoping"))
            reader = CredentialReader(self.document, self.places, self.cloud)
            credential = reader.read(table.get("credential", {}), (*at, "credential"), profile, owner)
        default = profile.rules if profile else Rules()
        rules = resolve_rules(self.document, table.get("rules", {}), (*at, "rules"), default)
        sinks = [self._sink(sink, (*at, "sink", i), owner) for i, sink in enumerate(table.get("sink", []))]
        if len(self.document.problems) > before or profile is None or zone is None or mailboxes is None:
            return None
        return Integration(
            name=name,
            profile=profile.name,
            mailboxes=mailboxes,
            time_zone=zone,
            owners=tuple(table.get("owners", ())),
            people=table.get("people", "all"),
            credential=credential,
            rules=rules,
            sinks=tuple(sink for sink in sinks if sink is not None),
            options=options,
            scoping=self._scoping(table.get("scoping"), profile, mailboxes),
        )

    @staticmethod
    def _scoping(given: ScopingKind | None, profile: Profile, mailboxes: Mailboxes) -> ScopingKind | None:
        """As written; an administrative unit can be narrowed to in one way only."""
        only = mailboxes.administrative_unit and "rbac" in profile.scoping
        return given or ("rbac" if only else None)

    def _profile(self, name: str | None, at: KeyPath) -> Profile | None:
        if name is None:
            return None
        known = profiles.names(self.places.root)
        if name not in known:
            self.document.report(at, f'there is no profile "{name}".', closest(name, known))
            return None
        try:
            return profiles.read(name, self.places.root)
        except ConfigurationError as error:
            self.document.problems.extend(p for p in error.problems if p not in self.document.problems)
            return None

    def _fits(
        self, profile: Profile, options: Values, mailboxes: Mailboxes | None, listed: int | None, at: KeyPath
    ) -> None:
        """Whether cloud, scope and number of people are such that the profile can work."""
        if self.cloud in profile.not_in:
            what = f"{profile.name} cannot work in the cloud {self.cloud}: its Graph lacks what the profile needs."
            self.document.report((*at, "profile"), what)
        if mailboxes is not None and scope_of(mailboxes) not in profile.mailboxes:
            fix = f"Name the mailboxes by {' or '.join(profile.mailboxes)}."
            what = f"{profile.name} must be narrowed, or it reaches every calendar of the tenant."
            self.document.report((*at, "mailboxes"), what, fix)
        users, place = profile.integration_users, (*at, "options", "integration_users")
        count, existing = options.get("integration_users", 0), options.get("existing_users", [])
        if users is None or not count:
            return
        if listed is not None and users.needed(listed) > count:
            fix = f"Write {users.needed(listed)}, or leave it out."
            what = f"{count} can watch {count * users.each} people, but {listed} are listed."
            self.document.report(place, what, fix)
        if len(existing) > count:
            self.document.report(place, f"is {count}, but existing_users names {len(existing)}.", "Make them agree.")

    def _narrows(self, profile: Profile, mailboxes: Mailboxes | None, given: ScopingKind | None, at: KeyPath) -> None:
        """Whether the way to narrow it goes with the profile and with what it is narrowed to."""
        if given is None:
            return
        if given not in profile.scoping:
            ways = " or ".join(f'"{way}"' for way in profile.scoping)
            fix = f"It takes {ways}." if ways else "Leave it out."
            self.document.report(at, f'"{given}" cannot narrow {profile.name} to mailboxes.', fix)
        elif mailboxes is not None and mailboxes.all:
            self.document.report(at, "narrows nothing, since mailboxes says all = true.", "Leave one of them out.")
        elif given == "access-policy" and mailboxes is not None and mailboxes.administrative_unit:
            what = "an access policy knows groups only, no administrative units."
            self.document.report(at, what, 'Write scoping = "rbac", or name a group.')

    def _zone(self, name: str | None, at: KeyPath) -> str | None:
        if name is None:
            return None
        zone = zones.resolve(name)
        if zone is None:
            near = closest(name, zones.names())
            hint = near if near.startswith("Did") else "Take an IANA name such as Europe/Stockholm."
            self.document.report(at, f'"{name}" is not a time zone.', hint)
        return zone

    def _mailboxes(self, table: dict[str, Any] | None, at: KeyPath) -> Mailboxes | None:
        if self._several(at):
            return None
        if table is None or (at in self.document.lines and not self._readable(table, at)):
            return None
        if table.get("all") is False:
            self.document.report((*at, "all"), "is false, which chooses nothing.", "Leave it out, or write true.")
        if not table:
            self.document.report(at, "chooses no mailboxes.", 'Say group = "address", or all = true for every one.')
        self._repeats(table.get("rooms", []), (*at, "rooms"))
        rooms = tuple(table["rooms"]) if "rooms" in table else None
        return Mailboxes(**{**table, "rooms": rooms})

    def _several(self, at: KeyPath) -> bool:
        """Reports scopes that contradict each other, instead of what may be wrong inside one of them."""
        given = self._raw(at) if at in self.document.lines else None
        if not isinstance(given, dict):
            return False
        chosen = [name for name, value in given.items() if name in Mailboxes.__struct_fields__ and value is not False]
        if len(chosen) < 2:
            return False
        inside, line = f"{dotted(at)}.", f":{self.document.lines[at]}"
        told = self.document.problems
        told[:] = [p for p in told if not (p.field.startswith(inside) and p.where.endswith(line))]
        names = " and ".join("all = true" if name == "all" else name for name in chosen)
        self.document.report(at, f"{names} contradict each other.", "Keep one.")
        return True

    def _raw(self, at: KeyPath) -> Any:
        """What stands there in the file, right or wrong."""
        raw: Any = self.document.data
        for key in at:
            raw = raw[key]
        return raw

    def _readable(self, table: dict[str, Any], at: KeyPath) -> bool:
        """False where everything written here was reported already, so that nothing is reported twice."""
        return bool(table) or not any(path[: len(at)] == at and len(path) > len(at) for path in self.document.lines)

    def _people(self, text: str, at: KeyPath) -> int | None:
        """How many the file lists; None where everybody is meant, or after reporting what is wrong."""
        path = None if text == "all" else self.places.inside(text, at)
        if path is None:
            return None
        file = self.places.root / path
        if not file.is_file():
            self.document.report(at, f'there is no file "{text}".', 'Write "all", or the name of a CSV file.')
            return None
        try:
            return len(read_people(file))
        except ConfigurationError as error:
            self.document.problems.extend(error.problems)
        return None

    def _sink(self, table: dict[str, Any], at: KeyPath, owner: str) -> Sink | None:
        kind = table.get("kind")
        if kind is None:
            return None
        fields = _SINKS[kind]
        if fields is None:
            self.document.report((*at, "kind"), f"{kind} comes with a later version.", "Use jsonl or webhook.")
            return None
        needed, allowed = fields
        for name in ("path", "url", "secret"):
            if name in needed and name not in table:
                self.document.report((*at, name), f"is missing: a sink of kind {kind} needs it.")
            if name in table and name not in allowed:
                self.document.report((*at, name), f"does not belong to a sink of kind {kind}.")
        given = dict(table)
        if "path" in table:
            given["path"] = self.places.inside(table["path"], (*at, "path"))
            self.places.claim(str(given["path"]).lower(), "sink", (*at, "path"), f"{owner} sink {at[-1]}")
        if "url" in table:
            self.places.url(table["url"], (*at, "url"))
        if "secret" in table:
            given["secret"] = self.places.store(table["secret"], (*at, "secret"), f"{owner} sink {at[-1]}")
        return Sink(**given)

    def _repeats(self, values: list[str], at: KeyPath) -> None:
        lower = [value.lower() for value in values]
        for index, value in enumerate(lower):
            if value in lower[:index]:
                self.document.report((*at, index), f'"{values[index]}" comes twice.')
