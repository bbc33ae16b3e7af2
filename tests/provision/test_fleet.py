"""What the results of many integrations come to."""

from typing import Any

import pytest

from provision import fleet
from provision.fleet import Result, SeveralError
from tenantry.errors import ConfigurationError, ExitCode, GuardRefused, PartlyDone, Problem, TenantryError


def good(name: str = "a") -> Result[int]:
    return Result("contoso", name, value=1)


def bad(error: TenantryError, name: str = "b") -> Result[int]:
    return Result("contoso", name, error=error)


def raised(*results: Result[Any]) -> TenantryError:
    with pytest.raises(TenantryError) as error:
        fleet.settle(results, "applied")
    return error.value


def test_all_well_raises_nothing() -> None:
    fleet.settle([good(), good("c")], "applied")
    assert fleet.values([good(), bad(GuardRefused("no"))]) == [1]


def test_the_only_failure_is_raised_as_it_is() -> None:
    error = GuardRefused("contoso/b: no")
    assert raised(bad(error)) is error


def test_some_failures_are_partly_done_and_each_is_named() -> None:
    error = raised(good(), bad(GuardRefused("not ours")), good("c"))
    assert isinstance(error, PartlyDone)
    assert error.exit_code == ExitCode.PARTLY
    told = [str(problem) for problem in error.problems]
    assert told[0].startswith("1 of 3 integrations could not be applied.")
    assert told[1] == "contoso/b: not ours"


def test_when_all_fail_alike_the_exit_code_is_theirs() -> None:
    error = raised(bad(GuardRefused("x")), bad(ConfigurationError([Problem("y"), Problem("z")]), "c"))
    assert isinstance(error, SeveralError)
    assert error.exit_code == ExitCode.USAGE
    assert [str(p) for p in error.problems] == ["contoso/b: x", "contoso/c: y", "contoso/c: z"]


def test_when_all_fail_differently_it_is_partly() -> None:
    error = raised(bad(GuardRefused("x")), bad(TenantryError("contoso/c: y"), "c"))
    assert error.exit_code == ExitCode.PARTLY
    assert [str(p) for p in error.problems] == ["contoso/b: x", "contoso/c: y"]
