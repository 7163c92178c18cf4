"""An environment made of specs, at a prefix, without any workspace; reused as long as it fits.

    wanted = SpecRequest(specs=("python 3.12.*", "ruff"), channels=("conda-forge",))
    made = environment_from_specs(Session.open(), wanted, Path("tools/ruff"))

What was solved stays in the prefix, as the text of a lock file. The next call judges it as the
lock of a workspace is judged: where the specs ask for the same, or for something that it fulfils,
nothing is solved and, if nothing was touched, nothing is installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wisp import layout
from wisp.api.machine_platform import completed, solved_platform
from wisp.api.named_channels import channels_named
from wisp.api.prefixes import install_at
from wisp.api.spec_locks import read_lock, reasons_against_inputs, solved_lock, write_lock
from wisp.errors import LockFileError
from wisp.install.apply import InstallOptions
from wisp.install.state import lock_hash, needs_full_check, quick_check
from wisp.lock.model import LOCK_VERSION, LockFile
from wisp.lock.select import locked_environment
from wisp.manifest.words import conda_word, pypi_word
from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.pypi import PypiOptions
from wisp.specs.records import Record
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.context import SessionContext

#: Keeps what was solved, below the prefix; no package owns a file of that name.
LOCK = "wisp.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecRequest:
    """What an environment shall hold: conda match specs and PEP 508 requirements, as typed.

    `channels` are names or URLs, the configured ones unless given; `platform` is a subdir, this
    machine's unless given, which has the virtual packages of this machine then. `cwd` is the folder
    that relative channels and paths start from, the prefix unless given; `name` is what messages
    call the environment.
    """

    specs: str | Sequence[str] = ()
    pypi: str | Sequence[str] = ()
    channels: str | Sequence[str] = ()
    platform: str | None = None
    cwd: Path | None = None
    name: str = layout.DEFAULT_ENVIRONMENT
    pypi_options: PypiOptions = PypiOptions()


@dataclass(frozen=True, slots=True)
class SpecEnvironment:
    """An environment that is ready: its prefix and its packages, conda's first.

    `reused` tells that what was there already fitted, so that nothing was solved.
    """

    prefix: Path
    records: tuple[Record, ...]
    reused: bool

    def __repr__(self) -> str:
        state = "reused" if self.reused else "solved"
        return f"<{type(self).__name__} {self.prefix}: {len(self.records)} packages, {state}>"


def environment_from_specs(
    session: SessionContext, request: SpecRequest, prefix: Path, *, anew: bool = False
) -> SpecEnvironment:
    """Make an environment of specs, or use the one at the prefix if it fits.

    `anew` forgets what was solved before. Raises what `environment_from_inputs` and `inputs_of`
    raise.
    """
    inputs = completed(session, inputs_of(session, request, prefix))
    return environment_from_inputs(session, inputs, prefix, anew=anew)


def inputs_of(session: SessionContext, request: SpecRequest, prefix: Path) -> EnvironmentInputs:
    """Return what a request asks of solving.

    Raises `ManifestError` for a word that is no spec, `UsageError` for what is no platform.
    """
    cwd = request.cwd or prefix
    names = request.channels or session.config.default_channels
    return EnvironmentInputs(
        environment=request.name,
        platform=solved_platform(session, request.platform),
        root=cwd,
        channels=channels_named(session, names, cwd),
        dependencies=tuple(map(conda_word, request.specs)),
        pypi_dependencies=tuple(pypi_word(text, cwd) for text in request.pypi),
        pypi_options=request.pypi_options,
    )


def environment_from_inputs(
    session: SessionContext,
    inputs: EnvironmentInputs,
    prefix: Path,
    *,
    manifest_path: Path | None = None,
    anew: bool = False,
) -> SpecEnvironment:
    """Bring a prefix to what inputs ask for, reusing what was solved for it if that fits.

    `manifest_path` is whom the prefix says it belongs to, itself unless given. Whoever kills this
    leaves a prefix that is either as before, or known to be unfinished and finished by the next
    call; several processes may call it at once.

    Raises:
        SolveError: Nothing satisfies the inputs.
        FetchError, InstallError, HostError: See `wisp.install.apply.install_environment`.

    """
    owner = manifest_path or prefix
    lock = None if anew else _fitting_lock(session, inputs, prefix)
    reused = lock is not None
    if lock is None:
        lock = solved_lock(session, (inputs,), lambda _: prefix, manifest_path=owner)
    platform = inputs.platform.name
    locked = locked_environment(lock, inputs.environment, platform, inputs.root, inputs)
    in_doubt = needs_full_check(locked.records)
    if in_doubt or not quick_check(prefix, lock_hash(locked)):
        options = InstallOptions(manifest_path=owner, release=session.level.release)
        install_at(session, locked, prefix, options)
    if not reused:
        # Last: a prefix that was not finished must not be taken for one that fits.
        write_lock(lock, lock_path(prefix))
    return SpecEnvironment(prefix, locked.records, reused)


def _fitting_lock(
    session: SessionContext, inputs: EnvironmentInputs, prefix: Path
) -> LockFile | None:
    """Return what was solved for a prefix before, if it is what the inputs ask for."""
    try:
        lock = read_lock(lock_path(prefix))
    except LockFileError:
        return None
    if lock is None or lock.version != LOCK_VERSION:
        return None
    return None if reasons_against_inputs(session, lock, (inputs,)) else lock


def lock_path(prefix: Path) -> Path:
    """Return where a prefix keeps what was solved for it."""
    return prefix / layout.CONDA_META / LOCK
