"""Faults of Exchange's service that a rehearsal orders at the door: `{"kinds": ["503"], "match": "EXCHANGE Add-"}`.

Texts: statuses as the REST cmdlets word a refused call in public transcripts, the others as .NET words them.
"""

from simulator.exchange.errors import ExchangeError
from simulator.exchange.session import Session
from simulator.faults import Fault, Faults

_REST = "Error while querying REST service. HttpStatusCode={} ErrorMessage={}"
TEXTS = {
    "429": _REST.format(429, "Too Many Requests"),
    "500": _REST.format(500, "Internal Server Error"),
    "503": _REST.format(503, "Service Unavailable"),
    "504": _REST.format(504, "Gateway Timeout"),
    "timeout": "The operation has timed out.",
    "cut": "The underlying connection was closed: The connection was closed unexpectedly.",
}
TEXTS |= {"429-no-retry-after": TEXTS["429"], "cut-after": TEXTS["cut"]}


class Trouble:
    """What stands around each cmdlet of a session: in front of it most faults, behind it `cut-after`."""

    def __init__(self, faults: Faults, session: Session) -> None:
        self._faults = faults
        self._late: Fault | None = None
        session.before_each = self.before
        session.after_each = self.after

    def before(self, cmdlet: str) -> None:
        """Raises ExchangeError where a fault hits the cmdlet before it did anything."""
        found = self._faults.decide_cmdlet(cmdlet, lambda kind: kind in TEXTS)
        self._late = found if found is not None and found.kind == "cut-after" else None
        if found is not None and self._late is None:
            raise _error(found, cmdlet)

    def after(self, cmdlet: str) -> None:
        """Raises ExchangeError where the work was done and the answer was lost."""
        if self._late is not None:
            raise _error(self._late, cmdlet)


def _error(fault: Fault, cmdlet: str) -> ExchangeError:
    return ExchangeError("RestClientException", TEXTS[fault.kind], cmdlet, "ConnectionError")
