"""What the fast lane remembers of a workspace, and when it may be trusted.

A snapshot is one `marshal` file in the user's cache (never in the workspace, which may come from
anywhere), for one workspace, interpreter and version of wisp. It is written after a command that
read everything, and holds plain tuples and dicts: the tasks of each environment, what activating
needs, and the state of every file and variable this knowledge came from (of variables a digest,
since they may be secrets). Deleting it changes no result, only the time that the next command
takes. It decides what runs: one that others could have written is not read.

A file counts as unchanged when size, times and inode agree; otherwise, and when it was written so
shortly before the snapshot that the file system's clock could not tell, its content decides.
"""

from __future__ import annotations

import marshal
import os
import stat
import sys

from wisp import trust
from wisp.layout import SNAPSHOTS_DIR, VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    Stamp = tuple[int, int, int, int, str] | None

#: Variables that a command may depend on start with these ...
PREFIXES = ("PIXI_", "CONDA_OVERRIDE_", "RATTLER_", "WISP_")
#: ... or are these, which lead to configuration files;
NAMES = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "USERPROFILE", "APPDATA")
#: those that an active environment sets are looked at one by one where they matter.
OF_ACTIVATION = (
    *(
        f"PIXI_{whose}_{what}"
        for whose in ("PROJECT", "WORKSPACE")
        for what in ("ROOT", "NAME", "MANIFEST", "VERSION")
    ),
    "PIXI_IN_SHELL",
    "PIXI_EXE",
    "PIXI_ENVIRONMENT_NAME",
    "PIXI_ENVIRONMENT_PLATFORMS",
    "PIXI_PROMPT",
)

_FORMAT = 8
#: So many bytes before the data tell whether they are as they were written.
_SEAL = 16
#: What the name of the file ends in that has answers of looks.
_LOOKS = "-looks"
_SECOND = 1_000_000_000
#: Within this time two writes may carry one time stamp (a tick of the kernel's coarse clock, many
#: times over); file systems that count whole seconds need more.
_GRAIN = _SECOND // 20
_COARSE_GRAIN = 2 * _SECOND
#: What is larger (bytes) is no manifest or lock of use, and not read to its end.
_READABLE = 64 << 20

#: Files that tell whether this machine has a graphics driver, a virtual package that may change.
_DRIVER_FILES = (
    "/proc/driver/nvidia/version",
    "/usr/lib/x86_64-linux-gnu/libcuda.so.1",
    "/usr/lib/aarch64-linux-gnu/libcuda.so.1",
    "/usr/lib64/libcuda.so.1",
    "/usr/lib/wsl/lib/libcuda.so.1",
)


class Snapshot:
    """What is known of a workspace.

    `base` is the state of all that the manifest's meaning depends on (files, variables, host).
    `tables` has a row per environment: name, platform, runnable, elsewhere, unlisted, and tasks as
    tuples.
    `ready` has, by environment whose installation was checked, what activation needs and the
    state of its files. `listings` are texts of `task list` by their options. `answers` has, by
    command line, what was said when nothing was left to do, and the state of the files that this
    depends on besides. `workspace` are facts by name (`root`, `manifest`, `system`, `env_files`,
    `features` …).
    """

    __slots__ = ("answers", "base", "listings", "ready", "tables", "workspace")

    def __init__(
        self,
        base: dict[str, Any],
        tables: list[tuple[Any, ...]],
        workspace: dict[str, Any],
        ready: dict[str, dict[str, Any]] | None = None,
        listings: dict[str, str] | None = None,
        answers: dict[str, dict[str, Any]] | None = None,
    ) -> None:
        self.base = base
        self.tables = tables
        self.workspace = workspace
        self.ready = ready or {}
        self.listings = listings or {}
        self.answers = answers or {}


def path_of(root: str, environ: Mapping[str, str]) -> str | None:
    """Return where the snapshot of a workspace lies; None where the user has no cache."""
    cache = environ.get("PIXI_CACHE_DIR") or environ.get("RATTLER_CACHE_DIR")
    if not cache:
        cache = environ.get("XDG_CACHE_HOME") or environ.get("LOCALAPPDATA")
    if not cache and environ.get("HOME"):
        cache = os.path.join(environ["HOME"], ".cache")
    if not cache:
        return None
    tag = sys.implementation.cache_tag or "python"
    name = f"{os.path.basename(root)[:40]}-{digest_of(os.fsencode(root))[:8]}-{tag}-{VERSION}"
    return os.path.join(cache, SNAPSHOTS_DIR, name)


