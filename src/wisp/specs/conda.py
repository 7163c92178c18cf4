"""What a manifest asks of conda packages: specs, conditions, channels, as values.

Only texts are kept; versions are compared by `wisp.specs.match`, which asks rattler.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from wisp.specs.locations import Location, is_conda_archive


@dataclass(frozen=True, slots=True, kw_only=True)
class CondaSpec:
    """The wanted shape of one conda package; fields left None ask nothing.

    `version` is a version spec in its canonical spelling (`3.12.*`, `>=1,<2`); `build` a glob or
    `^regex$`; `build_number` text such as `>=1`; `channel` a name or URL as written. `when` is the
    text of a condition in match-spec syntax. A `location` replaces channels as the origin.
    """

    version: str | None = None
    build: str | None = None
    build_number: str | None = None
    channel: str | None = None
    subdir: str | None = None
    file_name: str | None = None
    md5: str | None = None
    sha256: str | None = None
    license: str | None = None
    license_family: str | None = None
    track_features: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    when: str | None = None
    location: Location | None = None

    @property
    def is_source(self) -> bool:
        """Whether the package has to be built from sources."""
        return self.location is not None and not is_conda_archive(self.location)


@dataclass(frozen=True, slots=True)
class CondaRequirement:
    """A package name (lower case) together with what is asked of it.

    `written` is the name as the manifest spells it, where that differs.
    """

    name: str
    spec: CondaSpec
    written: str = field(default="", compare=False)

    @property
    def source_name(self) -> str:
        """The name as its author wrote it."""
        return self.written or self.name


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as an environment uses it.

    `text` is how the manifest names it, `url` its base URL with a trailing slash and without
    credentials, `exclude_newer` its own cut-off as written.
    """

    text: str
    url: str
    priority: int | None = None
    exclude_newer: str | None = None
