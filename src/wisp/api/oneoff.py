"""One-off commands: an environment from specs in the cache, made once and found again."""

from __future__ import annotations

from pathlib import Path

from wisp.api import quick_exec
from wisp.api.machine_platform import completed, solved_platform
from wisp.api.named_channels import channels_named
from wisp.api.provisioning import (
    checked_cutoff,
    configured_cutoff,
    install_newest,
    is_complete,
    moments_of,
    users_indexes,
)
from wisp.api.spec_environments import LOCK, environment_from_inputs
from wisp.config.files import config_files
from wisp.engine.exclusive import exclusive_folder
from wisp.engine.prefix import installed_packages
from wisp.engine.safe.owner import require_own
from wisp.errors import HostError, SolveError, UsageError
from wisp.install.apply import EVERYTHING
from wisp.install.state import fingerprint_file
from wisp.layout import CACHE_FOLDERS, CONDA_META, DEFAULT_ENVIRONMENT, PREFIX_MARKER
from wisp.manifest.cutoff_model import CutoffTable
from wisp.manifest.words import conda_word, pypi_word
from wisp.oneoff.request import OneOff, guessed, surroundings
from wisp.specs.conda import match_spec_text
from wisp.specs.inputs import EnvironmentInputs
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from wisp.api.context import SessionContext
    from wisp.api.views.inspect import PackageRow


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOffRequest:
    """What `exec` is asked for: the words of the command, and what it needs.

    `specs` stand for the package that the command's name suggests, `extra` come beside it. `pypi`
    are PEP 508 requirements, with which nothing is guessed either. Without `channels` those of the
    configuration count, without `platform` this machine. What reached a channel or an index after
    `exclude_newer` (a moment, a day, a span back from now) does not exist; the configured cut-off
    counts unless given. `lock` is a lock file to install from: one that does not fit, or is not
    there, is written, or refused if `locked`.
    """

    command: str | Sequence[str]
    specs: str | Sequence[str] = ()
    extra: str | Sequence[str] = ()
    pypi: str | Sequence[str] = ()
    channels: str | Sequence[str] = ()
    platform: str | None = None
    force: bool = False
    prompt: bool = True
    exclude_newer: str | None = None
    lock: Path | None = None
    locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOffEnvironment:
    """An environment that is there: its prefix, and the variables that tell of it."""

    prefix: Path
    surroundings: dict[str, str]

    def packages(self, pattern: str | None = None) -> tuple[PackageRow, ...]:
        """Return what is installed, all or what a regular expression is found in."""
        from wisp.api.views.inspect import chosen_rows, record_rows

        records = (one.record for one in installed_packages(self.prefix))
        return chosen_rows(record_rows(records), pattern)


def prepare(session: SessionContext, request: OneOffRequest, cwd: Path) -> OneOffEnvironment:
    """Make the environment of a command, or find the one that was made before, whatever its age.

    Raises:
        ManifestError: A spec is none, or the cut-off.
        LockFileError: The lock file is damaged, or does not fit and must not change.
        SolveError, FetchError: No packages fit, or they cannot be had.
        InstallError, HostError: They cannot be installed.

    """
    wanted = _wanted(session, request, cwd)
    home = session.settings.caches.root / CACHE_FOLDERS["exec-environments"]
    spelled = [match_spec_text(one, wanted.channels, cwd) for one in wanted.requirements]
    if request.lock is not None:
        prefix = _locked(session, request, wanted, spelled, home, cwd)
    else:
        prefix = home / wanted.folder(spelled)
        require_own(prefix)
        if request.force or not _is_ready(wanted, prefix):
            _make(session, wanted, prefix, cwd, force=request.force)
    prepared = OneOffEnvironment(
        prefix=prefix,
        surroundings=surroundings((*wanted.asked, *wanted.pypi), prompt=request.prompt),
    )
    _remember(session, request, prepared, cwd)
    return prepared


def run(session: SessionContext, prepared: OneOffEnvironment, command: Sequence[str]) -> NoReturn:
    """Become the command, in its environment.

    Raises `ActivationError` where a script of a package fails, `HostError` where there is no such
    command.
    """
    found = quick_exec.variables(str(prepared.prefix), prepared.surroundings, session.environ)
    try:
        quick_exec.become(command, found)
    except OSError as error:
        raise HostError(
            f"could not run `{command[0]}`",
            causes=[error.strerror or str(error)],
            hints=("name the package that has it, as in `pixi exec --spec PACKAGE COMMAND`",),
        ) from error


