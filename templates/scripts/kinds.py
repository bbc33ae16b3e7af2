"""Which kinds of scripts there are, for which products, and what each does in one sentence."""

import msgspec

from templates.scripts.script import Product

ON_PREMISES: tuple[Product, ...] = ("2010", "2013", "2016", "2019", "se")


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of script: its name on the command line, for which products, and what it does in one sentence.

    `scope` says what one script is about: an integration, or the whole tenant.
    """

    name: str
    products: tuple[Product, ...]
    does: str
    scope: str = "integration"


KINDS: tuple[Kind, ...] = (
    Kind(
        name="rbac",
        products=("online",),
        does="Gives the app rights in the mailboxes of one group or administrative unit (RBAC for Applications).",
    ),
    Kind(
        name="access-policy",
        products=("online",),
        does="Keeps the app to the mailboxes of one group (application access policy; legacy, prefer rbac).",
    ),
    Kind(
        name="reviewer",
        products=("online", *ON_PREMISES, "2007"),
        does="Gives a sync user Reviewer (or another role) on the calendar of every mailbox.",
    ),
    Kind(
        name="service-user",
        products=("online", *ON_PREMISES, "2007"),
        does="Makes the user that a calendar sync signs in as; the password is asked for where it runs.",
    ),
    Kind(
        name="rooms",
        products=("online", *ON_PREMISES),
        does="Lets rooms keep subject and private flag of bookings, and puts them into a room list.",
    ),
    Kind(
        name="ews-allow",
        products=("online",),
        does="Puts the app on the list of those that may still use EWS.",
    ),
    Kind(
        name="evidence",
        products=("online", *ON_PREMISES),
        does="Writes down who may reach which mailboxes and calendars, for `tenantry audit`. Changes nothing.",
        scope="tenant",
    ),
    Kind(
        name="teardown",
        products=("online", *ON_PREMISES),
        does="Takes back what the other scripts made, by their journals.",
    ),
)
