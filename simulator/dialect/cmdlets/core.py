"""The core cmdlets, one line each."""

from simulator.dialect.cmdlets import csvtext, data, disk, items, measure, objects, order, streams
from simulator.dialect.cmdlets.base import Cmdlet

CORE: list[Cmdlet] = [
    items.WHERE,
    items.FOR_EACH,
    items.SELECT,
    items.UNIQUE,
    items.TEE,
    order.SORT,
    order.GROUP,
    measure.MEASURE,
    order.COMPARE,
    objects.NEW_OBJECT,
    objects.ADD_MEMBER,
    objects.GET_MEMBER,
    objects.SET_VARIABLE,
    objects.NEW_VARIABLE,
    objects.GET_VARIABLE,
    objects.REMOVE_VARIABLE,
    streams.OUT_NULL,
    streams.WRITE_OUTPUT,
    streams.WRITE_VERBOSE,
    streams.WRITE_WARNING,
    streams.WRITE_INFORMATION,
    streams.WRITE_DEBUG,
    streams.WRITE_PROGRESS,
    streams.WRITE_ERROR,
    streams.SET_STRICT_MODE,
    streams.START_SLEEP,
    streams.INVOKE_COMMAND,
    streams.GET_COMMAND,
    disk.JOIN_PATH,
    disk.SPLIT_PATH,
    disk.TEST_PATH,
    disk.SET_CONTENT,
    disk.ADD_CONTENT,
    disk.GET_CONTENT,
    disk.OUT_FILE,
    disk.NEW_ITEM,
    disk.REMOVE_ITEM,
    disk.GET_ITEM,
    disk.CHILDREN,
    disk.COPY_ITEM,
    disk.MOVE_ITEM,
    disk.RENAME_ITEM,
    data.TO_JSON,
    data.FROM_JSON,
    csvtext.TO_CSV,
    csvtext.FROM_CSV,
    csvtext.EXPORT_CSV,
    csvtext.IMPORT_CSV,
]


def core() -> dict[str, Cmdlet]:
    """The core cmdlets by lower-case name."""
    return {c.signature.name.lower(): c for c in CORE}