_GUESSED = (
    "the package `{}` is guessed from the command; "
    "name the one that has it: `pixi exec --spec PACKAGE COMMAND`"
)


def _wanted(session: SessionContext, request: OneOffRequest, cwd: Path) -> OneOff:
    if not (request.command or _is_named(request)):
        raise UsageError("there is neither a command nor a package to take one from")
    texts = request.channels or session.config.default_channels
    asked = checked_cutoff(request.exclude_newer)
    return OneOff(
        asked=tuple(conda_word(text) for text in (*request.specs, *request.extra)),
        guess=None if _is_named(request) else guessed(request.command[0]),
        channels=channels_named(session, texts, cwd),
        platform=solved_platform(session, request.platform),
        offline=session.config.offline,
        pypi=tuple(pypi_word(text, cwd) for text in request.pypi),
        exclude_newer=CutoffTable(asked) if asked else configured_cutoff(session),
    )


def _locked(
    session: SessionContext,
    request: OneOffRequest,
    wanted: OneOff,
    spelled: Sequence[str],
    home: Path,
    cwd: Path,
) -> Path:
    from wisp.api.oneoff_lock import LockedRequest, locked_one_off

    file = cwd / (request.lock or "")
    inputs = _inputs_of(session, wanted, DEFAULT_ENVIRONMENT, file.parent)
    asked = LockedRequest(
        wanted=wanted,
        inputs=inputs,
        spelled=spelled,
        file=file,
        home=home,
        locked=request.locked,
        force=request.force,
    )
    return locked_one_off(session, asked)


def _is_named(request: OneOffRequest) -> bool:
    """Whether packages were named, so that none is guessed."""
    return bool(request.specs or request.pypi)


def _is_ready(wanted: OneOff, prefix: Path) -> bool:
    """Tell whether an environment was made; one with wheels when its lock was put there."""
    return is_complete(prefix) and (not wanted.pypi or (prefix / CONDA_META / LOCK).is_file())


def _make(session: SessionContext, wanted: OneOff, prefix: Path, cwd: Path, *, force: bool) -> None:
    prefix.mkdir(parents=True, exist_ok=True)
    require_own(prefix)  # somebody may have been quicker
    with exclusive_folder(prefix):
        if _is_ready(wanted, prefix) and not force:
            return  # somebody else has made it meanwhile
        inputs = completed(session, _inputs_of(session, wanted, prefix.name, cwd))
        reinstall = EVERYTHING if force else frozenset[str]()
        owner = prefix / CONDA_META / PREFIX_MARKER
        if wanted.pypi:
            environment_from_inputs(session, inputs, prefix, manifest_path=owner, anew=True)
            return

        def install(asked: EnvironmentInputs) -> None:
            install_newest(session, asked, prefix, manifest_path=owner, reinstall=reinstall)

        try:
            install(inputs)
        except SolveError as error:
            if wanted.guess is None:
                raise
            if not wanted.beside:
                error.hints = (*error.hints, _GUESSED.format(wanted.guess.name))
                raise
            install(replace(inputs, dependencies=wanted.asked))


def _inputs_of(
    session: SessionContext, wanted: OneOff, environment: str, root: Path
) -> EnvironmentInputs:
    """Return what a one-off command asks of solving."""
    return EnvironmentInputs(
        environment=environment,
        platform=wanted.platform,
        root=root,
        channels=wanted.channels,
        dependencies=wanted.requirements,
        pypi_dependencies=wanted.pypi,
        pypi_options=users_indexes(session),
        exclude_newer=moments_of(session, wanted.exclude_newer, wanted.channels, root),
    )


def _remember(
    session: SessionContext, request: OneOffRequest, prepared: OneOffEnvironment, cwd: Path
) -> None:
    question = quick_exec.ExecQuestion(
        {
            "spec": request.specs,
            "with": request.extra,
            "pypi": request.pypi,
            "channel": request.channels,
            "platform": _given(request.platform),
            "exclude-newer": _given(request.exclude_newer),
            "lock": _given(str((cwd / request.lock).resolve()) if request.lock else None),
        },
        "" if _is_named(request) else request.command[0],
        prompt=request.prompt,
    )
    config = config_files(session.environ)
    files = [*config.all_of_user, fingerprint_file(prepared.prefix)]
    if chosen := session.environ.get("PIXI_CONFIG_FILE"):
        files.append(Path(chosen))
    if request.lock is not None:
        files.append(cwd / request.lock)
    quick_exec.remember(
        question,
        str(prepared.prefix),
        prepared.surroundings,
        [str(file) for file in files],
        session.environ,
    )


def _given(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)
