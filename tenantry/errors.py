"""One family of errors. Modules raise them with data; `tenantry.cli.main` alone turns them into sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process ends with; `docs/reference/exit-codes.md`."""

    FINE = 0
    FAILED = 1
    USAGE = 2
    NOT_SO = 3
    PARTLY = 4
    INTERRUPTED = 130


@dataclass(frozen=True)
class Problem:
    """One thing wrong with what the user gave: what, where (`file:line`), which field, what to do next."""

    what: str
    where: str = ""
    field: str = ""
    fix: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        field = f"{self.field}: " if self.field else ""
        fix = f" {self.fix}" if self.fix else ""
        return f"{place}{field}{self.what}{fix}"


class TenantryError(Exception):
    """The tool could not do it. `what` is one sentence; `fix` says what to do next."""

    exit_code = ExitCode.FAILED

    def __init__(self, what: str, *, fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix

    @property
    def problems(self) -> Sequence[Problem]:
        """Everything to tell the user, each a line."""
        return [Problem(self.what, fix=self.fix)]


class UsageError(TenantryError):
    """The command line or the surroundings (environment, missing file) are not usable as given."""

    exit_code = ExitCode.USAGE


class ConfigurationError(TenantryError):
    """A file written by hand has problems; all of them are reported together."""

    exit_code = ExitCode.USAGE

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(p) for p in problems))
        self._problems = list(problems)

    @property
    def problems(self) -> Sequence[Problem]:
        """Each problem with its file and line."""
        return self._problems


class GuardRefused(TenantryError):  # noqa: N818 (reads as what happened)
    """A safety rule forbids the change: not ours, wrong tenant, too much at once, moved since the plan."""

    exit_code = ExitCode.USAGE


class RenderRefused(TenantryError):  # noqa: N818
    """A value cannot stand in a rendered file (control or bidi characters, a lone surrogate)."""

    exit_code = ExitCode.USAGE


class NotSo(TenantryError):  # noqa: N818
    """What was asked is not so: findings, a plan with changes, a broken link. The answer itself is printed already."""

    exit_code = ExitCode.NOT_SO


class PartlyDone(TenantryError):  # noqa: N818
    """Some of it is done and recorded; running the same command again continues."""

    exit_code = ExitCode.PARTLY


class SignInError(TenantryError):
    """The token endpoint refused, or gave no answer.

    `code` is Microsoft's, e.g. `AADSTS7000215`, or empty. `transient`: the same request may well succeed later
    (throttled, 5xx, no connection). `retry_after`: the seconds that the answer asked to wait.
    """

    def __init__(
        self,
        what: str,
        *,
        code: str,
        fix: str = "",
        trace_id: str = "",
        transient: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(what, fix=fix)
        self.code = code
        self.trace_id = trace_id
        self.transient = transient
        self.retry_after = retry_after


class GraphError(TenantryError):
    """Microsoft Graph answered with an error, or not at all (`status` 0).

    Keeps Microsoft's own `code`, `message` and `request_id`; `fix` is our explanation.
    Source: learn.microsoft.com/graph/errors.
    """

    def __init__(
        self,
        *,
        status: int,
        code: str,
        message: str,
        method: str,
        path: str,
        request_id: str = "",
        retry_after: float | None = None,
        fix: str = "",
    ) -> None:
        shown = f"HTTP {status} {code}".strip() if status else (code or "no answer")
        tail = f" (request id {request_id})" if request_id else ""
        super().__init__(f"{method} {path}: {shown}: {message}{tail}", fix=fix)
        self.status = status
        self.code = code
        self.message = message
        self.method = method
        self.path = path
        self.request_id = request_id
        self.retry_after = retry_after
