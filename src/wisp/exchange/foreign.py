"""What files of other tools ask for, and their texts however they are encoded."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from pathlib import Path

from wisp.errors import ManifestError
from wisp.foreign import place_of_no_text
from wisp.specs.conda import CondaRequirement
from wisp.specs.pypi import PypiRequirement
from wisp.trust import LARGEST, found_bytes
from wisp.values import dataclass, field

#: Longer ones (32 bits) first: the mark of UTF-16 is the beginning of one of them.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignEnvironment:
    """What a file of another tool asks for. `channels` is empty where it names none."""

    name: str | None = None
    channels: tuple[str, ...] = ()
    conda: tuple[CondaRequirement, ...] = ()
    pypi: tuple[PypiRequirement, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def read_text(file: Path, *, named: bool = True) -> str:
    """Read a file as UTF-8, or as the byte order mark in front says; PowerShell writes UTF-16.

    One that the user has `named` may be a pipe. Raises `ManifestError`, with its place, when it
    cannot be read or is no text.
    """
    try:
        data = _named(file) if named else found_bytes(file, LARGEST)
        encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
        return data.decode(encoding)
    except OSError as error:
        raise ManifestError(f"could not read `{file}`", causes=[error.strerror or ""]) from error
    except UnicodeDecodeError as error:
        raise ManifestError(
            f"could not read `{file}`",
            causes=[f"it is not {error.encoding} text: byte {error.start} is none"],
            place=place_of_no_text(error, file),
        ) from error
    except ValueError as error:  # a path with a zero byte
        raise ManifestError(f"{str(file)!r} is no path", causes=[str(error)]) from None


def _named(file: Path) -> bytes:
    with file.open("rb") as opened:
        data = opened.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise ManifestError(f"`{file}` is larger than {LARGEST >> 20} MB")
    return data
