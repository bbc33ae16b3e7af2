"""The cmdlets of the dialect, one line each."""

from simulator.dialect.cmdlets import data, disk, objects, streams
from simulator.dialect.cmdlets.base import Cmdlet

CORE: list[Cmdlet] = [
    objects.WHERE,
    objects.FOR_EACH,
    objects.SORT,
    objects.SELECT,
    objects.MEASURE,
    objects.NEW_OBJECT,
    streams.OUT_NULL,
    streams.WRITE_OUTPUT,
    streams.WRITE_VERBOSE,
    streams.WRITE_WARNING,
    streams.WRITE_INFORMATION,
    streams.WRITE_PROGRESS,
    streams.WRITE_ERROR,
    streams.SET_STRICT_MODE,
    streams.START_SLEEP,
    disk.JOIN_PATH,
    disk.TEST_PATH,
    disk.SET_CONTENT,
    disk.ADD_CONTENT,
    disk.GET_CONTENT,
    disk.NEW_ITEM,
    disk.REMOVE_ITEM,
    data.TO_JSON,
    data.FROM_JSON,
]


def core() -> dict[str, Cmdlet]:
    """The core cmdlets by lower-case name."""
    return {c.signature.name.lower(): c for c in CORE}
