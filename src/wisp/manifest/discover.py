"""Which manifest a command means: the one named, the nearest one upward, or that of the shell."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import tomli

from wisp.errors import ManifestError, Place
from wisp.foreign import toml_data
from wisp.layout import (
    ENV_IN_SHELL,
    ENV_PROJECT_MANIFEST,
    ENV_WORKSPACE_MANIFEST,
    MANIFEST_NAMES,
)
from wisp.manifest.pixi_toml import SECTIONS
from wisp.printable import typed
from wisp.rights import ways_to_read
from wisp.trust import found_text, stranger_who_owns
from wisp.values import dataclass

_PYPROJECT = "pyproject.toml"
_TABLE = "tool.pixi"
#: How many folders are looked into for a workspace further down, and how many are named.
_MOST_LOOKED_AT = 200
_MOST_TOLD = 3
_LARGEST_LOOKED_INTO = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """The manifest of the workspace, and the nearest package below it if there is one.

    It is `above` where nobody named it and it is not that of the folder one stands in.
    """

    path: Path
    above: bool = False
    package: Path | None = None
    warnings: tuple[str, ...] = ()


def find(cwd: Path, environ: Mapping[str, str], manifest_path: Path | None = None) -> Path:
    """Return the manifest that is meant, see `discover`."""
    return discover(cwd, environ, manifest_path).path


def discover(cwd: Path, environ: Mapping[str, str], manifest_path: Path | None = None) -> Discovery:
    """Find the manifest of the workspace.

    `manifest_path` names a file or a folder with a manifest. Without it the folders from `cwd`
    upward are searched; manifests that only describe a package are passed by. Inside a shell of
    a workspace the manifest of that workspace is the last resort. Raises `ManifestError` if
    there is none, or if one on the way lacks every table that would make it a manifest.
    """
    if manifest_path is not None:
        return Discovery(path=_named(cwd, manifest_path))
    active, doubts = _active(environ) if ENV_IN_SHELL in environ else (None, ())
    package: Path | None = None
    for folder in (cwd, *cwd.parents):
        for name in MANIFEST_NAMES:
            found = _sections(folder / name)
            if found & {"workspace", "project"}:
                path = folder / name
                return Discovery(
                    path=path,
                    above=folder != cwd,
                    package=package,
                    warnings=(*doubts, *_other_active(path, active, environ)),
                )
            if "package" in found and package is None:
                package = folder / name
    if active:
        return Discovery(path=Path(active), package=package, warnings=doubts)
    raise _not_found(cwd, package)


def _named(cwd: Path, manifest_path: Path) -> Path:
    path = Path(os.path.normpath(cwd / manifest_path))
    if path.is_dir():
        for name in MANIFEST_NAMES:
            if (path / name).is_file() and (name != _PYPROJECT or _sections(path / name)):
                return path / name
        raise _not_found(path, None)
    if not path.is_file():
        raise ManifestError(
            f"the manifest path '{manifest_path}' does not exist", place=Place(str(path))
        )
    return path


def _sections(path: Path) -> set[str]:
    """Return which of the tables that make a manifest a file has; none if it is no manifest.

    This runs for each folder up to the root, so the usual spelling of headers is looked for at
    the starts of lines before the text is read as TOML.
    """
    try:
        text = found_text(path, errors="replace")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return set()
    except OSError as error:
        raise ManifestError(
            f"failed to read '{path}': {error.strerror}", hints=ways_to_read(path, error)
        ) from None
    dotted = f"{_TABLE}." if path.name == _PYPROJECT else ""
    if dotted and "pixi" not in text:
        return set()
    lines = text.splitlines()
    found = {
        name for name in SECTIONS if any(line.startswith(f"[{dotted}{name}") for line in lines)
    }
    return found or _sections_by_meaning(path, text, dotted)


def _sections_by_meaning(path: Path, text: str, dotted: str) -> set[str]:
    try:
        data = toml_data(text.removeprefix("\ufeff"))
    except tomli.TOMLDecodeError:
        # Whoever reads a manifest will say what is wrong with it; other files may be as they are.
        return set() if dotted and _TABLE not in text else {"workspace"}
    tool = data.get("tool") if dotted else {"pixi": data}
    tables = tool.get("pixi") if isinstance(tool, dict) else None
    if not isinstance(tables, dict):
        return set()
    found = set(SECTIONS) & set(tables)
    if not found:
        raise _no_section(path, dotted)
    return found


def _no_section(path: Path, dotted: str) -> ManifestError:
    wanted = "".join(f"\n* [{dotted}{name}]" for name in SECTIONS)
    return ManifestError(
        f"Missing table in manifest {path}:\nAny of the following sections is required:{wanted}",
        place=Place(str(path)),
        hints=(f"add a table `[{dotted}workspace]` that has `channels` and `platforms`",),
    )


def _active(environ: Mapping[str, str]) -> tuple[str | None, tuple[str, ...]]:
    """Return the manifest of the active workspace, and what is odd about the two names of it."""
    newer, older = environ.get(ENV_WORKSPACE_MANIFEST), environ.get(ENV_PROJECT_MANIFEST)
    if not newer or not older or newer == older:
        return newer or older, ()
    return newer, (
        f"Both `{ENV_WORKSPACE_MANIFEST}` and `{ENV_PROJECT_MANIFEST}` are set to different "
        f"values; using `{ENV_WORKSPACE_MANIFEST}`",
    )


def _other_active(path: Path, active: str | None, environ: Mapping[str, str]) -> tuple[str, ...]:
    if active is None or Path(active) == path:
        return ()
    told = environ.get(ENV_PROJECT_MANIFEST) == active
    named = ENV_PROJECT_MANIFEST if told else ENV_WORKSPACE_MANIFEST
    return (
        f"Using local manifest {path} rather than {active} from environment variable `{named}`",
    )


def is_lost(path: Path) -> bool:
    """Whether a path is a link to what is not there, as an annex leaves it (git-annex, DVC)."""
    return os.path.islink(path) and not os.path.exists(path)  # noqa: PTH110, PTH114 - never raise


def lost_manifest(link: Path) -> ManifestError:
    """Word that a manifest is such a link."""
    return ManifestError(
        f"`{link}` is a symbolic link to `{os.path.realpath(link)}`, which is not there",
        place=Place(str(link)),
        hints=("bring that file back (`git annex get` or `dvc pull` do), or remove the link",),
    )


def _workspaces_below(folder: Path) -> list[str]:
    """Name the folders right below that hold a workspace, of the first that are looked at.

    What a stranger has made there, or what a terminal would not show as it is, leads nobody down.
    """
    try:
        with os.scandir(folder) as entries:
            seen = [
                one.name
                for one in islice(entries, _MOST_LOOKED_AT)
                if one.name.isprintable() and one.is_dir(follow_symlinks=False)
            ]
    except OSError:
        return []
    return [name for name in sorted(seen) if _is_workspace(folder / name)]


def _is_workspace(folder: Path) -> bool:
    """Whether a folder seems to hold a workspace, and no stranger's; it is only a hint."""
    if stranger_who_owns(str(folder)) is not None:
        return False
    return any(_has_workspace(folder / name) for name in MANIFEST_NAMES)


