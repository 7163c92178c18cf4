"""SeaHash, by which uv names the folders of its cache.

A portable checksum of 64 bits: four lanes, each mixed with eight bytes in turn. It is not meant
to resist attackers, and here only finds again what uv has put away.
"""

from __future__ import annotations

_MASK = (1 << 64) - 1
_PRIME = 0x6EED0E9DA4D94A4F
_SEEDS = (0x16F11FE89B0D677C, 0xB480A793D8E6C86C, 0x6FE2E5AAF078EBC9, 0x14F994A4C5259381)


def seahash(data: bytes) -> int:
    """Return the 64-bit hash of `data`."""
    lanes = list(_SEEDS)
    for block, offset in enumerate(range(0, len(data), 8)):
        word = int.from_bytes(data[offset : offset + 8], "little")
        lanes[block % 4] = _diffuse(lanes[block % 4] ^ word)
    return _diffuse(lanes[0] ^ lanes[1] ^ lanes[2] ^ lanes[3] ^ len(data))


def _diffuse(value: int) -> int:
    value = (value * _PRIME) & _MASK
    value ^= (value >> 32) >> (value >> 60)
    return (value * _PRIME) & _MASK
