"""`unpack`: a pack becomes an environment. Nothing is fetched, and nothing is left half done.

The environment is made in a folder aside, for the path where it will lie, and then renamed. On
systems where that cannot be (wheels for anything but Linux) it is made in its place.
"""

from __future__ import annotations

from pathlib import Path

from wisp.api.context import SessionContext
from wisp.api.imaging.staging import Prepared, stage
from wisp.api.prefixes import install_at
from wisp.engine.files import refusal
from wisp.engine.rewriting import write_named
from wisp.engine.scratch import scratch_folder, sweep
from wisp.errors import UsageError
from wisp.install.apply import InstallOptions
from wisp.install.state import HISTORY
from wisp.layout import CONDA_META, PREFIX_HISTORY
from wisp.lock.model import LockedEnvironment
from wisp.pack.activation_script import activation_script
from wisp.pack.archive import receive_pack
from wisp.pack.contents import PackError, package_rows
from wisp.pack.verify import PackedPackages, verified
from wisp.platforms import Platform, runnable_subdirs
from wisp.specs.inside import is_one_part
from wisp.specs.records import Record
from wisp.values import dataclass, replace

ENVIRONMENT_NAME = "env"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackRequest:
    """Which pack, and where: the environment goes into the folder `name` in `output`.

    `shell` is the one that the activation script is for.
    """

    file: Path
    output: Path
    name: str = ENVIRONMENT_NAME
    shell: str = "bash"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackedEnvironment:
    """An environment that was unpacked, and the script that activates it."""

    prefix: Path
    script: Path
    packages: tuple[Record, ...]

    def package_rows(self) -> list[dict[str, object]]:
        """Return the packages as plain data: name, version, kind."""
        return package_rows(self.packages)


def unpack(session: SessionContext, request: UnpackRequest) -> UnpackedEnvironment:
    """Unpack a pack of pixi-pack's layout; each package has to have the digest that it names.

    Raises:
        PackError: It is none, damaged, or for another machine.
        UnsafePathError: Something in it leads elsewhere.
        UsageError: The place is taken, or the name or the shell is none.
        InstallError, HostError: A package cannot be linked, or the system refuses.

    """
    output = request.output.absolute()
    final = output / request.name
    if not is_one_part(request.name):
        raise UsageError(f"`{request.name}` is no name of a folder")
    name, text = activation_script(str(final), request.shell)  # tells an unknown shell first
    script = output / name
    drafts = f".{request.name}.unpacking-"
    sweep(output, lambda entry: entry.startswith(drafts))  # also where the place is taken
    if final.is_symlink() or (final.exists() and (not final.is_dir() or any(final.iterdir()))):
        raise UsageError(
            f"`{final}` is there already",
            hints=["remove it, or choose another name with `--env-name`"],
        )
    with scratch_folder(output, drafts) as scratch:
        found = verified(receive_pack(request.file, scratch / "pack"))
        _require_runnable(session, found)
        draft = _made(_inside(session, scratch), found, scratch, final)
        # Before a whole environment appears: who finds it after a kill can activate it.
        write_named(script, text)
        if draft is not None:
            _put(draft, final)
    return UnpackedEnvironment(prefix=final, script=script, packages=(*found.conda, *found.pypi))


def _require_runnable(session: SessionContext, found: PackedPackages) -> None:
    platform = found.metadata.platform
    if platform not in runnable_subdirs(session.subdir):
        raise PackError(f"the pack is for '{platform}', and this machine is '{session.subdir}'")
    foreign = {one.subdir for one in found.conda} - {platform, "noarch"}
    if foreign:
        raise PackError(f"the pack for '{platform}' has packages for '{min(foreign)}'")


def _inside(session: SessionContext, scratch: Path) -> SessionContext:
    """Return a session without network whose caches lie aside, and go with what is unpacked."""
    caches = replace(
        session.settings.caches,
        root=scratch / "cache",
        conda_packages=scratch / "cache" / "pkgs",
        pypi_wheels=scratch / "cache" / "uv",
    )
    network = replace(session.settings.network, offline=True)
    inner = SessionContext(session.config, session.environ, session.reporter, now=session.now)
    inner.settings = replace(session.settings, caches=caches, network=network)
    return inner


def _made(
    session: SessionContext, found: PackedPackages, scratch: Path, final: Path
) -> Path | None:
    """Make the environment aside and return where; None if it could only be made in its place."""
    subdir = found.metadata.platform
    locked = LockedEnvironment(
        name=final.name,
        platform=Platform(subdir, subdir, session.provided),
        virtual_packages=(),
        channels=(),
        indexes=(),
        records=(*found.conda, *found.pypi),
        root=scratch,
    )
    if not subdir.startswith("linux-"):
        install_at(session, locked, final, InstallOptions(manifest_path=final))
        return None
    wanted = Prepared(locked=locked, conda=found.conda, pypi=found.pypi, local=frozenset())
    draft = scratch / "made" / "prefix"
    try:
        draft.mkdir(parents=True)
        stage(session, wanted, str(final), draft, session.reporter)
        (draft / CONDA_META).mkdir(exist_ok=True)
        (draft / CONDA_META / PREFIX_HISTORY).write_text(HISTORY, encoding="utf-8")
    except OSError as error:
        raise refusal("write", final, error) from error
    return draft


def _put(draft: Path, final: Path) -> None:
    try:
        draft.replace(final)
    except OSError as error:
        raise refusal("write", final, error) from error
