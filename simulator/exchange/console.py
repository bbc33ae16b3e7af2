"""Commands around Exchange's own: remote sessions to a server on premises, and passwords that a person types."""

from collections.abc import Callable
from typing import Any

from simulator.dialect.convert import text
from simulator.dialect.refuse import Refused
from simulator.dialect.run.binding import Given, bind
from simulator.dialect.run.frame import Emit, Frame, Streams
from simulator.dialect.run.signature import Signature, declare
from simulator.dialect.values import Hash, Obj, Opaque, Value
from simulator.exchange.session import Session

SECURE = "System.Security.SecureString"
Work = Callable[[Hash, Emit], None]


class Simple:
    """A command that works once, from its named arguments."""

    def __init__(self, name: str, words: tuple[str, ...], work: Work, *, should: bool = False) -> None:
        made = [declare(word) for word in words]
        self.signature = Signature(name, made, advanced=True, should_process=should, positional=False, real=True)
        self._work = work

    def stage(self, frame: Frame, given: list[Given], emit: Emit, piped: bool, streams: Streams) -> "_Stage":  # noqa: ARG002
        """One use in a pipeline."""
        if piped:
            raise Refused("")
        return _Stage(self._work, bind(self.signature, given, piped).bound, emit)


class _Stage:
    """A running command."""

    def __init__(self, work: Work, bound: Hash, emit: Emit) -> None:
        self._work, self._bound, self._emit = work, bound, emit

    def begin(self) -> None:
        """Nothing to do."""

    def process(self, value: Value) -> None:  # noqa: ARG002
        """Nothing is taken from the pipeline."""
        raise Refused("")

    def end(self) -> None:
        """Does the work."""
        self._work(self._bound, self._emit)


def console(session: Session, prompt: Callable[[str], bool], progress: Callable[[str, str], None]) -> dict[str, Any]:
    """The commands by lower-case name. A typed password is asked for, and never looked at."""

    def read_host(bound: Hash, emit: Emit) -> None:
        if "AsSecureString" not in bound:
            raise Refused("Read-Host")
        prompt(text(bound.get("Prompt")))
        emit(Opaque(SECURE, {}))

    def new_session(_: Hash, emit: Emit) -> None:
        made = Obj({"Id": 1, "Name": "Session1", "State": "Opened", "ConfigurationName": "Microsoft.Exchange"})
        made.host = "[PSSession]Session1"
        emit(made)

    def nothing(_: Hash, __: Emit) -> None:
        return

    def show(bound: Hash, _: Emit) -> None:
        progress(text(bound.get("Activity")), text(bound.get("Status")))

    found = [Simple("Read-Host", ("Prompt", "AsSecureString:switch"), read_host)]
    bar = ("*Activity:string", "Status:string", "Id:int", "PercentComplete:int", "Completed:switch")
    found.append(Simple("Write-Progress", bar, show))
    if not session.online:
        uri = ("*ConfigurationName:string", "*ConnectionUri", "Authentication:string")
        found.append(Simple("New-PSSession", uri, new_session))
        found.append(Simple("Import-PSSession", ("*Session", "DisableNameChecking:switch"), nothing))
        found.append(Simple("Remove-PSSession", ("*Session",), nothing, should=True))
    return {command.signature.name.lower(): command for command in found}
