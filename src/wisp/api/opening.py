"""Finding and reading what a workspace is made of: its manifest and its configuration."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from wisp.api.context import SessionContext
from wisp.api.named_channels import expect
from wisp.compat import wish_of
from wisp.config.model import ConfigRequest
from wisp.engine.journals import repair
from wisp.errors import ManifestError, Place
from wisp.layout import SCRIPT_LOCK_SUFFIX
from wisp.manifest.discover import Discovery, discover
from wisp.manifest.model import Manifest
from wisp.manifest.read import ScriptDefaults, load
from wisp.report import Reporter
from wisp.trust import LARGEST_LOCK, found_text
from wisp.values import dataclass
from wisp.workspace.channels import addresses_as_written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.manifest.model import Despite


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceSource:
    """Which workspace is meant: by `path`, registered `name`, `script`, or as seen from `cwd`.

    `overrides` are configuration keys, dotted, with their values. `despite` is a reason for which
    the manifest is not refused. The script may be a copy of what comes
    from elsewhere, whose relative paths begin at `cwd`.
    """

    cwd: Path
    environ: Mapping[str, str]
    overrides: Mapping[str, Any]
    path: Path | None = None
    name: str | None = None
    script: str | None = None
    no_config: bool = False
    config_file: Path | None = None
    despite: Despite = None
    is_copy: bool = False


def read_workspace(source: WorkspaceSource, reporter: Reporter) -> tuple[SessionContext, Manifest]:
    """Start a session and read the manifest; warnings met on the way are reported.

    Raises:
        ManifestError: There is no manifest, it is faulty, or a stranger's was found above us.
        ConfigError: A configuration file that must be read cannot be.

    """
    repair()
    found = _locate(source)
    session = SessionContext.of(
        ConfigRequest(
            environ=source.environ,
            workspace=found.path.parent,
            overrides=source.overrides,
            no_config=source.no_config,
            config_file=source.config_file,
        ),
        reporter,
    )
    if found.above:
        from wisp.api.owners import require_known_owner

        require_known_owner(session.config, found.path)
    defaults = _script_defaults(source, session, found.path)
    wish = wish_of(source.environ)
    manifest = load(found.path, script=defaults, despite=source.despite, wish=wish)
    session.buckets = manifest.workspace.s3_options
    expect(session, addresses_as_written(manifest))
    for warning in (*found.warnings, *session.config.warnings, *manifest.warnings):
        reporter.warn(warning)
    return session, manifest


def _locate(source: WorkspaceSource) -> Discovery:
    if source.script is not None:
        _require_file(source.script)
        return Discovery(path=_script_path(source.cwd / source.script))
    path = source.path
    if source.name is not None:
        from wisp.api.registry import registered

        path = registered(source.name, source.environ)
    return discover(source.cwd, source.environ, path)


def _require_file(word: str) -> None:
    if word == "-" or word.startswith(("http://", "https://")):
        raise ManifestError(
            f"`{word}` is no file",
            hints=("what is not saved in a file can only be run",),
        )


def _script_path(path: Path) -> Path:
    if not path.is_file():
        raise ManifestError(f"the script '{path}' does not exist", place=Place(str(path)))
    return path.resolve()


def _script_defaults(
    source: WorkspaceSource, session: SessionContext, path: Path
) -> ScriptDefaults | None:
    if source.script is None:
        return None
    from wisp.engine import host

    return ScriptDefaults(
        channels=session.config.default_channels,
        platforms=_locked_subdirs(path) or (host.subdir(source.environ),),
        root=source.cwd if source.is_copy else None,
        conda_scripts=session.config.conda_scripts,
    )


def _locked_subdirs(script: Path) -> tuple[str, ...]:
    """Return the platforms that the lock beside a script is for; none without a usable one."""
    path = script.with_name(script.name + SCRIPT_LOCK_SUFFIX)
    try:
        text = found_text(path, LARGEST_LOCK)
    except (OSError, UnicodeDecodeError):
        return ()
    from wisp.lock.failures import NewerLockFileError
    from wisp.lock.read import read

    try:
        return tuple(dict.fromkeys(row.subdir for row in read(text, str(path)).platforms))
    except NewerLockFileError:
        return ()


def own_program(environ: Mapping[str, str]) -> str:
    """The executable that environments know as theirs (`PIXI_EXE`) where wisp is a library."""
    beside = Path(sys.executable).with_name("wisp")
    if beside.is_file():
        return str(beside)
    from wisp.engine.process import found_program

    return found_program("wisp", environ) or sys.executable
