"""One `[[tenant.integration]]`: profile, scope, zone, people, credential, rules, sinks; resolved, cross-checked."""

from dataclasses import dataclass
from typing import Any

from tenantry import duration, profiles
from tenantry.errors import ConfigurationError
from tenantry.integration import Mailboxes, Rules, Sink, StoreRef
from tenantry.profiles.model import Profile
from tenantry.toml import Document, closest
from tenantry.toml.positions import Path as KeyPath
from tenantry.workspace import zones
from tenantry.workspace.model import CredentialWish, Integration
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

    def integration(self, table: dict[str, Any], at: KeyPath) -> Integration | None:
        """The record, or None where it cannot be made (its problems are reported)."""
        before = len(self.document.problems)
        name = table.get("name", "")
        owner = f"{self.tenant}/{name}"
        profile = self._profile(table.get("profile"), (*at, "profile"))
        zone = self._zone(table.get("time_zone"), (*at, "time_zone"))
        mailboxes = self._mailboxes(table.get("mailboxes"), (*at, "mailboxes"))
        self._people(table.get("people", "all"), (*at, "people"))
        self._repeats(table.get("owners", []), (*at, "owners"))
        credential = self._credential(table.get("credential", {}), (*at, "credential"), profile, owner)
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
        )

    def _profile(self, name: str | None, at: KeyPath) -> Profile | None:
        if name is None:
            return None
        known = profiles.names(self.places.root)
        if name not in known:
            self.document.report(at, f'there is no profile "{name}".', closest(name, known))
            return None
        try:
            return profiles.load(name, self.places.root)
        except ConfigurationError as error:
            self.document.problems.extend(p for p in error.problems if p not in self.document.problems)
            return None

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
        if table is None or (at in self.document.lines and not self._readable(table, at)):
            return None
        if table.get("all") is False:
            self.document.report((*at, "all"), "is false, which chooses nothing.", "Leave it out, or write true.")
        chosen = [name for name, value in table.items() if value is not False]
        if len(chosen) > 1:
            self.document.report(at, f"has several scopes: {', '.join(chosen)}.", "Keep one.")
        elif not table:
            self.document.report(at, "chooses no mailboxes.", 'Say group = "address", or all = true for every one.')
        self._repeats(table.get("rooms", []), (*at, "rooms"))
        rooms = tuple(table["rooms"]) if "rooms" in table else None
        return Mailboxes(**{**table, "rooms": rooms})

    def _readable(self, table: dict[str, Any], at: KeyPath) -> bool:
        """False where everything written here was reported already, so that nothing is reported twice."""
        return bool(table) or not any(path[: len(at)] == at and len(path) > len(at) for path in self.document.lines)

    def _people(self, text: str, at: KeyPath) -> None:
        if text == "all":
            return
        path = self.places.inside(text, at)
        if path is None:
            return
        file = self.places.root / path
        if not file.is_file():
            self.document.report(at, f'there is no file "{text}".', 'Write "all", or the name of a CSV file.')
            return
        try:
            read_people(file)
        except ConfigurationError as error:
            self.document.problems.extend(error.problems)

    def _credential(
        self, table: dict[str, Any], at: KeyPath, profile: Profile | None, owner: str
    ) -> CredentialWish | None:
        given = table.get("store")
        store: StoreRef | None = StoreRef(kind="file", path=f"secrets/{owner}")
        if given is not None:
            store = self.places.store(given, (*at, "store"), owner)
        else:
            self.places.claim(f"file|secrets/{owner}".lower(), "store", at, owner)
        if profile is None:
            return None
        kind = table.get("kind", profile.credential.kinds[0])
        if kind not in profile.credential.kinds:
            takes = " or ".join(profile.credential.kinds)
            self.document.report((*at, "kind"), f"{profile.name} does not take a {kind}.", f"It takes: {takes}.")
        days = self._days(table.get("lifetime"), (*at, "lifetime"), profile)
        return None if store is None else CredentialWish(kind=kind, lifetime=days, store=store)

    def _days(self, text: str | None, at: KeyPath, profile: Profile) -> int:
        """A lifetime in whole days, no longer than the profile allows."""
        if text is None:
            return profile.credential.lifetime
        days = duration.parse(text).total_seconds() / 86400
        longest = profile.credential.longest
        if days > longest:
            self.document.report(at, f"{text} is longer than {profile.name} allows.", f"At most {longest}d.")
        elif days < 1 or days != int(days):
            self.document.report(at, f"{text} is not a number of whole days.", "Write days, such as 180d.")
        return int(days)

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