def read(root: str, environ: Mapping[str, str]) -> Snapshot | None:
    """Read the snapshot of a workspace; None if there is none that this program can use."""
    path = path_of(root, environ)
    if path is None:
        return None
    data = load(path)
    if not isinstance(data, tuple) or data[:2] != (_key(), root) or len(data) != 8:
        return None
    return Snapshot(*data[2:])


def read_looks(root: str, environ: Mapping[str, str]) -> dict[str, Any] | None:
    """Read what commands printed that only look; None if nothing is known.

    The entries are `base` and `manifest` as in a snapshot, and `answers` by command line. They
    have a file of their own, since to make a snapshot costs more than most looks.
    """
    data = load(f"{path_of(root, environ)}{_LOOKS}")
    if not isinstance(data, tuple) or data[:2] != (_key(), root) or len(data) != 3:
        return None
    looks: dict[str, Any] = data[2]
    return looks


def write_looks(root: str, looks: dict[str, Any], environ: Mapping[str, str]) -> None:
    """Store what commands printed that only look."""
    path = path_of(root, environ)
    if path is not None:
        store(path + _LOOKS, (_key(), root, looks))


def load(path: str) -> Any:
    """Return the data of a file of ours; None for what is no data of ours."""
    try:
        if not trust.is_ours(os.lstat(os.path.dirname(path))):
            return None
        content = trust.own_content(path)
        if content is None or _seal(content[_SEAL:]) != content[:_SEAL]:
            return None  # damaged: what `marshal` makes of that, nobody says
        return marshal.loads(memoryview(content)[_SEAL:])
    except Exception:
        return None


def write(root: str, snapshot: Snapshot, environ: Mapping[str, str]) -> None:
    """Store a snapshot so that no reader sees half of it; without rights nothing is stored."""
    path = path_of(root, environ)
    if path is None:
        return
    rest = (snapshot.workspace, snapshot.ready, snapshot.listings, snapshot.answers)
    store(path, (_key(), root, snapshot.base, snapshot.tables, *rest))


def store(path: str, data: Any) -> None:
    """Replace a file by data for us alone; where that cannot be, nothing changes."""
    try:
        content = marshal.dumps(data)
        content = _seal(content) + content
        if _has_own_folder(path):
            trust.write_own(path, content)
    except (OSError, ValueError):
        return


def _seal(content: bytes) -> bytes:
    return bytes.fromhex(digest_of(content))


def _has_own_folder(path: str) -> bool:
    """Make the folder of snapshots ours alone; whether it is."""
    folder = os.path.dirname(path)
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    if not os.path.lexists(folder):
        os.mkdir(folder, 0o700)
    found = os.lstat(folder)
    if stat.S_ISLNK(found.st_mode):
        return False
    if os.name == "posix" and found.st_uid == os.geteuid() and not trust.is_ours(found):
        os.chmod(folder, 0o700)
        found = os.lstat(folder)
    return trust.is_ours(found)


def _key() -> str:
    return f"{_FORMAT} {sys.version} {VERSION}"


# State of files


def observe(paths: Iterable[str], now: int) -> dict[str, Stamp]:
    """Take the state of files and folders, absent ones too; `now` is the clock in nanoseconds."""
    return {path: _stamp(path, now) for path in paths}


def _stamp(path: str, now: int) -> Stamp:
    try:
        found = os.stat(path)
    except OSError:
        return None
    whole = found.st_mtime_ns % _SECOND == 0 and found.st_ctime_ns % _SECOND == 0
    settled = now - (_COARSE_GRAIN if whole else _GRAIN)
    recent = max(found.st_mtime_ns, found.st_ctime_ns) >= settled
    times = (-1, -1) if recent else (found.st_mtime_ns, found.st_ctime_ns)
    return (found.st_size, *times, found.st_ino, _digest(path))


def unchanged(states: Mapping[str, Stamp]) -> bool:
    """Whether all files are as they were."""
    return all(_same(path, stamp) for path, stamp in states.items())


