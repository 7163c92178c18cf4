"""A prefix that can lie anywhere: where its files name its place, and the script that tells them.

It is made for a place that is as long as such a place may be. Each text that names it, and each
spot in a binary file, is written down; a POSIX script beside the environment replaces them by where
it was unpacked. In binary files the shorter path is followed by zeros, as conda itself does it, so
that nothing else moves.
"""

from __future__ import annotations

import mmap
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping

from wisp.engine.files import refusal
from wisp.image.entries import LayerEntry
from wisp.layout import PREFIX_NOTE
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

#: The place that environments are made for, and the length of the longest place in the end.
LONGEST = 240
PLACE = ("/" + "wisp_stands_here_" * LONGEST)[:LONGEST]
SCRIPT = "bin/conda-unpack"
ACTIVATE = "bin/activate"
#: Tells which place the texts name at present.
NOTE = PREFIX_NOTE
_NAME = PLACE.encode()
_LARGEST_SCRIPT = 1 << 16
_STARTS_PYTHON = rb"\A#!/bin/sh\n'''exec' (['\"])" + re.escape(_NAME) + rb"/bin/([\w.+-]+)\1"
_STARTS_PYTHON_BESIDE = rb"""#!/bin/sh\n'''exec' "$(dirname -- "$(realpath -- "$0")")"/'\2'"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Where a file names the place.

    In a text file it is replaced wherever it stands: `spots` is None. In a binary file each spot
    has an offset in bytes and what follows each of the names there, up to the zero.
    """

    path: str
    spots: tuple[tuple[int, tuple[bytes, ...]], ...] | None = None


def with_python_beside(entry: LayerEntry) -> LayerEntry:
    """Make a program of a Python package find the Python in its own folder, wherever that lies.

    Where a path is too long for the first line of a script both installers let a shell start it,
    with quotes of one kind or the other. Raises `HostError` if the file cannot be read.
    """
    is_script = entry.kind == "file" and entry.path.startswith("bin/")
    if not is_script or entry.source is None or entry.size > _LARGEST_SCRIPT:
        return entry
    try:
        content = entry.source.read_bytes()
    except OSError as error:
        raise refusal("read", entry.source, error) from error
    found = re.sub(_STARTS_PYTHON, _STARTS_PYTHON_BESIDE, content, count=1)
    return replace(entry, source=None, content=found, size=len(found))


def mentions(entries: Iterable[LayerEntry]) -> Iterator[Mention]:
    """Find the files that name the place. Raises `HostError` if one cannot be read."""
    for entry in entries:
        if entry.kind != "file" or not entry.size:
            continue
        if entry.content is not None:
            found = _mention(entry.path, entry.content)
        else:
            assert entry.source is not None, "a file has bytes from somewhere"
            try:
                with entry.source.open("rb") as file:
                    found = _mapped(entry.path, file)
            except OSError as error:
                raise refusal("read", entry.source, error) from error
        if found is not None:
            yield found


def _mapped(path: str, file: IO[bytes]) -> Mention | None:
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return _mention(path, content)


def _mention(path: str, content: bytes | mmap.mmap) -> Mention | None:
    at = content.find(_NAME)
    if at < 0:
        return None
    if content.find(b"\0") < 0:
        return Mention(path=path)
    spots: list[tuple[int, tuple[bytes, ...]]] = []
    while at >= 0:
        end = content.find(b"\0", at)
        end = len(content) if end < 0 else end
        pieces = bytes(content[at:end]).split(_NAME)
        spots.append((at, tuple(pieces[1:])))
        at = content.find(_NAME, end)
    return Mention(path=path, spots=tuple(spots))


def unpack_script(found: Iterable[Mention]) -> str:
    """Write the script that tells all files where they lie. It can be run again after a move."""
    lines: list[str] = []
    for one in found:
        path = shlex.quote(one.path)
        if one.spots is None:
            lines.append(f"text {path}")
        else:
            lines += [
                f"binary {path} {at} " + " ".join(f"'{_escaped(piece)}'" for piece in pieces)
                for at, pieces in one.spots
            ]
    return _SCRIPT.replace("@LONGEST@", str(LONGEST)).replace("@FILES@", "\n".join(lines))


def _escaped(piece: bytes) -> str:
    """Spell bytes for `printf %b`."""
    plain = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-:+, "
    return "".join(chr(one) if one in plain else f"\\0{one:03o}" for one in piece)


def activate_script(static: Mapping[str, str]) -> str:
    """Write the script to source; `static` are the variables that packages set."""
    lines = [f"export {name}={_moved(value)}" for name, value in static.items()]
    return _ACTIVATE.replace("@STATIC@\n", "".join(f"{line}\n" for line in lines))


def _moved(value: str) -> str:
    """Quote a value in which the place is the variable that the script has just set."""
    return '"$CONDA_PREFIX"'.join(shlex.quote(part) if part else "" for part in value.split(PLACE))


_SCRIPT = r"""#!/bin/sh
# Tells the files of this environment where it lies. Needs a POSIX shell and its usual programs.
#   conda-unpack          after unpacking, and after each move
#   conda-unpack PATH     before it is moved to PATH
set -eu
LC_ALL=C
export LC_ALL
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
prefix=${1:-$here}
case $prefix in
  /*) ;;
  *) echo "conda-unpack: '$prefix' is not absolute" >&2; exit 2 ;;
esac
case $prefix in
  *'
'*) echo "conda-unpack: the path has a line break" >&2; exit 2 ;;
esac
slack=$((@LONGEST@ - ${#prefix}))
if [ "$slack" -lt 0 ]; then
  echo "conda-unpack: the path is longer than @LONGEST@ bytes" >&2
  exit 1
fi
cd -- "$here"
note=conda-meta/unpacked_at
old=$(cat "$note")
[ "$old" != "$prefix" ] || exit 0
from=$(printf '%s' "$old" | sed 's/[][\.*^$#]/\\&/g')
to=$(printf '%s' "$prefix" | sed 's/[\&#]/\\&/g')

text() {
  cp -p "$1" "$1.moving"
  sed "s#$from#$to#g" "$1" > "$1.moving"
  mv -f "$1.moving" "$1"
}

binary() {
  file=$1 at=$2
  shift 2
  {
    for piece do
      printf '%s%b' "$prefix" "$piece"
    done
    dd if=/dev/zero bs=1 count=$(($# * slack)) 2>/dev/null
  } | dd of="$file" bs=1 seek="$at" conv=notrunc 2>/dev/null
}

@FILES@
printf '%s' "$prefix" > "$note"
"""

_ACTIVATE = r"""# Source this file: it activates the environment that it lies in.
# In shells other than bash and zsh set CONDA_PREFIX to the environment before.
if [ -n "${BASH_VERSION:-}" ]; then
  eval 'CONDA_PREFIX=${BASH_SOURCE[0]}'
  CONDA_PREFIX=$(CDPATH='' cd -- "$(dirname -- "$CONDA_PREFIX")/.." && pwd)
elif [ -n "${ZSH_VERSION:-}" ]; then
  eval 'CONDA_PREFIX=${(%):-%x}'
  CONDA_PREFIX=$(CDPATH='' cd -- "$(dirname -- "$CONDA_PREFIX")/.." && pwd)
fi
export CONDA_PREFIX="${CONDA_PREFIX:?set it to the path of the environment}"
export PATH="$CONDA_PREFIX/bin:$PATH"
@STATIC@
for _wisp_script in "$CONDA_PREFIX"/etc/conda/activate.d/*.sh; do
  if [ -f "$_wisp_script" ]; then . "$_wisp_script"; fi
done
unset _wisp_script
"""
