"""Ids that look random and still tell which object they name, so that nothing has to be remembered.

A Feistel network permutes 122 bits, as many as a version 4 uuid leaves free. Half of the plain text is the kind of
object, half its index. An id that we never gave comes out with an unknown kind, for all practical purposes always.
"""

import re

_HALF = 61
_MASK = (1 << _HALF) - 1
_ROUNDS = 4
_LOW = (1 << 62) - 1
_SHAPE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def mix(*numbers: int) -> int:
    """64 well-mixed bits out of some integers (the finaliser of splitmix64): a cheap, stateless draw."""
    state = 0x9E3779B97F4A7C15
    for number in numbers:
        state = (state ^ (number & 0xFFFFFFFFFFFFFFFF)) + 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
        state = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
        state = (state ^ state >> 27) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
        state ^= state >> 31
    return state


class Ids:
    """The ids of one tenant: `make(kind, index)` gives a lower-case uuid, `read(id)` gives (kind, index) back."""

    def __init__(self, seed: int) -> None:
        self._keys = [mix(seed, 0x1D5, number) & _MASK for number in range(_ROUNDS)]

    def cipher(self, kind: int, index: int) -> int:
        """The 122 bits that stand for an object."""
        left, right = kind, index
        for key in self._keys:
            left, right = right, left ^ _turn(right, key)
        return left << _HALF | right

    def plain(self, bits: int) -> tuple[int, int]:
        """(kind, index) of 122 bits; meaningless for bits that `cipher` never gave."""
        left, right = bits >> _HALF, bits & _MASK
        for key in reversed(self._keys):
            left, right = right ^ _turn(left, key), left
        return left, right

    def make(self, kind: int, index: int) -> str:
        """The uuid of an object."""
        bits = self.cipher(kind, index)
        text = f"{bits >> 74:012x}4{bits >> 62 & 0xFFF:03x}{bits & _LOW | 1 << 63:016x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def read(self, text: str) -> tuple[int, int] | None:
        """(kind, index) of a uuid, or None where the text is no version 4 uuid."""
        text = text.lower()
        if not _SHAPE.fullmatch(text):
            return None
        number = int(text.replace("-", ""), 16)
        return self.plain(number >> 80 << 74 | (number >> 64 & 0xFFF) << 62 | number & _LOW)


def _turn(half: int, key: int) -> int:
    state = (half ^ key) * 0x1B03738712FAD5C9 & _MASK
    return (state ^ state >> 31) * 0x0FC94E3BF4E9AB32D & _MASK ^ state >> 27
