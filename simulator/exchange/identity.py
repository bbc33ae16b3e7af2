"""Ids of Exchange that follow from those of the directory, both ways, so that nothing has to be remembered."""

import hashlib
import struct
import uuid
from functools import lru_cache

_FREE = ((1 << 128) - 1) ^ (0xF << 76) ^ (0x3 << 62)  # all bits but those of version and variant


@lru_cache(maxsize=64)
def _mask(tenant_id: str) -> int:
    return int.from_bytes(hashlib.sha256(f"exchange {tenant_id}".encode()).digest()[:16], "big") & _FREE


def turned(tenant_id: str, guid: str) -> str:
    """Exchange's Guid of a directory id; of such a Guid the directory id again. What is no uuid stays as it is."""
    try:
        number = uuid.UUID(guid).int
    except ValueError:
        return guid
    return str(uuid.UUID(int=number ^ _mask(tenant_id)))


def sid_of(directory_id: str) -> str:
    """The security identifier that the directory derives from an object's id."""
    try:
        parts = struct.unpack("<4I", uuid.UUID(directory_id).bytes_le)
    except ValueError:
        parts = struct.unpack("<4I", hashlib.sha256(directory_id.encode()).digest()[:16])
    return "S-1-12-1-" + "-".join(map(str, parts))


def is_guid(text: str) -> bool:
    """Whether a text is a uuid in its usual form."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
