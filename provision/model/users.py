"""Integration users: which there shall be, and what of them, their group and the policies was found."""

import msgspec

from tenantry.integration import StoreRef


class UsersWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The accounts that subscribe on behalf of watched people.

    `wanted` is False where the options ask for none (any more): then only what is left of them is looked for. `count`
    is 0 for as many as it takes. `name` holds `{number}`; it is what stands before the @. `marker` says whose an
    account is, `key` is the group's uniqueName. `exclude_from` are policies by id or name. `store` is the app's own;
    each user's password lies beside it. `reset` gives existing accounts whose password the store lacks a new one.
    """

    wanted: bool
    key: str
    marker: str
    notes: str
    store: StoreRef
    each: int = 650
    count: int = 0
    name: str = ""
    display_name: str = ""
    existing: tuple[str, ...] = ()
    group: str = ""
    exclude_from: tuple[str, ...] = ()
    reset: bool = False


class Account(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A user account; `marker` is its jobTitle, `reaches` the ids of groups and roles it is in (existing ones only)."""

    id: str
    name: str
    enabled: bool = True
    marker: str = ""
    guest: bool = False
    reaches: tuple[str, ...] = ()


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What the store holds for a user: the id of the account whose password it is, NEW, RESET, or empty."""

    id: str = ""


NEW = "new"
"""State of a stored password that an account is about to be made with."""
RESET = "reset"
"""State of a stored password that an account is about to be given."""


class Member(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A member or owner of our group: its id, what it is called, and the marker it carries."""

    id: str
    name: str = ""
    marker: str = ""


class ExclusionGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The group under our key."""

    id: str
    name: str
    notes: str = ""
    members: tuple[Member, ...] = ()
    owners: tuple[Member, ...] = ()


class Namesake(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Another group of our group's name: told of, never touched."""

    id: str
    name: str


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What of a Conditional Access policy decides whether it meets a user who has nothing but a password.

    `modified` is as Graph writes it, empty where the policy was never changed; `narrowed` names conditions that make
    it apply only sometimes.
    """

    id: str
    name: str
    state: str = "enabled"
    modified: str = ""
    include_users: tuple[str, ...] = ()
    include_groups: tuple[str, ...] = ()
    include_roles: tuple[str, ...] = ()
    exclude_users: tuple[str, ...] = ()
    exclude_groups: tuple[str, ...] = ()
    exclude_roles: tuple[str, ...] = ()
    include_apps: tuple[str, ...] = ()
    exclude_apps: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    demands: tuple[str, ...] = ()
    narrowed: tuple[str, ...] = ()


class UsersActual(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about the integration users as it is.

    `people` are the addresses to watch. `accounts` and `passwords` have an entry, perhaps None, for each name that was
    looked for. `policies` is None where they could not be read, for the reason in `no_policies`.
    """

    domain: str = ""
    people: tuple[str, ...] = ()
    accounts: dict[str, Account | None] = {}
    passwords: dict[str, Held | None] = {}
    group: ExclusionGroup | None = None
    namesakes: tuple[Namesake, ...] = ()
    policies: tuple[Policy, ...] | None = None
    no_policies: str = ""
    security_defaults: bool | None = None
