"""Bytes changed at random, by a seed: what readers meet when a file is damaged or hostile."""

from __future__ import annotations

import random

_TELLING = (0, 1, 2, 3, 4, 8, 15, 16, 63, 64, 127, 128, 254, 255)
_NUMBERS = (b"\xff" * 4, bytes(4), b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"\xff" * 8)


def mutated(content: bytes, rng: random.Random) -> bytes:
    """Change a few places of `content`, early ones above all, or cut it."""
    found = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        if not found:
            break
        at = rng.randrange(min(len(found), 200) if rng.random() < 0.4 else len(found))
        kind = rng.randrange(7)
        if kind == 0:
            found[at] = rng.choice(_TELLING)
        elif kind == 1:
            found[at] ^= 1 << rng.randrange(8)
        elif kind == 2:
            del found[at : at + rng.randrange(1, 50)]
        elif kind == 3:
            found[at:at] = rng.randbytes(rng.randrange(1, 20))
        elif kind == 4:
            number = rng.choice(_NUMBERS)
            found[at : at + len(number)] = number
        elif kind == 5:
            del found[at:]
        else:
            other, length = rng.randrange(len(found)), rng.randrange(1, 60)
            found[at : at + length] = found[other : other + length]
    return bytes(found)
