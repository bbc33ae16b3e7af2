"""What the sign-in service remembers between requests: authorization codes, device codes, refresh tokens.

All live in simulated time.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

CODE_LIFE = timedelta(minutes=10)
DEVICE_LIFE = timedelta(minutes=15)
REFRESH_LIFE = timedelta(days=90)
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"


@dataclass(frozen=True)
class SignedIn:
    """A person who signed in to an application: what every later token of theirs is made from."""

    tenant_id: str
    user_id: str
    app_id: str
    scope: str
    nonce: str = ""
    methods: tuple[str, ...] = ("pwd",)
    flow: str = "browser"  # browser | device-code | password: a session stays what it began as


@dataclass
class Code:
    """An authorization code: who it is for, and what must come with it."""

    person: SignedIn
    redirect_uri: str
    challenge: str
    challenge_method: str
    expires: datetime
    used: bool = False


@dataclass
class Device:
    """A device sign-in that waits for a person. `tenant` is as the client named it (id, domain, `organizations`)."""

    app_id: str
    scope: str
    tenant: str
    user_code: str
    expires: datetime
    person: SignedIn | None = None
    declined: bool = False


class Pending:
    """The memory of the sign-in service."""

    def __init__(self) -> None:
        self.codes: dict[str, Code] = {}
        self.devices: dict[str, Device] = {}
        self._refresh: dict[str, tuple[SignedIn, datetime]] = {}

    def keep_code(self, code: Code) -> str:
        """Makes an authorization code."""
        name = secrets.token_urlsafe(48)
        self.codes[name] = code
        return name

    def keep_device(self, app_id: str, scope: str, tenant: str, now: datetime) -> tuple[str, Device]:
        """Begins a device sign-in: the device code and what it stands for."""
        user_code = "".join(secrets.choice(_LETTERS) for _ in range(9))
        device = Device(app_id, scope, tenant, user_code, now + DEVICE_LIFE)
        name = secrets.token_urlsafe(48)
        self.devices[name] = device
        return name, device

    def device_by_user_code(self, user_code: str) -> Device | None:
        """The waiting sign-in that shows this code; spaces, dashes and case do not matter."""
        wanted = user_code.replace("-", "").replace(" ", "").upper()
        return next((device for device in self.devices.values() if device.user_code == wanted), None)

    def keep_refresh(self, person: SignedIn, now: datetime) -> str:
        """Makes a refresh token."""
        name = f"1.{secrets.token_urlsafe(64)}"
        self._refresh[name] = (person, now + REFRESH_LIFE)
        return name

    def refreshed(self, token: str) -> tuple[SignedIn, datetime] | None:
        """Who a refresh token is for and until when it lives."""
        return self._refresh.get(token)
