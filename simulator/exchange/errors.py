"""Errors of Exchange's cmdlets. Texts as public transcripts show them; what callers may rely on is `kind`.

In Exchange Online's REST cmdlets the error's category carries the kind as its reason, and the message has the form
`|<full type>|<text>`; on premises the message is the text alone.
"""

from dataclasses import dataclass

_PLACES = {
    "UserAlreadyExistsInPermissionEntryException": "Microsoft.Exchange.Management.StoreTasks",
    "UserNotFoundInPermissionEntryException": "Microsoft.Exchange.Management.StoreTasks",
    "InvalidExternalUserIdException": "Microsoft.Exchange.Management.StoreTasks",
    "MemberAlreadyExistsException": "Microsoft.Exchange.Management.Tasks",
    "MemberNotFoundException": "Microsoft.Exchange.Management.Tasks",
}
_ELSEWHERE = "Microsoft.Exchange.Configuration.Tasks"


@dataclass
class ExchangeError(Exception):
    """What a cmdlet could not do. `kind` is the .NET type's last name, `category` PowerShell's error category."""

    kind: str
    text: str
    target: str = ""
    category: str = "InvalidOperation"

    def message(self, *, online: bool) -> str:
        """The exception's message in a product."""
        return f"|{_PLACES.get(self.kind, _ELSEWHERE)}.{self.kind}|{self.text}" if online else self.text


class NotSimulated(Exception):  # noqa: N818 - a refusal, like the dialect's own
    """A cmdlet or parameter that the rehearsal does not have, or that the product has not. `what` is its name."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what}: {why}")
        self.what = what
        self.why = why


class Interrupted(Exception):  # noqa: N818 - nothing failed
    """The run was stopped from outside, as if the window had been closed: no catch or finally of the script runs."""


def not_found(what: str) -> ExchangeError:
    """No object with this identity."""
    text = f"The operation couldn't be performed because object '{what}' couldn't be found."
    return ExchangeError("ManagementObjectNotFoundException", text, what, "ObjectNotFound")


def ambiguous(what: str) -> ExchangeError:
    """Several objects with this identity."""
    text = f"The operation couldn't be performed because '{what}' matches multiple entries."
    return ExchangeError("ManagementObjectAmbiguousException", text, what, "InvalidData")


def exists(what: str) -> ExchangeError:
    """There is an object with this name or address."""
    text = f"The proxy address or name '{what}' is already being used. Choose another one."
    return ExchangeError("ADObjectAlreadyExistsException", text, what, "ResourceExists")


def refused(text: str, target: str = "", kind: str = "InvalidOperationException") -> ExchangeError:
    """The request makes no sense to Exchange."""
    return ExchangeError(kind, text, target)


def too_long(parameter: str, limit: int) -> ExchangeError:
    """A name over its limit."""
    text = f"The length of the property is too long. The maximum length is {limit} and the length provided is longer."
    return ExchangeError("DataValidationException", text, parameter, "InvalidData")
