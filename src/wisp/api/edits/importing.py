"""Files of other tools as features and environments of a workspace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from wisp.api.edits.transaction import edit
from wisp.errors import ManifestError
from wisp.exchange.conda_environment import read_conda_environment
from wisp.exchange.foreign import ForeignEnvironment, read_text
from wisp.exchange.requirements_txt import read_requirements_txt
from wisp.layout import DEFAULT_ENVIRONMENT, DEFAULT_FEATURE
from wisp.manifest.edit.activation import put_variables
from wisp.manifest.edit.channels import put_channel
from wisp.manifest.edit.document import Document, Place
from wisp.manifest.edit.environments import put_environment
from wisp.manifest.edit.platforms import add_platforms
from wisp.manifest.edit.requirements import put_conda, put_pypi
from wisp.manifest.edit.spelling import conda_data, pypi_data
from wisp.manifest.model import Manifest
from wisp.values import dataclass, replace

Format = Literal["conda-env", "pypi-txt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """Which file goes where. Without `format` each known one is tried."""

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
    name = request.environment or request.feature or foreign.name
    if name is None:
        raise ManifestError(
            "Missing name: provide --feature or --environment, or set `name:` in the file"
        )
    if not foreign.channels and foreign.conda:
        foreign = replace(foreign, channels=tuple(default_channels))
    edit(manifest, lambda _, document: _fill(document, request, foreign, name))
    return foreign.warnings


def _read(request: ImportRequest) -> ForeignEnvironment:
    readers: dict[Format, Callable[[Path], ForeignEnvironment]] = {
        "conda-env": _read_conda_environment,
        "pypi-txt": read_requirements_txt,
    }
    if request.format is not None:
        return readers[request.format](request.file)
    if not request.file.is_file():
        raise ManifestError(f"`{request.file}` is no file")
    causes: list[str] = []
    for name, reader in readers.items():
        try:
            return reader(request.file)
        except ManifestError as error:
            spot = f" ({error.place})" if error.place and error.place.line else ""
            causes.append(f"{name}: {error.message}{spot}")
    raise ManifestError(
        "Tried all formats for input file, but none were successful. Pass a `format` argument to "
        "see the specific error for that format.",
        causes=causes,
    )


def _read_conda_environment(file: Path) -> ForeignEnvironment:
    return read_conda_environment(read_text(file), file)


def _fill(
    document: Document, request: ImportRequest, foreign: ForeignEnvironment, name: str
) -> Document:
    """Write the content into a feature with an environment of its own, or into an environment."""
    if request.feature is not None:
        place = Place(feature=request.feature)
        document = _with_feature(document, request.environment or request.feature, request.feature)
    else:
        place = Place(environment=name)
        if name != DEFAULT_ENVIRONMENT and document.get(document.path(place)) is None:
            path = (*document.path(place), "no-default-feature")
            document = document.set(path, True)
    for channel in foreign.channels:
        document = put_channel(document, place, channel)
    if request.platforms:
        document = add_platforms(document, place, list(request.platforms))
    for conda in foreign.conda:
        data = conda_data(conda.spec)
        document = put_conda(document, place, "dependencies", conda.source_name, data)
    for pypi in foreign.pypi:
        document = put_pypi(document, place, pypi.name, pypi_data(pypi.spec))
    return put_variables(document, place, foreign.variables)


def _with_feature(document: Document, environment: str, feature: str) -> Document:
    """Declare an environment of one feature, or add the feature to the environment there is.

    The default environment and the feature in it are there without being written.
    """
    if feature == DEFAULT_FEATURE and environment == DEFAULT_ENVIRONMENT:
        return document
    path = document.path(Place(environment=environment))
    written = document.get(path)
    if written is None:
        alone = environment != DEFAULT_ENVIRONMENT
        return put_environment(document, environment, [feature], no_default_feature=alone)
    listed = path if isinstance(written, list) else (*path, "features")
    if feature in (document.get(listed) or ()):
        return document
    return document.add_item(listed, feature)