def _has_workspace(path: Path) -> bool:
    """Look for the header as nearly all write it: to parse what lies around takes too long."""
    try:
        text = found_text(path, _LARGEST_LOOKED_INTO, errors="replace")
    except OSError:
        return False
    table = f"{_TABLE}." if path.name == _PYPROJECT else ""
    return any(f"[{table}{name}]" in text for name in ("workspace", "project"))


def _way_down(names: list[str]) -> str:
    """Word how to get to a workspace further down."""
    if len(names) == 1:
        way = f"./{names[0]}" if names[0].startswith("-") else names[0]
        return f"`{names[0]}` is a workspace: `cd {typed(way)}`"
    told = ", ".join(f"`{name}`" for name in names[:_MOST_TOLD])
    return f"{told} {'and others ' if len(names) > _MOST_TOLD else ''}are workspaces: go to one"


def _not_found(folder: Path, package: Path | None) -> ManifestError:
    lost = next((path for name in MANIFEST_NAMES if is_lost(path := folder / name)), None)
    if lost is not None:
        return lost_manifest(lost)
    hints = []
    if package is not None:
        hints.append(f"{package} describes a package, but no workspace contains it")
    bare = folder / _PYPROJECT
    if bare.is_file() and "[project]" in found_text(bare, errors="replace"):
        hints.append(
            "Run `pixi init --format pyproject` to turn this pyproject.toml into a workspace"
        )
    else:
        below = _workspaces_below(folder)
        hints += [_way_down(below)] if below else []
        hints.append("Run `pixi init` to make a workspace here")
    return ManifestError(
        f"could not find pixi.toml or pyproject.toml with tool.pixi at directory {folder}",
        hints=hints,
    )
