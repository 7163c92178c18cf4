"""`[workspace]`: names, channels, platforms and everything that holds for all environments."""

from __future__ import annotations

from wisp.manifest.channels import (
    read_channel_priority,
    read_channels,
    read_solve_strategy,
)
from wisp.manifest.exemptions import read_cutoff_table
from wisp.manifest.faults import Fault, ValuePath
from wisp.manifest.getters import Table, as_text, as_texts, as_version, wrong_kind
from wisp.manifest.locations import as_url
from wisp.manifest.model import WorkspaceTable
from wisp.manifest.platform_entries import read_platforms
from wisp.manifest.pypi_options import read_pypi_options
from wisp.specs.mapping import CondaPypiMap
from wisp.specs.settings import S3_STYLES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.specs.mapping import CondaPypiMaps

_PREVIEW_FLAGS = ("pixi-build",)
_MAPPING_MODES = ("overlay", "replace")
_MAP_KEYS = "'location', 'mapping', 'mapping-mode' or 'same-name-heuristic'"


def read_preview(table: Table) -> tuple[str, ...]:
    """Read `preview`: a list of flags, or `true` for all of them."""
    value = table.raw("preview")
    path = (*table.path, "preview")
    if value is None or value is False:
        return ()
    if value is True:
        return _PREVIEW_FLAGS
    if not isinstance(value, list):
        raise wrong_kind("a boolean or an array", value, path)
    flags = as_texts(value, path)
    unknown = [flag for flag in flags if flag not in _PREVIEW_FLAGS]
    if unknown:
        table.warn("The preview features '" + "', '".join(unknown) + "' are unknown")
    return flags


def read_workspace(table: Table) -> WorkspaceTable:
    """Read the table. `name` stays empty where it is missing: others may know it."""
    platforms = read_platforms(table)
    channels = read_channels(table)
    if channels is None:
        raise table.missing("channels", 'name them: write `channels = ["conda-forge"]`')
    found = WorkspaceTable(
        name=table.text("name") or "",
        version=table.read("version", as_version),
        description=table.text("description"),
        authors=table.texts("authors"),
        license=table.read("license", as_license),
        license_file=table.read("license-file", lambda value, path: _file(value, path, table)),
        readme=table.read("readme", lambda value, path: _file(value, path, table)),
        homepage=table.read("homepage", as_url),
        repository=table.read("repository", as_url),
        documentation=table.read("documentation", as_url),
        channels=channels,
        platforms=platforms,
        channel_priority=read_channel_priority(table),
        solve_strategy=read_solve_strategy(table),
        requires_pixi=table.text("requires-pixi"),
        exclude_newer=read_cutoff_table(table, "exclude-newer"),
        pypi_exclude_newer=read_cutoff_table(table, "pypi-exclude-newer", pypi=True),
        preview=read_preview(table),
        conda_pypi_map=_read_map(table),
        pypi_options=read_pypi_options(table),
        s3_options=_read_s3(table),
        build_variants=_read_variants(table),
        build_variants_files=_read_variant_files(table),
    )
    _read_variant_targets(table)
    table.raw("dependencies")
    table.finish()
    return found


def as_license(value: object, path: ValuePath) -> str:
    """Take a value as an SPDX expression."""
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    text = as_text(value, path)
    try:
        canonicalize_license_expression(text)
    except InvalidLicenseExpression:
        raise Fault(f"'{text}' is not a valid SPDX expression", path) from None
    return text


def _file(value: object, path: ValuePath, table: Table) -> str:
    text = as_text(value, path)
    try:
        exists = (table.notes.root / text).is_file()
    except OSError as error:
        raise Fault(f"'{text}' cannot be read: {error.strerror}", path) from None
    if not exists:
        raise Fault(f"'{text}' does not exist", path)
    return text


def _read_s3(parent: Table) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for bucket, table in parent.below("s3-options").tables():
        found[bucket] = {
            "endpoint-url": as_url(table.required("endpoint-url"), (*table.path, "endpoint-url")),
            "region": table.required_text("region"),
            **_addressing(table),
        }
        table.finish()
    return found


def _addressing(table: Table) -> dict[str, Any]:
    """Read how a bucket stands in addresses: by the word of newer releases, or by the switch."""
    style = table.choice("addressing-style", S3_STYLES)
    forced = table.flag("force-path-style")
    if style is None and forced is None:
        raise table.missing("force-path-style")
    return {"force-path-style": style == "path" if style else forced}


def _read_variants(table: Table) -> dict[str, tuple[str, ...]]:
    variants = table.below("build-variants")
    return {name: as_texts(value, path) for name, value, path in variants.items()}


def _read_variant_files(table: Table) -> tuple[str, ...]:
    path = (*table.path, "build-variants-files")
    files = table.texts("build-variants-files") or ()
    for index, file in enumerate(files):
        if not (table.notes.root / file).is_file():
            raise Fault(f"'{file}' does not exist", (*path, index))
    return files


def _read_variant_targets(table: Table) -> None:
    """Check `target.<selector>.build-variants`, the only key allowed there."""
    for _, inner in table.below("target").tables():
        _read_variants(inner)
        inner.finish()


def _read_map(table: Table) -> CondaPypiMaps:
    value = table.raw("conda-pypi-map")
    path = (*table.path, "conda-pypi-map")
    if value is None:
        return None
    if value is False:
        return False
    if not isinstance(value, dict):
        raise wrong_kind("a table or 'false'", value, path)
    if not value:
        table.warn("an empty `conda-pypi-map` is deprecated, write `conda-pypi-map = false`")
    return {
        channel: _read_channel_map(entry, (*path, channel), table)
        for channel, entry in value.items()
    }


def _read_channel_map(value: Any, path: ValuePath, parent: Table) -> CondaPypiMap:
    if isinstance(value, str):
        return CondaPypiMap(location=value)
    if value is False:
        return CondaPypiMap(disabled=True)
    if not isinstance(value, dict) or not value:
        raise Fault(f"expected a location, 'false', or a table with {_MAP_KEYS}", path)
    table = Table(value, path, parent.notes)
    found = CondaPypiMap(
        location=table.text("location"),
        mapping={
            name: _pypi_names(names, here) for name, names, here in table.below("mapping").items()
        },
        replace=table.choice("mapping-mode", _MAPPING_MODES) == "replace",
        same_name_heuristic=table.flag("same-name-heuristic"),
    )
    table.finish()
    return found


def _pypi_names(value: Any, path: ValuePath) -> tuple[str, ...] | None:
    if value is False:
        return None
    return (value,) if isinstance(value, str) else as_texts(value, path)
