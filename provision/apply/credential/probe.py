"""Trying a new credential at the token endpoint until it is accepted and the token carries what was granted.

A new secret takes up to a minute to work (AADSTS7000215 meanwhile); grants reach tokens late.
"""

from typing import Any

from provision.apply.emitted import app_ref, credential_ref
from provision.apply.repeat import delays
from provision.apply.work import Work
from provision.emit import integration_file
from provision.model.actual import Stored
from tenantry import __version__, signin
from tenantry.errors import GraphError, PartlyDone, SignInError, UsageError
from tenantry.graph import Graph
from tenantry.integration import IntegrationFile
from tenantry.stores import StoredCredential

BUDGET = 600.0
PATIENCE = 60.0
"""Seconds for a credential that should have worked long since; the endpoint may be slow, or throttle."""
GOOD = 2
"""Consecutive good tokens that count as accepted: the endpoint's replicas learn one after another."""

_TRUST = ("AADSTS70021", "AADSTS700211", "AADSTS700212", "AADSTS700213")
"""What is said while a federated credential is not everywhere yet."""

_SOON = ("AADSTS7000215", "AADSTS700016", "AADSTS7000229", "AADSTS700027", "AADSTS500011", "AADSTS90033")
_NOT_YET = frozenset((*_SOON, "AADSTS7000218", *_TRUST))


async def probe(work: Work, stored: StoredCredential) -> None:
    """Returns once the credential works.

    Raises:
        PartlyDone: It was not accepted in ten minutes, or the token lacks a role.
        SignInError: The endpoint refuses for a reason that waiting does not cure.
    """
    deadline = work.clock.now().timestamp() + BUDGET
    waits, good = delays(), 0
    while good < GOOD:
        problem = await _try(work, provisional(work, stored), stored)
        good = 0 if problem else good + 1
        if not problem:
            continue
        if work.clock.now().timestamp() > deadline:
            raise PartlyDone(f"{work.desired.target}: the new {stored.kind} {problem}.", fix="Run apply again.")
        await work.clock.sleep(next(waits))


async def unproven(work: Work, stored: StoredCredential | None) -> str:
    """Why a stored credential cannot be relied upon now, in words; empty where the endpoint takes it twice."""
    file = work.actual.emitted if stored is None else provisional(work, stored)
    if file is None:
        return "is not there any more"
    deadline = work.clock.now().timestamp() + PATIENCE
    waits, good, problem = delays(), 0, ""
    while good < GOOD:
        try:
            problem = await _try(work, file, stored)
        except SignInError as error:
            return f"is refused ({error.code or error.what})"
        good = 0 if problem else good + 1
        if problem and work.clock.now().timestamp() > deadline:
            return problem
        if problem:
            await work.clock.sleep(next(waits))
    return ""


async def probe_federated(work: Work, stored: Stored) -> None:
    """Tries the issuer's token, where this machine has one; it mostly lies where the runner works."""
    target = work.desired.target
    try:
        problem = await unproven(work, StoredCredential("federated", stored.id, None))
    except UsageError:
        work.say(f"{target}: the issuer's token is not on this machine; `tenantry provision verify` proves it there.")
        return
    if problem:
        work.say(
            f"{target}: the issuer's token {problem}; compare its issuer, subject and audience with tenantry.toml."
        )


async def _try(work: Work, file: IntegrationFile, stored: StoredCredential | None) -> str:
    """What is not right yet, in words; empty where all is well."""
    try:
        claims = await token_claims(work, file, stored)
    except SignInError as error:
        if error.code in _NOT_YET or not error.code:
            return f"is not accepted yet ({error.code or error.what})"
        raise
    except GraphError as error:
        return f"could not be tried ({error.what})"
    wanted = {p.name for p in work.desired.permissions("application") if str(p) not in work.waived}
    lacking = wanted - set(claims.get("roles") or ())
    return f"gets tokens without {', '.join(sorted(lacking))}" if lacking else ""


async def token_claims(work: Work, file: IntegrationFile, stored: StoredCredential | None) -> dict[str, Any]:
    """The claims of a fresh token of the app itself."""
    credential = signin.application(file, work.root, stored)
    async with Graph(file.tenant.cloud, credential, work.clock, root=work.root) as graph:
        return await graph.claims()


def provisional(work: Work, stored: StoredCredential) -> IntegrationFile:
    """The integration file as it will be, for signing in before it is written."""
    held = Stored(kind=stored.kind, id=stored.id, expires=stored.expires)
    return integration_file(
        work.desired,
        work.actual,
        app=app_ref(work),
        credential=credential_ref(work, held),
        granted=(),
        tool=f"tenantry {__version__}",
        now=work.clock.now(),
    )
