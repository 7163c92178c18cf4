"""Tables of conda requirements: `[dependencies]`, `[constraints]`, `[dev]`, pools."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from wisp.manifest.conditions import read_condition
from wisp.manifest.faults import Fault, ValuePath
from wisp.manifest.getters import Table, wrong_kind, wrong_version
from wisp.manifest.locations import looks_like_location, read_location
from wisp.patterns import pattern
from wisp.specs.conda import CondaRequirement, CondaSpec
from wisp.specs.locations import GitLocation, PathLocation, UrlLocation, is_conda_archive
from wisp.specs.operators import apart, meant
from wisp.specs.versions import VersionSyntaxError, is_version_spec, parse_version_spec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    #: Whether a table may name sources: as the preview flag says, or never.
    Sources = Literal["preview", "forbidden"]


_NAME = pattern(r"[A-Za-z0-9_.-]+")
_BUILD_NUMBER = pattern(r"(?:[<>]=?|[=!]=?)?\s*[0-9]+")
#: An operator and a wildcard; `!=1.*` and `=1.*` alone make sense.
_WILDCARD = pattern(
    r"(?P<op>==|~=|[<>]=?)[ \t]*(?:(?P<version>[0-9][0-9A-Za-z.!+_-]*?)\.?)?\*(?:\.\*)*"
)
#: One of them stands in front of each wildcard that contradicts.
_OPERATOR_SIGNS = frozenset("=~<>")
_DIGESTS = {"md5": 32, "sha256": 64}
_HEX = pattern(r"[0-9a-fA-F]*")
#: What match specs hold as text, with what each of them can certainly hold.
_SPELLED = {
    "build": pattern(r"[a-z0-9_.*-]+"),
    **dict.fromkeys(
        ("subdir", "license", "license-family", "track-features", "extras", "flags"),
        pattern(r"[a-z0-9_.-]+"),
    ),
}
_NEVER_LOCATED = ("channel", "file-name", "license-family")
_MATCH_FIELDS = (
    "version",
    "build",
    "build-number",
    "file-name",
    "channel",
    "subdir",
    "md5",
    "sha256",
    "license",
    "license-family",
    "track-features",
    "extras",
    "flags",
    "when",
)
_POOL_FIXED = ("version", "path", "git", "url")
_SOURCES_OFF = (
    "conda source dependencies are not allowed without enabling the 'pixi-build' preview feature"
)
_PREVIEW_HINT = 'Add `preview = ["pixi-build"]` to the `workspace` table of the manifest'


def package_name(name: str, path: ValuePath) -> str:
    """Check a conda package name and spell it in lower case."""
    if not _NAME.fullmatch(name):
        raise Fault(
            f"'{name}' is not a valid package name, it may only contain letters, digits, "
            "'-', '_' and '.'",
            path,
            mark="key",
            hints=apart(name, is_version_spec),
        )
    return name.lower()


def read_requirements(
    parent: Table, key: str, sources: Sources = "preview"
) -> tuple[CondaRequirement, ...]:
    """Read a table of requirements, in the order of the file."""
    return _read_named(
        parent, key, lambda name, value, path, table: read_spec(name, value, path, table, sources)
    )


def read_sources(parent: Table, key: str) -> tuple[CondaRequirement, ...]:
    """Read a table of source packages: nothing but where each comes from."""
    return _read_named(
        parent, key, lambda _, value, path, table: _read_source(Table(value, path, table.notes))
    )


def _read_source(table: Table) -> CondaSpec:
    location = read_location(table)
    table.finish()
    if location is None:
        raise table.fault("one of `url`, `path`, or `git` must be specified")
    return CondaSpec(location=location)


def _read_named(
    parent: Table, key: str, read: Callable[[str, Any, ValuePath, Table], CondaSpec]
) -> tuple[CondaRequirement, ...]:
    table = parent.table(key)
    if table is None:
        return ()
    found: dict[str, CondaRequirement] = {}
    for written, value, path in table.items():
        name = package_name(written, path)
        if name in found:
            raise Fault(
                f"duplicate key: '{written}' names the same package twice", path, mark="key"
            )
        spec = read(name, value, path, table)
        found[name] = CondaRequirement(name, spec, written if written != name else "")
    return tuple(found.values())


def read_spec(
    name: str, value: Any, path: ValuePath, parent: Table, sources: Sources = "preview"
) -> CondaSpec:
    """Read what is asked of one package: a version spec, or a table."""
    if isinstance(value, str):
        return CondaSpec(version=_version(value, path, parent))
    if not isinstance(value, dict):
        raise wrong_version(value, path)
    if "workspace" in value:
        return _from_pool(name, Table(value, path, parent.notes), sources)
    spec = _read_table(Table(value, path, parent.notes))
    _check_source(spec, path, parent, sources)
    return spec


def _version(text: str, path: ValuePath, parent: Table) -> str:
    if looks_like_location(text):
        raise Fault(
            "expected a version specifier but looks like a path or URL, "
            f'did you mean {{ {_location_key(text)} = "{text}" }}?',
            path,
        )
    _refuse_operators_with_wildcards(text, path)
    try:
        spec = parse_version_spec(text)
    except VersionSyntaxError as error:
        hint = _matchspec_hint(text)
        hints = meant(text, is_version_spec)
        raise Fault(hint or str(error), path, hints=hints) from None
    for bare in spec.bare:
        parent.warn(
            f"ambiguous version specifier '{bare}': it means '=={bare}', "
            f"write '=={bare}' or '{bare}.*'"
        )
    return spec.text


def _refuse_operators_with_wildcards(text: str, path: ValuePath) -> None:
    """`==3.11.*` and `>=2.*` mean different things to different readers."""
    if "*" not in text or not _OPERATOR_SIGNS & set(text):
        return
    meant = _WILDCARD.sub(_without_contradiction, text)
    if meant != text:
        raise Fault(
            f'expected a version specifier but looks like a matchspec, did you mean "{meant}"?',
            path,
        )


def _without_contradiction(term: re.Match[str]) -> str:
    operator, version = term["op"], term["version"]
    if not version:
        return "*"
    return f"{version}.*" if operator == "==" else f"{operator}{version}"


def _location_key(text: str) -> str:
    if text.startswith("git+") or text.endswith(".git"):
        return "git"
    return "url" if "://" in text else "path"


def _matchspec_hint(text: str) -> str | None:
    """Word the error of a text such as `1.2.* py39*` or `numpy >=1`, which is a match spec."""
    words = text.replace("[", " [").split()
    if len(words) < 2:
        return None
    version, build = (words[0], words[1]) if words[0][0] in "0123456789<>=!~*" else (words[1], "")
    fields = f'version = "{version}"' + (f', build = "{build}"' if build else "")
    return f"expected a version specifier but looks like a matchspec, did you mean {{ {fields} }}?"


def _from_pool(name: str, table: Table, sources: Sources) -> CondaSpec:
    """Complete `{ workspace = true, … }` with the entry of `[workspace.dependencies]`."""
    if table.flag("workspace") is not True:
        others = len(table.data) > 1
        told = "cannot be combined with other fields" if others else "is no requirement"
        raise table.fault(f"`workspace = false` {told}", "workspace")
    for key in _POOL_FIXED:
        if key in table:
            raise Fault(
                f"`{key}` is mutually exclusive with `workspace`", (*table.path, key), mark="key"
            )
    entry = table.notes.pool.get(name)
    if entry is None:
        raise table.fault(
            f"the workspace does not define `{name}` in `[workspace.dependencies]`",
            "workspace",
            (f'Add it there, as in `{name} = "*"`',),
        )
    base: Mapping[str, Any] = {"version": entry} if isinstance(entry, str) else entry
    extra = {key: value for key, value in table.data.items() if key != "workspace"}
    return read_spec(name, {**base, **extra}, table.path, table, sources)


def _read_table(table: Table) -> CondaSpec:
    spec = CondaSpec(
        is_table=True,
        version=table.read("version", lambda value, path: _table_version(value, path, table)),
        build=table.text("build"),
        build_number=table.read("build-number", _build_number),
        file_name=table.text("file-name"),
        channel=table.text("channel"),
        subdir=table.text("subdir"),
        md5=table.read("md5", _digest),
        sha256=table.read("sha256", _digest),
        license=table.text("license"),
        license_family=table.text("license-family"),
        track_features=table.texts("track-features") or (),
        extras=table.texts("extras") or (),
        flags=table.texts("flags") or (),
        when=read_condition(table),
        location=read_location(table),
    )
    inline = table.table("package")
    table.finish()
    _check_combination(table, spec)
    _check_spelling(table, spec)
    if inline is not None and not spec.is_source:
        raise table.fault("`package` is only allowed with a source: `path`, `git` or `url`")
    return spec


def _table_version(value: Any, path: ValuePath, table: Table) -> str:
    if not isinstance(value, str):
        raise wrong_kind("a string", value, path)
    return _version(value, path, table)


def _build_number(value: Any, path: ValuePath) -> str:
    if not isinstance(value, str):
        raise wrong_kind("a string", value, path)
    if not _BUILD_NUMBER.fullmatch(value):
        raise Fault(f"'{value}' is not a valid build number, write for example '>=1'", path)
    return value


def _digest(value: Any, path: ValuePath) -> str:
    if not isinstance(value, str):
        raise wrong_kind("a string", value, path)
    length = _DIGESTS[str(path[-1])]
    if len(value) != length or not _HEX.fullmatch(value):
        raise Fault(f"'{value}' is not a valid {path[-1]}, expected {length} hex digits", path)
    return value.lower()


def _check_combination(table: Table, spec: CondaSpec) -> None:
    """Refuse fields that contradict each other."""
    asked = [key for key in _MATCH_FIELDS if key in table]
    location = spec.location
    if location is None:
        if not asked:
            fields = ", ".join(f"`{key}`" for key in (*_MATCH_FIELDS, "url", "path", "git"))
            raise table.fault(f"one of {fields} must be specified")
        return
    kind = _kind(location)
    wrong = [key for key in asked if key in _NEVER_LOCATED]
    if is_conda_archive(location):
        wrong = [key for key in asked if key not in _DIGESTS]
    if not isinstance(location, UrlLocation):
        wrong += [key for key in asked if key in _DIGESTS]
    if wrong:
        raise table.fault(f"`{wrong[0]}` cannot be used with `{kind}`")


def _check_spelling(table: Table, spec: CondaSpec) -> None:
    """Refuse texts that no match spec can hold; unusual ones are worth to ask rattler about."""
    for key, usual in _SPELLED.items():
        field = key.replace("-", "_")
        value = getattr(spec, field) or ()
        texts = (value,) if isinstance(value, str) else value
        if all(map(usual.fullmatch, texts)):
            continue
        from wisp.specs.match import is_match_spec

        alone: dict[str, Any] = {field: value}
        if not is_match_spec(CondaRequirement("package", CondaSpec(**alone))):
            shown = "', '".join(texts)
            raise table.fault(f"'{shown}' is not a valid value of `{key}`", key)


def _kind(location: GitLocation | PathLocation | UrlLocation) -> str:
    if isinstance(location, GitLocation):
        return "git"
    return "path" if isinstance(location, PathLocation) else "url"


def _check_source(spec: CondaSpec, path: ValuePath, parent: Table, sources: Sources) -> None:
    if not spec.is_source:
        return
    if sources == "forbidden":
        raise Fault("source dependencies are not allowed here", path)
    if not parent.notes.builds:
        raise Fault(_SOURCES_OFF, path, hints=(_PREVIEW_HINT,))