def _same(path: str, stamp: Stamp) -> bool:
    try:
        found = os.stat(path)
    except OSError:
        return stamp is None
    if stamp is None:
        return False
    now = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
    return now == stamp[:4] or (stamp[4] != "" and _digest(path) == stamp[4])


def settled(states: Mapping[str, Stamp], now: int) -> dict[str, Stamp] | None:
    """Return states that no digest is needed for any more, once the clock has moved on.

    None if there is nothing to gain, or not yet, or if a file has changed meanwhile.
    """
    if not any(_is_recent(stamp) for stamp in states.values()):
        return None
    fresh = observe(states, now)
    for path, stamp in states.items():
        newer = fresh[path]
        if _is_recent(newer) or (newer and newer[4]) != (stamp and stamp[4]):
            return None
    return fresh


def settle(snapshot: Snapshot, environ: Mapping[str, str], now: int) -> None:
    """Make the next call quicker where files were too new to be known by their times."""
    changed = False
    for holder in (snapshot.base, *snapshot.ready.values(), *snapshot.answers.values()):
        fresh = settled(holder["files"], now)
        if fresh is not None:
            holder["files"] = fresh
            changed = True
    if changed:
        write(snapshot.workspace["root"], snapshot, environ)


def settle_looks(root: str, looks: dict[str, Any], environ: Mapping[str, str], now: int) -> None:
    """Do the same for what was printed."""
    changed = False
    for holder in (looks["base"], *looks["answers"].values()):
        fresh = settled(holder["files"], now)
        if fresh is not None:
            holder["files"] = fresh
            changed = True
    if changed:
        write_looks(root, looks, environ)


def _is_recent(stamp: Stamp) -> bool:
    return stamp is not None and stamp[1] == -1


def _digest(path: str) -> str:
    """Return a digest of a file, or of the names in a folder; empty for what cannot be read."""
    try:
        if os.path.isdir(path):
            return digest_of(os.fsencode("\0".join(sorted(os.listdir(path)))))
        with open(path, "rb", opener=trust.without_waiting) as file:
            if not trust.is_readable(os.fstat(file.fileno()), _READABLE):
                return ""
            return digest_of(file.read())
    except OSError:
        return ""


# State of the host


def relevant(environ: Mapping[str, str]) -> str:
    """Return a digest of the variables that a command may depend on."""
    names = sorted(name for name in environ if name.startswith(PREFIXES) or name in NAMES)
    parts = [f"{name}={environ[name]}\0" for name in names if name not in OF_ACTIVATION]
    return digest_of(os.fsencode("".join(parts)))


def digest_of(data: bytes) -> str:
    """Return what is kept of data that is only compared, and may hold a secret."""
    # `hashlib` takes 3 ms, and `crc32` more than this, since it comes with all of zlib.
    from _blake2 import blake2b

    return str(blake2b(data, digest_size=16).hexdigest())


def host() -> tuple[Any, ...]:
    """Return what the virtual packages of this machine depend on."""
    libc = ""
    if "CS_GNU_LIBC_VERSION" in getattr(os, "confstr_names", ()):
        libc = os.confstr("CS_GNU_LIBC_VERSION") or ""
    uname = os.uname() if hasattr(os, "uname") else ()
    system = (uname[0], uname[2], uname[4]) if uname else (sys.platform,)
    return (*system, libc, tuple(map(os.path.exists, _DRIVER_FILES)))


def looked_on(environ: Mapping[str, str], lock: str) -> tuple[Any, ...]:
    """Return what only answers depend on that tell of the machine and of times."""
    try:
        written = os.stat(lock).st_mtime_ns
    except OSError:
        written = 0
    node = os.uname()[1] if hasattr(os, "uname") else ""
    return (digest_of(os.fsencode(repr(environ.get("TZ")))), node, written)


def shade(environ: Mapping[str, str]) -> str:
    """Return a word for whether standard output gets colours, where no option says so."""
    return "coloured" if has_color(environ, 1) else "plain"


def has_color(environ: Mapping[str, str], stream: int) -> bool:
    """Whether what is written to a descriptor gets colours, where no option says so."""
    if "FORCE_COLOR" in environ or "NO_COLOR" in environ:
        return "FORCE_COLOR" in environ
    asked = environ.get("PIXI_COLOR", "auto")
    return asked == "always" or (asked == "auto" and os.isatty(stream))
