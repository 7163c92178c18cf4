"""The single values that describe a workspace: name, version, description, needed Pixi."""

from __future__ import annotations

from pathlib import Path

from wisp.api.edits.transaction import edit
from wisp.compat import CompatLevel
from wisp.errors import ManifestError
from wisp.manifest.edit.document import Document
from wisp.manifest.edit.fields import FIELDS
from wisp.manifest.edit.fields import set_field as _set
from wisp.manifest.edit.fields import unset_field as _unset
from wisp.manifest.faults import Fault
from wisp.manifest.model import Manifest
from wisp.manifest.read import kind_of_file
from wisp.manifest.required_version import level_for
from wisp.specs.similarity import one_of
from wisp.specs.versions import VersionSyntaxError, normalize_version, parse_version_spec
from wisp.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.engine.versions import Bump
    from wisp.manifest.edit.fields import Field


def set_field(manifest: Manifest, field: Field, value: str) -> Manifest:
    """Write a field. Raises `ManifestError` when the value is none for it.

    `requires-pixi` may exclude the version we speak: whoever sets it decides for all who use the
    workspace, and has to be able to take it back.
    """
    _check(one_of(field, FIELDS), value)
    if field == "requires-pixi":
        manifest = replace(manifest, despite="version")
    return edit(manifest, lambda _, document: _set(document, field, value))


def unset_field(manifest: Manifest, field: Field) -> Manifest:
    """Take a field away."""
    return edit(manifest, lambda _, document: _unset(document, one_of(field, FIELDS)))


def required_version_holds(path: Path, wish: CompatLevel | None) -> bool:
    """Tell whether the manifest at `path` is content with the release of Pixi that we follow.

    Only `requires-pixi` is looked at, since all else may be of a later version. A file that cannot
    be read so far is faulty whatever the release.
    """
    try:
        document = Document.open(path.read_text(encoding="utf-8"), kind_of_file(path))
        wanted = document.get((*document.workspace, "requires-pixi"))
        return not isinstance(wanted, str) or level_for(wanted, wish) is not None
    except (OSError, ValueError, Fault):  # of TOML and UTF-8 are `ValueError`
        return True


def bump_version(manifest: Manifest, bump: Bump) -> tuple[str, str]:
    """Raise one part of the version; return the old one and the new one.

    Raises `ManifestError` when there is no version.
    """
    old = manifest.workspace.version
    if old is None:
        raise ManifestError("No version found in manifest.")
    from wisp.engine.versions import bumped

    new = bumped(old, bump)
    set_field(manifest, "version", new)
    return old, new


def _check(field: Field, value: str) -> None:
    if field == "name" and not value.strip():
        raise ManifestError("a workspace cannot have an empty name")
    try:
        if field == "version":
            normalize_version(value)
        elif field == "requires-pixi":
            parse_version_spec(value)
    except VersionSyntaxError as error:
        what = (
            "version to a valid project version"
            if field == "version"
            else "to a valid version spec"
        )
        raise ManifestError(f"could not convert {what}", causes=[str(error)]) from None
