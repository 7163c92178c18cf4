"""Each package is looked at between unpacking and linking, and what is found in a prefix first."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from pathlib import Path

from wisp.engine.conda_installation import CondaInstallation, Sources
from wisp.engine.safe.packages import PutAside, spoil
from wisp.engine.safe.programs import ProgramClashError, ProgramPlaces, Programs
from wisp.engine.safe.verdicts import Verdicts
from wisp.errors import InstallError
from wisp.specs.inside import UnsafePathError
from wisp.specs.origins import is_wheel


class SharedPlaceError(InstallError):
    """A program would be written through a link, or into what the cache shares with the prefix."""


class PackageJudge:
    """Looks at each package between unpacking and linking.

    rattler only tells that it begins to link and does not listen to an answer. So a package that
    is refused loses its list of files, without which rattler cannot link it. That of one that was
    in the cache before it has read already when it tells: such a package is looked at first.
    """

    def __init__(
        self,
        request: CondaInstallation,
        caches: Sequence[Path],
        owners: frozenset[int] | None,
        *,
        shares: bool,
    ) -> None:
        self.refusal: InstallError | None = None
        self._verdicts = {os.fspath(cache): Verdicts(cache, owners) for cache in caches}
        self._request = request
        self._places = ProgramPlaces(os.fspath(request.prefix))
        self._places.is_shared = shares
        self._begun = False
        self._aside: list[PutAside] = []
        self._stems = {row.name: f"{row.name}-{row.version}-{row.build}" for row in request.records}

    @property
    def shares(self) -> bool:
        """Whether the prefix may share files with the cache; asked when linking begins."""
        self._begun = True
        return self._places.is_shared

    def has_passed(self, sources: Sources) -> bool:
        """Tell whether no package needs another look.

        What rattler unpacks anew, should it find an entry damaged, has the digest of what passed.
        """
        (cache, verdicts), *others = self._verdicts.items()
        return not others and all(
            name in sources.held and verdicts.has(f"{cache}/{stem}")
            for name, stem in self._stems.items()
        )

    def check_held(self, sources: Sources, staying: frozenset[str]) -> None:
        """Look at what was in the cache before; what is refused is fetched and judged anew.

        `staying` names what is linked already, and stays as it is.

        Raises `InstallError` for a wheel, which rattler does not fetch, and for what is refused
        because of another package.
        """
        for record in self._request.records if sources.records else ():
            if record.name in sources.held and record.name not in staying:
                self.check(record.name)
                is_final = isinstance(self.refusal, SharedPlaceError)
                if self.refusal and (is_final or is_wheel(record.location)):
                    raise self.refusal
                self.refusal = None

    def check(self, name: str) -> None:
        """Judge a package by its name, wherever it is unpacked; what is refused is kept."""
        stem = self._stems[name]
        for folder in self._folders(stem):
            try:
                programs = self._verdicts[os.path.dirname(folder)].check(folder)  # noqa: PTH120
                self._admit(stem, programs)
            except ProgramClashError as error:
                self.refusal = _refused(SharedPlaceError, stem, error)
                if self._begun:
                    self._aside.append(PutAside.of(Path(folder)))
            except UnsafePathError as error:
                spoil(Path(folder))
                self.refusal = _refused(InstallError, stem, error)

    def _admit(self, stem: str, programs: Programs) -> None:
        try:
            self._places.admit(stem, programs)
        except ProgramClashError:
            if self._begun or not self._places.is_shared:
                raise
            self._places.is_shared = False
            self._places.admit(stem, programs)

    def end(self) -> None:
        """Remember who passed, and put back what was right but had to wait."""
        for aside in self._aside:
            aside.put_back()
        for verdicts in self._verdicts.values():
            verdicts.store()

    def _folders(self, stem: str) -> list[str]:
        # Paths as text: it costs for each package.
        folders = [os.path.join(cache, stem) for cache in self._verdicts]  # noqa: PTH118
        if found := [folder for folder in folders if os.path.isdir(folder)]:  # noqa: PTH112
            return found
        # A cache that tells origins apart lengthens the names of its folders.
        return [name[:-1] for folder in folders for name in glob.glob(f"{glob.escape(folder)}-*/")]  # noqa: PTH207


def _refused(kind: type[InstallError], stem: str, error: UnsafePathError) -> InstallError:
    return kind(
        f"the package `{stem}` was refused",
        causes=[error.message, *error.causes],
        hints=["nothing of it was linked; tell the owners of its channel"],
        package=stem,
    )
