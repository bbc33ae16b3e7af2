"""The users of the directory, in pages, by the few fields that matching needs."""

from collections.abc import AsyncGenerator

import msgspec

from sync.model import User
from sync.sources.interface import Door

SELECT = "id,mail,userPrincipalName,accountEnabled,userType"
PAGE = 999  # the most that Graph gives (learn.microsoft.com/graph/api/user-list)


class GraphUser(msgspec.Struct, frozen=True, rename="camel"):
    """The fields asked for. All but the id may be null."""

    id: str
    mail: str | None = None
    user_principal_name: str | None = None
    account_enabled: bool | None = None
    user_type: str | None = None


def row(user: GraphUser) -> User:
    """The user as the store keeps it; what the directory does not say (null) is not held against the account."""
    return User(
        user.id,
        user.mail.lower() if user.mail else None,
        user.user_principal_name or "",
        user.account_enabled is not False,
        user.user_type != "Guest",
    )


async def read_users(door: Door) -> AsyncGenerator[list[User], None]:
    """All users, a page at a time; nothing of a page is kept here.

    Raises:
        GraphError: A page could not be read in spite of repeats; what came before is not the whole.
        SignInError: No token.
    """
    async for page in door.pages("/users", {"$select": SELECT, "$top": PAGE}, type=GraphUser):
        yield [row(user) for user in page]
