"""The collection itself: part after part, what fails written down, and the manifest at the end."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import msgspec

from audit.collect.job import Job, Outcome
from audit.collect.parts import PARTS, Part
from audit.collect.reader import Reader
from audit.collect.store import Store
from audit.manifest import Gap, Manifest
from audit.times import shown
from tenantry import __version__
from tenantry.errors import GraphError, GuardRefused, PartlyDone
from tenantry.graph import Graph

_STEP = 500  # rows between two notes of progress


async def collect(graph: Graph, job: Job, parts: Sequence[Part] = PARTS) -> Outcome:
    """Reads the tenant into a snapshot.

    Raises:
        GuardRefused: The sign-in is to another tenant than the one asked for.
        UsageError: The place is taken.
        PartlyDone: Graph failed to answer for some files; what is finished stays, run it again.
    """
    claims = await graph.claims()
    signed_in = str(claims.get("tid") or "")
    if not job.tenant.id:  # the workspace knows it by its domain, and nothing was emitted yet
        job = replace(job, tenant=msgspec.structs.replace(job.tenant, id=signed_in))
    _guard(job, signed_in)
    reader, store = Reader(graph, job), Store(job.out, job.tenant.id, graph.clock.now())
    gaps: list[Gap] = []
    failed: list[GraphError] = []
    for part in parts:
        try:
            gap = await _one(reader, store, part)
        except GraphError as error:
            gap = _gap(part, error)
            if _passing(error):
                failed.append(error)
        if gap is not None:
            gaps.append(gap)
    if failed and not job.accept_gaps:
        what = f"Graph gave no answer for {len(failed)} of {len(parts)} files ({failed[0]})"
        raise PartlyDone(what, fix="Run the same command again; what is finished is kept.")
    gaps += _copy(reader, store)
    manifest = _manifest(reader, store, claims, gaps)
    return Outcome(path=job.out, manifest=manifest, sha256=store.seal(manifest))


async def _one(reader: Reader, store: Store, part: Part) -> Gap | None:
    """Reads one file, unless an earlier run did."""
    key = part.key(reader)
    if store.done(part.file, key):
        return None
    reader.source = []
    now = reader.graph.clock.now()
    note = await store.stream(part.file, _told(reader, part), now)
    if part.never_empty and not note.rows:
        why = "the answer was empty, and every tenant has at least one; so it is no evidence."
        return Gap(file=part.file, why=why, needs=part.needs)
    store.finish(part.file, msgspec.structs.replace(note, source=tuple(reader.source)), key)
    return None


async def _told(reader: Reader, part: Part) -> AsyncIterator[bytes]:
    """The lines, with the progress told now and then."""
    rows = 0
    reader.job.tell(part.file, rows)
    async for line in part.read(reader):
        yield line
        rows += 1
        if rows % _STEP == 0:
            reader.job.tell(part.file, rows)


def _guard(job: Job, signed_in: str) -> None:
    wanted = {job.tenant.id.casefold(), *(one.file.tenant.id.casefold() for one in job.integrations if one.file)}
    others = sorted(tenant for tenant in wanted if tenant != signed_in.casefold())
    if others:
        what = f"The sign-in is to tenant {signed_in}, but {job.tenant.name} is {others[0]}."
        raise GuardRefused(what, fix="Sign in to the right tenant; nothing was read.")


def _passing(error: GraphError) -> bool:
    """True for what may be better next time; a refusal is an answer."""
    return error.status in (0, 408, 429) or (error.status >= 500 and error.status != 501)


def _gap(part: Part, error: GraphError) -> Gap:
    return Gap(
        file=part.file,
        why=f"could not be read: HTTP {error.status or 'without answer'} {error.code}: {error.message}".rstrip(": "),
        status=error.status,
        code=error.code,
        needs=part.needs,
    )


def _copy(reader: Reader, store: Store) -> list[Gap]:
    """The integration files that say what is wanted, and Exchange's evidence, as they are."""
    now = reader.graph.clock.now()
    gaps = []
    for one in reader.job.integrations:
        if one.file is None:
            gaps.append(Gap(file=one.place, why="is not there: `provision apply` has not emitted it yet."))
        else:
            store.finish(one.place, store.put(one.place, one.raw, now), "copied")
    for name, raw in sorted(reader.job.exchange.items()):
        store.finish(f"exchange/{name}", store.put(f"exchange/{name}", raw, now), "copied")
    return gaps


def _manifest(reader: Reader, store: Store, claims: dict[str, object], gaps: list[Gap]) -> Manifest:
    roles, scopes = claims.get("roles"), claims.get("scp")
    held = [str(role) for role in roles] if isinstance(roles, list) else str(scopes or "").split()
    wids = claims.get("wids")
    missing = {gap.file for gap in gaps}
    kept = {f"exchange/{name}" for name in reader.job.exchange}
    kept |= {one.place for one in reader.job.integrations} | {part.file for part in PARTS}
    return Manifest(
        tool=f"tenantry {__version__}",
        tenant=reader.job.tenant,
        started=store.progress.started,
        collected=shown(reader.graph.clock.now()),
        operator={name: str(claims[name]) for name in ("appid", "oid", "idtyp") if claims.get(name)},
        permissions=tuple(sorted(held)),
        directory_roles=tuple(sorted(str(wid) for wid in wids)) if isinstance(wids, list) else (),
        calls=dict(sorted(reader.calls.items())),
        integrations=tuple(one.name for one in reader.job.integrations if one.file is not None),
        files={name: note for name, note in store.progress.files.items() if name in kept - missing},
        not_read=tuple(sorted(gaps, key=lambda gap: gap.file)),
    )
