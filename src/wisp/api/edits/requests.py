"""What `add` and `remove` are asked for: words of the command line as requirements."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from posixpath import normpath

from wisp.errors import ManifestError, UsageError
from wisp.layout import DEFAULT_FEATURE
from wisp.manifest.edit.document import ManifestPart
from wisp.manifest.model import Manifest
from wisp.manifest.words import conda_word, pypi_word
from wisp.specs.conda import CondaRequirement, CondaSpec
from wisp.specs.locations import GitLocation, PathLocation
from wisp.specs.operators import meant
from wisp.specs.pypi import PypiRequirement, PypiSpec
from wisp.values import dataclass, fields, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.manifest.edit.requirements import CondaTable
    from wisp.specs.locations import RefKind

#: What a word says of a package that is there already without asking for more of it.
_NOT_JOINED = frozenset({"version", "is_table", "marker"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencySelection:
    """Which requirements of a manifest are meant: their kind and where they stand.

    `table` is that of conda requirements; `pypi` means PyPI requirements instead. Several
    platforms mean the target tables of each, none the tables for all.
    """

    pypi: bool = False
    table: CondaTable = "dependencies"
    feature: str = DEFAULT_FEATURE
    environment: str | None = None
    platforms: Sequence[str] = ()

    @property
    def parts(self) -> tuple[ManifestPart, ...]:
        """The parts of the manifest that are edited."""
        return tuple(
            ManifestPart(feature=self.feature, environment=self.environment, target=platform)
            for platform in self.platforms or (None,)
        )

    @property
    def table_name(self) -> str:
        """The name of the table, as messages say it."""
        return "pypi-dependencies" if self.pypi else self.table


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRequest(DependencySelection):
    """What `add` is asked for; `git`, `index` and `editable` hold for all words, `path` for one."""

    words: Sequence[str]
    editable: bool = False
    index: str | None = None
    git: GitLocation | None = None
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class AddedPackage:
    """A word of the command line and the requirement it means.

    `is_joined`: joined with what is there already, so that its version is left alone.
    """

    word: str
    requirement: CondaRequirement | PypiRequirement
    is_joined: bool = False

    @property
    def name(self) -> str:
        """The package's name."""
        return self.requirement.name

    @property
    def is_vague(self) -> bool:
        """Whether the word asks for no version and no source of its own."""
        spec = self.requirement.spec
        return spec.version in (None, "*") and spec.location is None

    @property
    def needs_pin(self) -> bool:
        """Whether a constraint is to be found for it; `x=*` is an answer already."""
        spec = self.requirement.spec
        is_open = spec.version is None or isinstance(self.requirement, PypiRequirement)
        names_subdir = isinstance(spec, CondaSpec) and spec.subdir is not None
        return is_open and self.is_vague and not (self.is_joined or names_subdir)

    def names_source_of(self, present: CondaRequirement | PypiRequirement) -> bool:
        """Whether the word names the folder that the package comes from already."""
        new, old = self.requirement.spec.location, present.spec.location
        return (
            isinstance(new, PathLocation)
            and isinstance(old, PathLocation)
            and normpath(new.path) == normpath(old.path)
        )

    def joined(self, present: CondaRequirement | PypiRequirement) -> AddedPackage:
        """Return what is there, with what a word asks for besides its name and its source."""
        new, old = self.requirement.spec, present.spec
        asked = {
            item.name: getattr(new, item.name)
            for item in fields(new)
            if item.name not in _NOT_JOINED and getattr(new, item.name)
        }
        if isinstance(new.location, PathLocation) and isinstance(old.location, PathLocation):
            asked["location"] = old.location
            if new.location.editable is not None:
                asked["location"] = replace(old.location, editable=new.location.editable)
        if isinstance(present, CondaRequirement):
            conda = replace(present, spec=replace(present.spec, **asked))
            return AddedPackage(self.word, conda, is_joined=True)
        if isinstance(new, PypiSpec) and isinstance(old, PypiSpec):
            asked["extras"] = tuple(dict.fromkeys((*old.extras, *new.extras)))
        pypi = replace(present, spec=replace(present.spec, **asked))
        return AddedPackage(self.word, pypi, is_joined=True)

    def with_version(self, version: str) -> AddedPackage:
        """Return the same with a version spec."""
        requirement = self.requirement
        if isinstance(requirement, CondaRequirement):
            conda = replace(requirement.spec, version=version)
            return replace(self, requirement=replace(requirement, spec=conda))
        pypi = replace(requirement.spec, version=version)
        return replace(self, requirement=replace(requirement, spec=pypi))


