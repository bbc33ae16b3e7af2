"""Many tenants in one run: a few at a time, each on its own; one that fails stops no other."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from provision.read.tenant import TenantReader
from tenantry.clock import Clock
from tenantry.errors import ExitCode, PartlyDone, Problem, TenantryError
from tenantry.graph import Graph
from tenantry.workspace.model import Integration, Tenant

T = TypeVar("T")
Chosen = tuple[Tenant, Integration]

AT_ONCE = 8
"""Tenants worked on side by side; more would only wait for the same processor."""


@dataclass(frozen=True)
class Result(Generic[T]):
    """What became of one integration: a value or the error that ended it."""

    tenant: str
    integration: str
    value: T | None = None
    error: TenantryError | None = None

    @property
    def target(self) -> str:
        """`tenant/integration`."""
        return f"{self.tenant}/{self.integration}"


class SeveralError(TenantryError):
    """Several integrations failed; each with its own problems, and the exit code they share (else 4)."""

    def __init__(self, errors: Sequence[tuple[str, TenantryError]]) -> None:
        super().__init__("; ".join(error.what for _, error in errors))
        self._errors = errors
        codes = {error.exit_code for _, error in errors}
        self.exit_code = codes.pop() if len(codes) == 1 else ExitCode.PARTLY

    @property
    def problems(self) -> Sequence[Problem]:
        """Every problem of every integration."""
        return [problem for target, error in self._errors for problem in told(target, error)]


async def each(
    chosen: Iterable[Chosen],
    do: Callable[[TenantReader, Tenant, Integration], Awaitable[T]],
    *,
    root: Path,
    clock: Callable[[Tenant], Clock],
    done: Callable[[], None] = lambda: None,
) -> list[Result[T]]:
    """Does it for every integration, those of a tenant one after another; results in the order of `chosen`."""
    chosen = list(chosen)
    tenants = {tenant.name: tenant for tenant, _ in chosen}
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(tenant: Tenant) -> list[Result[T]]:
        async with gate:
            mine = [integration for owner, integration in chosen if owner.name == tenant.name]
            return await _in_tenant(tenant, mine, do, root, clock(tenant), done)

    found = await asyncio.gather(*(one(tenant) for tenant in tenants.values()))
    by_target = {result.target: result for results in found for result in results}
    return [by_target[f"{tenant.name}/{integration.name}"] for tenant, integration in chosen]


async def _in_tenant(  # noqa: PLR0917 (one call, above)
    tenant: Tenant,
    integrations: list[Integration],
    do: Callable[[TenantReader, Tenant, Integration], Awaitable[T]],
    root: Path,
    clock: Clock,
    done: Callable[[], None],
) -> list[Result[T]]:
    results: list[Result[T]] = []
    try:
        permissions = _asked_of_a_person(tenant, integrations, root)
        async with Graph.for_operator(tenant, root, clock, permissions=permissions) as graph:
            reader = TenantReader(graph, clock)
            for integration in integrations:
                results.append(await _one(reader, tenant, integration, do))
                done()
    except TenantryError as error:  # signing in is not possible as the workspace says
        left = integrations[len(results) :]
        results += [Result(tenant.name, integration.name, error=error) for integration in left]
    return results


def _asked_of_a_person(tenant: Tenant, integrations: list[Integration], root: Path) -> tuple[str, ...] | None:
    """The delegated permissions that these profiles take; None for an app, which has what was granted to it."""
    if tenant.sign_in not in ("browser", "device-code"):
        return None
    from tenantry import profiles, rights

    return rights.operator(profiles.of(integration, root) for integration in integrations)


async def _one(
    reader: TenantReader,
    tenant: Tenant,
    integration: Integration,
    do: Callable[[TenantReader, Tenant, Integration], Awaitable[T]],
) -> Result[T]:
    try:
        return Result(tenant.name, integration.name, value=await do(reader, tenant, integration))
    except TenantryError as error:
        return Result(tenant.name, integration.name, error=error)


def values(results: Iterable[Result[T]]) -> list[T]:
    """What came out well, in order."""
    return [result.value for result in results if result.value is not None]


def told(target: str, error: TenantryError) -> list[Problem]:
    """The problems of an error, with the integration they belong to named once."""
    named = [p for p in error.problems if target not in str(p)]
    return [
        Problem(p.what, where=p.where or target, field=p.field, fix=p.fix) if p in named else p for p in error.problems
    ]


def settle(results: Sequence[Result[T]], what: str) -> None:
    """Raises what the results as a whole come to; nothing where all went well.

    Raises:
        TenantryError: The one failure of the one integration.
        PartlyDone: Some went well, some did not.
        SeveralError: None went well.
    """
    failed = [(result.target, result.error) for result in results if result.error is not None]
    if not failed:
        return
    if len(results) == 1:
        raise failed[0][1]
    if len(failed) == len(results):
        raise SeveralError(failed)
    raise _Partly(f"{len(failed)} of {len(results)} integrations could not be {what}", failed)


class _Partly(PartlyDone):
    """Some integrations failed; says which and why."""

    def __init__(self, what: str, failed: Sequence[tuple[str, TenantryError]]) -> None:
        super().__init__(f"{what}.", fix="The others are done. Mend what is named and run the same command again.")
        self._failed = failed

    @property
    def problems(self) -> Sequence[Problem]:
        """The summary, then each failure."""
        return [Problem(self.what, fix=self.fix), *(p for target, error in self._failed for p in told(target, error))]
