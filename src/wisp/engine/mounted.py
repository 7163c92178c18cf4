"""A program run where a folder of ours lies at another path, with nothing else of the user's there.

The kernel gives the process a root of its own: the folder at its place, the system's programs and
libraries, an empty `/tmp`. No home folder is seen, and nothing that is written elsewhere stays.

Sources: unshare(1), mount(8), user_namespaces(7).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from wisp.engine.process import ProcessResult, capture

_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
#: What of this machine is seen, as far as it is there.
_SEEN = "bin dev etc gnu lib lib32 lib64 libx32 nix proc sbin sys usr"
#: Root gets the files of the system read-only; others could not write them anyway.
_SCRIPT = f"""\
set -eu
root=$1 folder=$2 place=$3
shift 3
mount -t tmpfs none "$root"
for name in {_SEEN}; do
  if [ -L "/$name" ]; then
    cp -P "/$name" "$root/$name"
  elif [ -d "/$name" ]; then
    mkdir "$root/$name"
    mount --rbind "/$name" "$root/$name"
    case $name in
    dev | proc | sys) ;;
    *) mount -o remount,bind,ro "$root/$name" 2>/dev/null || [ "$unprivileged" ] ;;
    esac
  fi
done
mkdir -p "$root/tmp" "$root$place"
mount --bind "$folder" "$root$place"
unset unprivileged
exec chroot "$root" "$@"
"""


def can_mount(place: str) -> bool:
    """Tell whether a folder can be seen at a path: not below what is the system's own."""
    return sys.platform == "linux" and place.split("/")[1] not in _SEEN.split()


def run_mounted(
    argv: Sequence[str], folder: Path, place: str, *, root: Path, environ: Mapping[str, str]
) -> ProcessResult:
    """Run a program for which `folder` lies at `place`; `root` is an empty folder to work in.

    It starts in `/`, with these variables only. What `unshare` says if the kernel does not allow
    this is in the result, with an exit code other than 0.

    Raises:
        HostError: There is no `unshare` here.

    """
    is_root = os.geteuid() == 0
    outer = ["unshare", "--mount", *(() if is_root else ("--user", "--map-root-user"))]
    inner = ["/usr/bin/env", "-i", *(f"{name}={text}" for name, text in environ.items()), *argv]
    return capture(
        [*outer, "sh", "-c", _SCRIPT, "sh", str(root), str(folder), place, *inner],
        environ={"PATH": _PATH, "unprivileged": "" if is_root else "yes"},
        cwd=Path("/"),
    )
