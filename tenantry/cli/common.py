"""What every subcommand shares: the options, the session behind them, and how answers are shown.

Data goes to stdout, everything else to stderr. Imports of the kernel happen inside, when a command runs.
"""

import asyncio
import functools
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tenantry.cli.main import Frame
from tenantry.errors import UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from tenantry.cli.progress import Progress
    from tenantry.clock import Clock
    from tenantry.workspace.model import Integration, Tenant, Workspace

T = TypeVar("T")
Row = Mapping[str, object]
FORMATS = ("table", "json", "csv", "md")


@dataclass
class Session:
    """One run of one command: where it works, how it shows, how much it says."""

    root: Path
    output: str = "table"
    verbose: int = 0
    quiet: bool = False
    log: str = "text"
    _workspace: "Workspace | None" = None
    _clocks: "dict[str | None, Clock]" = field(default_factory=dict)

    def workspace(self) -> "Workspace":
        """What `tenantry.toml` says; every problem in it at once as ConfigurationError."""
        if self._workspace is None:
            from tenantry import workspace

            self._workspace = workspace.load(self.root)
        return self._workspace

    def select(self, names: Sequence[str]) -> "list[tuple[Tenant, Integration]]":
        """The chosen integrations: `tenant` or `tenant/integration` each, none means all."""
        from tenantry import workspace

        return workspace.select(self.workspace(), names)

    def clock(self, tenant: "Tenant") -> "Clock":
        """The clock of the tenant's cloud; one object per door, so that sleepers share it."""
        from tenantry.clock import clock_for

        door = tenant.cloud.clock
        if door not in self._clocks:
            self._clocks[door] = clock_for(door)
        return self._clocks[door]

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Runs the coroutine; Ctrl-C cancels it, lets it clean up, and ends the program with 130."""
        return asyncio.run(main)

    def show(self, rows: Sequence[Row], columns: Sequence[str] | None = None, data: object = None) -> None:
        """Prints an answer on stdout.

        Args:
            rows: What table, csv and md print, a mapping a line.
            columns: Which keys, in order; by default those of the first row.
            data: What `-o json` prints (msgspec types allowed); by default the rows themselves.
        """
        from tenantry.cli.output import render

        click.echo(render(self.output, rows, columns, rows if data is None else data), nl=False)

    def write(self, text: str) -> None:
        """Prints finished text (a Markdown plan, a report) on stdout."""
        click.echo(text, nl=not text.endswith("\n"))

    def say(self, text: str) -> None:
        """Explains on stderr what happens or what to do next; silent with -q."""
        if self.log == "json":
            self.log_line(text)
        elif not self.quiet:
            from tenantry.redact import redact

            click.echo(redact(text), err=True)

    @contextmanager
    def progress(self, label: str, total: int | None = None) -> "Iterator[Progress]":
        """A line on a terminal that counts (`.step()`) and tells (`.note(text)`); nothing in a pipe or with -q."""
        from tenantry.cli.progress import Progress

        shown = not self.quiet and self.log == "text" and sys.stderr.isatty()
        with Progress(label, total, shown=shown) as progress:
            yield progress

    def confirm(self, question: str, *, yes: bool) -> None:
        """Returns when the answer is yes (or `--yes` was given); every other way is a UsageError."""
        if yes:
            return
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise UsageError(f"{question} needs an answer and there is no terminal.", fix="Add --yes to agree.")
        if not click.confirm(question, err=True):
            raise UsageError("Not confirmed; nothing was changed.")

    def log_line(self, text: str, *, error: bool = False) -> None:
        """One line of the log, in the format that `--log` chose."""
        import logging

        logging.getLogger("tenantry").log(logging.ERROR if error else logging.INFO, "%s", text)

    def begin(self) -> None:
        """Sets the log up and makes the session known to the error speaker."""
        from tenantry import log

        log.configure(verbose=self.verbose, style=self.log, quiet=self.quiet)
        context = click.get_current_context(silent=True)
        frame = context.find_object(Frame) if context else None
        if frame is not None:
            frame.session = self


def workspace_options(command: Callable[..., Any] | None = None, *, formats: Sequence[str] = FORMATS) -> Any:
    """Decorator: `-w DIR` and the common options; the command gets `session` first.

    Usable bare or as `workspace_options(formats=("table", "json", "csv", "html"))`.
    """
    return _with_session(command, formats, workspace=True)


def plain_options(command: Callable[..., Any] | None = None, *, formats: Sequence[str] = FORMATS) -> Any:
    """Decorator: the common options for a command that works without a workspace; `session` comes first."""
    return _with_session(command, formats, workspace=False)


def names_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: `[TENANT[/INTEGRATION]]...`, completed from the workspace; passes `names`, a tuple."""
    argument = click.argument("names", nargs=-1, metavar="[TENANT[/INTEGRATION]]...", shell_complete=_complete_names)
    return argument(command)


def examples(*lines: str) -> str:
    """An epilog of examples that click does not re-wrap: pairs of `command` and `what it does` as written."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def _with_session(command: Callable[..., Any] | None, formats: Sequence[str], *, workspace: bool) -> Any:
    if command is None:
        return lambda given: _with_session(given, formats, workspace=workspace)
    function = command

    @functools.wraps(function)
    def wrapper(
        *args: Any, output: str, verbose: int, quiet: bool, log: str, directory: str = ".", **kwargs: Any
    ) -> Any:
        session = Session(Path(directory).resolve(), output, verbose, quiet, log)
        session.begin()
        return function(session, *args, **kwargs)

    options = [
        click.option("-o", "--output", type=click.Choice(formats), default=formats[0], help="How answers are printed."),
        click.option("-v", "--verbose", count=True, help="Say more; -vv shows each request. Adds tracebacks."),
        click.option("-q", "--quiet", is_flag=True, help="Say nothing but answers and errors."),
        click.option("--log", type=click.Choice(["text", "json"]), default="text", help="Format of the log on stderr."),
    ]
    if workspace:
        folder = click.Path(file_okay=False)
        options.insert(
            0,
            click.option("-w", "--workspace", "directory", type=folder, default=".", help="The workspace folder."),
        )
    decorated: Callable[..., Any] = wrapper
    for option in reversed(options):
        decorated = option(decorated)
    return decorated


def _complete_names(ctx: click.Context, _: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Names of the workspace that begin so; nothing where it cannot be read."""
    from click.shell_completion import CompletionItem

    from tenantry import workspace
    from tenantry.errors import TenantryError

    try:
        loaded = workspace.load(Path(ctx.params.get("directory") or ".").resolve())
    except TenantryError:
        return []
    names = [t.name for t in loaded.tenants] + [f"{t.name}/{i.name}" for t in loaded.tenants for i in t.integrations]
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
