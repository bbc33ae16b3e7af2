"""Which kinds of scripts there are, for which products, and what each does in one sentence."""

import msgspec

from templates.scripts.script import Product

ON_PREMISES: tuple[Product, ...] = ("2010", "2013", "2016", "2019", "se")


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of script: its name on the command line, for which products, and what it does in one sentence.

    `changes` says what is different in Exchange afterwards, `undo` how that is taken back. `scope` says what one script
    is about: an integration, or the whole tenant.
    """

    name: str
    products: tuple[Product, ...]
    does: str
    changes: str
    undo: str
    scope: str = "integration"


KINDS: tuple[Kind, ...] = (
    Kind(
        name="rbac",
        products=("online",),
        does="Gives the app rights in the mailboxes of one group or administrative unit (RBAC for Applications).",
        changes="Pointer to the app, management scope, role assignment for each right; missing members of the group.",
        undo="`teardown`",
    ),
    Kind(
        name="access-policy",
        products=("online",),
        does="Keeps the app to the mailboxes of one group (application access policy; legacy, prefer rbac).",
        changes="One application access policy; the group and its missing members.",
        undo="`teardown -IncludePolicies`, once Entra's grant is withdrawn",
    ),
    Kind(
        name="reviewer",
        products=("online", *ON_PREMISES, "2007"),
        does="Gives a sync user Reviewer (or another role) on the calendar of every mailbox.",
        changes="The user's right on each calendar folder; 2007: FullAccess to each mailbox.",
        undo="`teardown`, or the script itself with `-Remove`",
    ),
    Kind(
        name="service-user",
        products=("online", *ON_PREMISES, "2007"),
        does="Makes the user that a calendar sync signs in as; the password is asked for where it runs.",
        changes="A user with a mailbox.",
        undo="By hand: a mailbox is not removed by a script",
    ),
    Kind(
        name="rooms",
        products=("online", *ON_PREMISES),
        does="Lets rooms keep subject and private flag of bookings, and puts them into a room list.",
        changes="What rooms keep of a booking; the room list and its missing rooms.",
        undo="`teardown`",
    ),
    Kind(
        name="ews-allow",
        products=("online",),
        does="Puts the app on the list of those that may still use EWS.",
        changes="`EwsAllowedAppIDs` of the organization, the app added.",
        undo="`teardown`",
    ),
    Kind(
        name="evidence",
        products=("online", *ON_PREMISES),
        does="Writes down who may reach which mailboxes and calendars, for `tenantry audit`. Changes nothing.",
        changes="Nothing; it writes JSON files.",
        undo="Delete the files",
        scope="tenant",
    ),
    Kind(
        name="teardown",
        products=("online", *ON_PREMISES),
        does="Takes back what the other scripts made, by their journals.",
        changes="What the journals of the other scripts name, where it is still as they left it.",
        undo="Run the other scripts again",
    ),
)
