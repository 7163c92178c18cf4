"""Files of other tools as features and environments of a workspace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from wisp.api.edits.transaction import edit
from wisp.errors import ManifestError
from wisp.exchange.conda_environment import read_conda_environment
from wisp.exchange.foreign import ForeignEnvironment, read_text
from wisp.exchange.requirements_txt import read_requirements_txt
from wisp.layout import DEFAULT_ENVIRONMENT, DEFAULT_FEATURE
from wisp.manifest.edit.activation import put_variables
from wisp.manifest.edit.channels import put_channel
from wisp.manifest.edit.document import Document, ManifestPart
from wisp.manifest.edit.environments import put_environment
from wisp.manifest.edit.platforms import add_platforms, platform_list
from wisp.manifest.edit.requirements import put_all
from wisp.manifest.model import Manifest
from wisp.platforms import SUBDIRS
from wisp.printable import typed
from wisp.specs.similarity import one_of
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Format = Literal["conda-env", "pypi-txt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """Which file goes where. Without `format` each known one is tried.

    With `platforms` (subdirs) the content is for those alone.
    """

    file: Path
    format: Format | None = None
    environment: str | None = None
    feature: str | None = None
    platforms: Sequence[str] = ()


def import_file(
    manifest: Manifest, request: ImportRequest, default_channels: Sequence[str]
) -> tuple[str, ...]:
    """Fill a feature or an environment from a file; return warnings about what was left out.

    Raises `ManifestError` when the file is of no known format or nothing names the target.
    """
    foreign = _read(request)
    if not (request.environment or request.feature or foreign.name):
        file = typed(request.file)
        raise ManifestError(
            "Missing name: provide --feature or --environment, or set `name:` in the file",
            hints=[f"`pixi import {file} --feature default` fills the default environment"],
        )
    if not foreign.channels and foreign.conda:
        foreign = replace(foreign, channels=tuple(default_channels))
    edit(manifest, lambda current, document: _fill(current, document, request, foreign))
    return foreign.warnings


def _read(request: ImportRequest) -> ForeignEnvironment:
    readers: dict[Format, Callable[[Path], ForeignEnvironment]] = {
        "conda-env": _read_conda_environment,
        "pypi-txt": _read_requirements,
    }
    if request.format is not None:
        return readers[one_of(request.format, readers)](request.file)
    if not request.file.is_file():
        raise ManifestError(f"`{request.file}` is no file")
    causes: list[str] = []
    for name, reader in readers.items():
        try:
            return reader(request.file)
        except ManifestError as error:
            spot = f" ({error.place})" if error.place and error.place.line else ""
            causes.append("\n".join([f"{name}: {error.message}{spot}", *map(str, error.causes)]))
    raise ManifestError(
        "Tried all formats for input file, but none were successful. Pass a `format` argument to "
        "see the specific error for that format.",
        causes=causes,
    )


def _read_conda_environment(file: Path) -> ForeignEnvironment:
    return _required(read_conda_environment(read_text(file), file), file)


def _read_requirements(file: Path) -> ForeignEnvironment:
    return _required(read_requirements_txt(file), file)


def _required(foreign: ForeignEnvironment, file: Path) -> ForeignEnvironment:
    """Refuse a file of which nothing is left, and tell what was passed over in it."""
    if not (foreign.conda or foreign.pypi or foreign.variables):
        raise ManifestError(
            f"`{file}` asks for no package, there is nothing to import", causes=foreign.warnings
        )
    return foreign


def _fill(
    current: Manifest, document: Document, request: ImportRequest, foreign: ForeignEnvironment
) -> Document:
    """Write the content into a feature with an environment of its own, or into an environment."""
    document = _declare_platforms(current, document, request.platforms)
    if request.feature is not None:
        document = _content(document, ManifestPart(feature=request.feature), request, foreign)
        return _with_feature(document, request.environment or request.feature, request.feature)
    name = request.environment or foreign.name or ""
    document = _open(document, name)
    return _content(document, ManifestPart(environment=name), request, foreign)


def _declare_platforms(current: Manifest, document: Document, platforms: Sequence[str]) -> Document:
    """Add platforms that the workspace does not have. Raises `ManifestError` for custom names."""
    for name in platforms:
        if name not in SUBDIRS:
            known = ", ".join(f"'{one}'" for one in SUBDIRS)
            raise ManifestError(f"'{name}' is not a known platform. Valid platforms are {known}")
    known_names = {platform.name for platform in current.workspace.platforms}
    return add_platforms(
        document,
        ManifestPart(),
        [name for name in dict.fromkeys(platforms) if name not in known_names],
    )


def _open(document: Document, environment: str) -> Document:
    """Make an environment that content can go into: one that is new has no default feature."""
    path = document.path(ManifestPart(environment=environment))
    written = document.get(path)
    if written is None and environment != DEFAULT_ENVIRONMENT:
        return document.set((*path, "no-default-feature"), True)
    if isinstance(written, list):
        return document.remove(path).set((*path, "features"), written)
    return document


def _content(
    document: Document, part: ManifestPart, request: ImportRequest, foreign: ForeignEnvironment
) -> Document:
    """Write what a file asks for: once for all platforms, or once for each that is named."""
    listed = document.get(platform_list(document, part)) or ()
    if part != ManifestPart():
        missing = [name for name in dict.fromkeys(request.platforms) if name not in listed]
        document = add_platforms(document, part, missing)
    for channel in foreign.channels:
        document = put_channel(document, part, channel)
    for target in dict.fromkeys(request.platforms) or (None,):
        document = _requirements(document, replace(part, target=target), foreign)
    return document


def _requirements(document: Document, part: ManifestPart, foreign: ForeignEnvironment) -> Document:
    document = put_all(document, part, foreign.conda, foreign.pypi)
    return put_variables(document, part, foreign.variables)


def _with_feature(document: Document, environment: str, feature: str) -> Document:
    """Declare an environment of one feature, or add the feature to the environment there is.

    The default environment and the feature in it are there without being written.
    """
    if feature == DEFAULT_FEATURE and environment == DEFAULT_ENVIRONMENT:
        return document
    path = document.path(ManifestPart(environment=environment))
    written = document.get(path)
    if written is None:
        alone = environment != DEFAULT_ENVIRONMENT
        return put_environment(document, environment, [feature], no_default_feature=alone)
    listed = path if isinstance(written, list) else (*path, "features")
    if feature in (document.get(listed) or ()):
        return document
    return document.add_item(listed, feature)
