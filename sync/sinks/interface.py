"""What a sink is: something that takes availability records, in order for each key, and may take one twice."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from sync.model import Pending


class SinkError(Exception):
    """The sink cannot be reached or used now; `retry_after` seconds is its own wish when to come again."""

    def __init__(self, what: str, retry_after: float | None = None) -> None:
        super().__init__(what)
        self.retry_after = retry_after


class Delivery(NamedTuple):
    """What became of records handed to a sink. Those not named wait on.

    `taken` are ids that the sink has for good; `refused` those that it has seen and does not want, with why;
    `failure` is why it could not go on. Where a record is not taken, later ones of its key are not either.
    """

    taken: list[int]
    refused: dict[int, str]
    failure: SinkError | None = None


class Sink(Protocol):
    """One receiver. Its records wait in the store's outbox until `deliver` says they are taken."""

    async def open(self, waiting: Sequence[Pending]) -> list[int]:
        """Readies the sink after a start. Returns the ids of waiting records that it has already, from before a crash.

        Raises:
            SinkError: Not usable now; it is tried again later.
        """
        ...

    async def deliver(self, records: Sequence[Pending]) -> Delivery:
        """Hands records on, oldest first, and for each key in order. Raises nothing of its own."""
        ...

    async def close(self) -> None:
        """Ends the use."""
        ...
