"""Bringing one prefix to the state of one locked environment: conda first, then PyPI."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

from wisp import layout
from wisp.compat import DEFAULT
from wisp.engine.files import is_for_lack_of_room_or_right, refusal
from wisp.engine.safe.aside import links_of_packages, taken_away
from wisp.engine.safe.modes import open_records
from wisp.engine.safe.prefix import refuse_outward
from wisp.engine.safe.root import Root
from wisp.engine.unfinished_wheels import changed_at, conda_records, remove_unfinished
from wisp.engine.wheel_removal import remove_wheel
from wisp.engine.wheels import InstalledWheel, installed_wheels, is_of_conda, sweep_wheel_drafts
from wisp.errors import HostError, InstallError, WispError
from wisp.install.pypi import (
    InstallPypi,
    PypiPlan,
    PypiWork,
    plan_pypi,
    python_paths,
)
from wisp.install.selection import InstallFilter, InstallSelection, select
from wisp.install.state import (
    HISTORY,
    fingerprint,
    fingerprint_file,
    installable,
    is_moved,
    marker_of,
)
from wisp.lock.model import LockedEnvironment
from wisp.report import SILENT, Reporter
from wisp.rights import is_read_only
from wisp.specs.records import CondaRecord, PypiRecord
from wisp.trust import found_text
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.engine.conda_installation import CondaInstallation
    from wisp.engine.gateway import ChannelAccess

#: Gives the engine for conda packages, which is made where there is something to do.
Access = Callable[[], "ChannelAccess"]

#: Stands for all packages where names are asked for.
EVERYTHING = frozenset({"*"})


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallOptions:
    """How an installation differs from the usual one.

    `reinstall` names packages to be put there anew (`EVERYTHING` for all). Prefixes of workspaces
    hold a file that tells their path, those of tools and one-off commands do not. Below `root`, or
    the prefix itself, nothing is written through a link. `release` is the Pixi that the prefix
    names as its maker.
    """

    manifest_path: Path
    reinstall: frozenset[str] = frozenset()
    filter: InstallFilter = InstallFilter()
    tells_its_path: bool = True
    root: Root | None = None
    release: str = DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallOutcome:
    """What an installation did. `changed` is False when nothing was touched.

    `selected` and `ignored` are names; `unknown` those of the filter that the lock does not have.
    """

    prefix: Path
    changed: bool
    selected: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def install_environment(
    locked: LockedEnvironment,
    prefix: Path,
    options: InstallOptions,
    access: Access,
    install_pypi: InstallPypi,
    reporter: Reporter = SILENT,
) -> InstallOutcome:
    """Make a prefix hold a locked environment, and nothing of ours besides.

    The prefix is locked against other processes meanwhile and says that somebody is at work, so
    that an interrupted installation is seen: then every package is linked anew, as in a prefix
    that was moved or copied from elsewhere. Where all is as it should be no file is touched, and
    none needs to be: that others have installed a prefix is no hindrance.

    Raises:
        InstallError: Packages need building, or cannot be linked.
        FetchError: Packages cannot be had.
        HostError: The operating system refused.

    """
    selection = select(locked.records, options.filter)
    conda, pypi = installable(selection.records)
    # A Python that the filter leaves out still stands where it stood.
    every = (record for record in locked.records if isinstance(record, CondaRecord))
    python = python_paths(every, prefix, locked.platform.subdir)
    if pypi and python is None:
        raise InstallError(
            f"environment `{locked.name}` has PyPI packages but no python",
            hints=["add `python` to its dependencies"],
        )
    root = options.root or Root(prefix)
    job = _PrefixInstalling(locked, prefix, options, selection, conda, pypi, python, root)
    with root.held(fingerprint_file(prefix)) as descriptor:
        changed = job.run(descriptor, access, install_pypi, reporter)
    return InstallOutcome(
        prefix=prefix,
        changed=changed,
        selected=tuple(record.name for record in selection.records),
        ignored=tuple(sorted(selection.ignored)),
        unknown=selection.unknown,
    )


@dataclass(frozen=True, slots=True)
class _PrefixInstalling:
    """One installation, once the prefix is held. `python`: interpreter and site-packages."""

    locked: LockedEnvironment
    prefix: Path
    options: InstallOptions
    selection: InstallSelection
    conda: tuple[CondaRecord, ...]
    pypi: tuple[PypiRecord, ...]
    python: tuple[Path, Path] | None
    root: Root

    def run(self, held: int, access: Access, install_pypi: InstallPypi, reporter: Reporter) -> bool:
        """Do what is necessary and tell whether anything was."""
        found = _read(held)
        wanted = fingerprint(self.conda)
        broken = found == layout.INSTALLING
        whole = not (broken or is_moved(self.prefix) or self._has_lost_python(found))
        anew = self.options.reinstall if whole else EVERYTHING
        plan = self._plan()
        conda_differs = found != wanted or bool(anew)
        pypi_differs = bool(self.pypi) and (bool(anew) or plan.differs)
        changes = conda_differs or pypi_differs or bool(plan.remove)
        outward = self._outward() if conda_differs or plan.remove else {}
        if conda_differs and anew != EVERYTHING:
            anew |= frozenset(outward.values())
        link = self._linking(anew, access, reporter, broken=broken) if conda_differs else None
        if broken:
            self._sweep(since=os.fstat(held).st_mtime_ns)
        if changes:
            # It must be on disk before the first package changes.
            self._mark(held, layout.INSTALLING, lasting=True)
            self._remove(plan)
            if link is not None:
                for path in outward:
                    self.root.take_link(path)
                link()
        marked = changes
        if pypi_differs or plan.in_doubt:
            # A doubt alone leaves the fingerprint untouched: mostly nothing will be done, and
            # what a crash might leave is missing or differs the next time.
            marked |= self._put_wheels(install_pypi, self._pypi_work(anew, held), held)
        described = self._describe(needed=changes)
        if marked:
            # A power failure that undoes this leaves the note that somebody is at work: then all
            # is linked anew. To flush it would only let it outlive files that are not.
            self._mark(held, wanted, lasting=False)
        if not changes:
            open_records(self.root, self.prefix, layout.PREFIX_MARKER)
        return changes or described

    def _sweep(self, since: int) -> None:
        """Remove what a killed installation, which began at a time, has left half done.

        Wanted or not: modules of a wheel could be imported, and nothing else would remove them.
        """
        ignored = self.selection.ignored

        def is_its_own(wheel: InstalledWheel) -> bool:
            return changed_at(wheel) >= since and wheel.name not in ignored

        sweep_wheel_drafts(self.root, self.prefix)
        remove_unfinished(self.root, self.prefix, is_its_own)

    def _outward(self) -> dict[Path, str]:
        """Find links that lead out, of packages that can be linked anew, with their names.

        They are taken away first: files of other packages might go through them.
        """
        self.root.require(self.prefix)
        links = links_of_packages(self.root, self.prefix)
        ignored = self.selection.ignored
        refuse_outward(self.prefix, [path for path, name in links.items() if name in ignored])
        return links

    def _put_wheels(self, install_pypi: InstallPypi, work: PypiWork, held: int) -> bool:
        """Have uv work where no link leads out; tell whether the prefix says that we are at it."""
        links = links_of_packages(self.root, self.prefix)
        if links:
            self._mark(held, layout.INSTALLING, lasting=True)
        before = conda_records(self.prefix)
        try:
            with taken_away(self.root, links):
                install_pypi(work)
        except WispError:
            if conda_records(self.prefix) != before:  # a wheel has replaced one: all is linked anew
                self._mark(held, layout.INSTALLING, lasting=True)
            raise
        return bool(links)

    def _mark(self, held: int, text: str, *, lasting: bool) -> None:
        """Write in place: who works at the prefix holds this file, which must stay the same.

        Both texts have 16 characters and are written at once, so no reader sees half of one.
        """
        try:
            os.lseek(held, 0, os.SEEK_SET)
            os.write(held, text.encode("ascii"))
            os.ftruncate(held, len(text))
            if lasting:
                os.fsync(held)
        except OSError as error:
            if error.errno == errno.EBADF:  # it could be opened for reading only
                code = errno.EROFS if is_read_only(held) else errno.EACCES
                error = OSError(code, os.strerror(code))
            raise refusal("write", fingerprint_file(self.prefix), error) from error

    def _plan(self) -> PypiPlan:
        installed = installed_wheels(self.prefix)
        return plan_pypi(
            self.pypi,
            installed,
            site_packages=self.python[1] if self.python else None,
            ignored=self.selection.ignored,
        )

    def _has_lost_python(self, found: str | None) -> bool:
        """Whether the interpreter is gone from a prefix that had one: no wheel goes without."""
        if not self.pypi or not found or self.python is None:
            return False
        return not self.python[0].exists() and (self.prefix / layout.CONDA_META).is_dir()

    def _linking(
        self, anew: frozenset[str], access: Access, reporter: Reporter, *, broken: bool
    ) -> Callable[[], None]:
        """Check that conda packages can be had and return what links them."""
        from wisp.engine.installer import check_sources, install_conda

        request, channels = self._request(anew, broken=broken), access()
        made = check_sources(request, channels)
        return lambda: install_conda(request, channels, reporter, made)

    def _remove(self, plan: PypiPlan) -> None:
        """Remove wheels before conda may put the same packages, or another Python, there."""
        if not plan.remove:
            return
        from wisp.engine.linked import owned_files

        owned = owned_files(self.prefix)
        for wheel in plan.remove:
            if not is_of_conda(wheel, owned, self.prefix):
                remove_wheel(self.root, wheel, self.prefix, owned)

    def _request(self, anew: frozenset[str], *, broken: bool) -> CondaInstallation:
        from wisp.engine.conda_installation import CondaInstallation

        names = frozenset(record.name for record in self.conda)
        return CondaInstallation(
            records=self.conda,
            prefix=self.prefix,
            subdir=self.locked.platform.subdir,
            reinstall=names if anew == EVERYTHING else names & anew,
            ignored=self.selection.ignored,
            repair=broken,
            label=self.locked.name,
            within=self.root,
        )

    def _pypi_work(self, anew: frozenset[str], held: int) -> PypiWork:
        # `install_environment` has refused wheels without a Python.
        assert self.python is not None
        names = frozenset(record.name for record in self.pypi)
        return PypiWork(
            prefix=self.prefix,
            interpreter=self.python[0],
            root=self.locked.root,
            records=self.pypi,
            editable=self.locked.editable,
            options=self.locked.pypi_options,
            reinstall=names if anew == EVERYTHING else names & anew,
            held=held,
            label=self.locked.name,
            within=self.root,
        )

    def _describe(self, *, needed: bool) -> bool:
        """Write the files by which the prefix is known, where they say something else.

        Unless it is `needed`, nothing is written where the system lets nobody write.
        """
        meta = self.prefix / layout.CONDA_META
        complete = not self.selection.ignored
        marker = marker_of(
            self.locked, self.options.manifest_path, self.options.release, complete=complete
        )
        texts = {
            layout.PREFIX_HISTORY: HISTORY,
            layout.PREFIX_MARKER: marker.text(),
        }
        if self.options.tells_its_path:
            texts[layout.PREFIX_PATH_FILE] = os.fspath(meta)
        stale = {name: text for name, text in texts.items() if _content(meta / name) != text}
        for name, text in stale.items():
            # What a power failure takes of it is missed, and written again, the next time.
            try:
                self.root.write(meta / name, text, lasting=False)
            except HostError as error:
                if needed or not is_for_lack_of_room_or_right(error):
                    raise
                return False
        return bool(stale)


def _content(file: Path) -> str | None:
    try:
        return found_text(file)
    except (OSError, ValueError):
        return None


def _read(descriptor: int) -> str:
    os.lseek(descriptor, 0, os.SEEK_SET)
    return os.read(descriptor, 64).decode("ascii", "replace").strip()