def refuse_in_conda_script(selection: DependencySelection, manifest: Manifest) -> None:
    """Refuse what the block of a conda-script has no place for. Raises `ManifestError`."""
    if manifest.kind != "conda-script":
        return
    if selection.platforms:
        raise ManifestError(
            "conda-script blocks do not support `--platform`",
            hints=(
                'a conda package may have a condition: `NAME = { version = "*", when = "__unix" }`',
                "else write `[tool.pixi.target.PLATFORM.dependencies]` into the block",
            ),
        )
    if selection.pypi or not isinstance(selection, AddRequest):
        return
    for option, value in (("--git", selection.git), ("--path", selection.path)):
        if value is not None:
            raise ManifestError(
                f"conda-script blocks do not support `{option}`",
                hints=(
                    "write the source into `[tool.pixi.dependencies]` of the block, and "
                    '`preview = ["pixi-build"]` into `[tool.pixi.workspace]`',
                ),
            )


def wanted(request: AddRequest, manifest: Manifest) -> tuple[AddedPackage, ...]:
    """Read the words of a request; relative paths start from the root of the manifest.

    Raises `ManifestError` for a word that is no requirement, a package that is asked for in two
    ways, and what the manifest has no place for, `UsageError` for options that do not fit a word.
    """
    refuse_in_conda_script(request, manifest)
    if request.path is not None and len(request.words) != 1:
        raise UsageError("--path is where the sources of one package are", hints=("name that one",))
    words = [AddedPackage(word, _read(request, word, manifest.root)) for word in request.words]
    _refuse_contradictions(words)
    return tuple(words)


def _refuse_contradictions(words: Iterable[AddedPackage]) -> None:
    """Refuse a package that is asked for in two ways, of which only the last would be kept.

    Those for different systems by their markers stand side by side in a `pyproject.toml`.
    """
    known: dict[str, AddedPackage] = {}
    for one in words:
        if getattr(one.requirement.spec, "marker", None):
            continue
        other = known.setdefault(one.name, one)
        if other.requirement != one.requirement:
            raise ManifestError(
                f"`{one.name}` is asked for twice, by `{other.word}` and `{one.word}`",
                hints=["name it once, a range as in `>=1.2,<2`"],
            )


def _read(request: AddRequest, word: str, root: Path) -> CondaRequirement | PypiRequirement:
    try:
        return _pypi(request, word, root) if request.pypi else _conda(request, word, root)
    except ManifestError as error:
        hints = error.hints or meant(word, lambda text: _reads(request, text, root))
        if word in error.message:
            raise ManifestError(
                error.message, causes=error.causes, hints=hints, place=error.place
            ) from error
        raise ManifestError(
            f"'{word}' is not a valid requirement",
            causes=[error.message, *error.causes],
            hints=hints,
        ) from error


def _reads(request: AddRequest, word: str, root: Path) -> bool:
    """Tell whether a word is a requirement."""
    try:
        _ = _pypi(request, word, root) if request.pypi else _conda(request, word, root)
    except ManifestError:
        return False
    return True


def name_of(selection: DependencySelection, word: str, root: Path) -> str:
    """Return the package that a word of `remove` names."""
    return pypi_word(word, root).name if selection.pypi else conda_word(word).name


def _conda(request: AddRequest, word: str, root: Path) -> CondaRequirement:
    requirement = conda_word(word)
    location = request.git or _path_location(request, root)
    if location is None:
        return requirement
    return replace(requirement, spec=replace(requirement.spec, version=None, location=location))


def _path_location(request: AddRequest, root: Path) -> PathLocation | None:
    return None if request.path is None else PathLocation(path_from(root, request.path))


def path_from(root: Path, path: Path) -> str:
    """Spell a path as the manifest in `root` does: relative to it, as `./FOLDER`.

    Raises `ManifestError` where nothing is there.
    """
    if not path.exists():
        raise ManifestError(f"'{path}' does not exist")
    try:
        found = os.path.relpath(path.resolve(), root.resolve())
    except ValueError:  # another drive
        return path.resolve().as_posix()
    spelled = Path(found).as_posix()
    return spelled if spelled.startswith("..") else f"./{spelled}"


def _pypi(request: AddRequest, word: str, root: Path) -> PypiRequirement:
    requirement = pypi_word(word, root)
    spec = requirement.spec
    if (location := request.git or _path_location(request, root)) is not None:
        spec = replace(spec, version="*", location=location)
    if request.index is not None:
        spec = replace(spec, index=request.index)
    if request.editable:
        if not isinstance(spec.location, PathLocation):
            raise UsageError(f"--editable needs a path, as in `{requirement.name} @ ./FOLDER`")
        spec = replace(spec, location=replace(spec.location, editable=True))
    return replace(requirement, spec=spec)


def git_location(
    url: str,
    *,
    branch: str | None = None,
    tag: str | None = None,
    rev: str | None = None,
    subdirectory: str | None = None,
) -> GitLocation:
    """Return a git repository at a branch, tag or revision, of which one at most is given."""
    refs: tuple[tuple[RefKind, str | None], ...] = (("branch", branch), ("tag", tag), ("rev", rev))
    kind, ref = next(((kind, ref) for kind, ref in refs if ref is not None), (None, None))
    return GitLocation(url.removeprefix("git+"), kind, ref, subdirectory)
