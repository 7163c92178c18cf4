"""Decode MessagePack, as far as uv's cache entries use it.

uv serializes with serde: structures become arrays, absent values nil, and there are no extension
types. Anything else is refused rather than guessed.

Source: the MessagePack specification.
"""

from __future__ import annotations

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class MsgpackError(ValueError):
    """The bytes are cut off or hold a type that is not supported."""


_SCALARS = {0xC0: None, 0xC2: False, 0xC3: True}
_NUMBERS = {
    0xCA: ">f",
    0xCB: ">d",
    0xCC: ">B",
    0xCD: ">H",
    0xCE: ">I",
    0xCF: ">Q",
    0xD0: ">b",
    0xD1: ">h",
    0xD2: ">i",
    0xD3: ">q",
}
_LENGTHS = {
    0xD9: ("str", ">B"),
    0xDA: ("str", ">H"),
    0xDB: ("str", ">I"),
    0xC4: ("bin", ">B"),
    0xC5: ("bin", ">H"),
    0xC6: ("bin", ">I"),
    0xDC: ("array", ">H"),
    0xDD: ("array", ">I"),
    0xDE: ("map", ">H"),
    0xDF: ("map", ">I"),
}


def decode(data: bytes) -> Any:
    """Return the first value in `data`; what follows it is ignored.

    Raises `MsgpackError` when the bytes end early or hold an unknown type.
    """
    return _Decoder(data).value()


class _Decoder:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def value(self) -> Any:
        tag = self._take(1)[0]
        if tag < 0x80:
            return tag
        if tag >= 0xE0:
            return tag - 0x100
        if tag in _SCALARS:
            return _SCALARS[tag]
        if tag in _NUMBERS:
            return self._number(_NUMBERS[tag])
        return self._sized(*self._kind_and_length(tag))

    def _kind_and_length(self, tag: int) -> tuple[str, int]:
        if tag < 0x90:
            return "map", tag & 0x0F
        if tag < 0xA0:
            return "array", tag & 0x0F
        if tag < 0xC0:
            return "str", tag & 0x1F
        if tag not in _LENGTHS:
            raise MsgpackError(f"unsupported type {tag:#04x}")
        kind, code = _LENGTHS[tag]
        return kind, self._number(code)

    def _sized(self, kind: str, length: int) -> Any:
        if kind == "str":
            return self._take(length).decode("utf-8")
        if kind == "bin":
            return self._take(length)
        if kind == "array":
            return [self.value() for _ in range(length)]
        return {self.value(): self.value() for _ in range(length)}

    def _number(self, code: str) -> Any:
        return struct.unpack(code, self._take(struct.calcsize(code)))[0]

    def _take(self, length: int) -> bytes:
        chunk = self._data[self._at : self._at + length]
        if len(chunk) < length:
            raise MsgpackError("the data ends early")
        self._at += length
        return chunk
