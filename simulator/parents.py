"""Whether another process still runs, on every system, without touching it."""

import os
import sys


def alive(pid: int) -> bool:
    """True while the process exists."""
    if sys.platform == "win32":
        return _alive_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _alive_on_windows(pid: int) -> bool:
    """Windows' `os.kill` ends processes; a handle that waits for nothing tells."""
    import ctypes

    synchronize, still_running = 0x00100000, 0x00000102
    kernel: object = getattr(ctypes, "windll").kernel32  # noqa: B009 - the name exists on Windows only
    handle = kernel.OpenProcess(synchronize, False, pid)  # type: ignore[attr-defined]
    if not handle:
        return False
    try:
        return bool(kernel.WaitForSingleObject(handle, 0) == still_running)  # type: ignore[attr-defined]
    finally:
        kernel.CloseHandle(handle)  # type: ignore[attr-defined]
