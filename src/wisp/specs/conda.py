"""What a manifest asks of conda packages: specs, conditions, channels, as values.

Only texts are kept; versions are compared by `wisp.specs.match`, which asks rattler.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import SplitResult, urlsplit, urlunsplit

from wisp.errors import WispError
from wisp.layout import CHANNEL_ALIAS
from wisp.specs.locations import Location, PathLocation, UrlLocation, is_conda_archive
from wisp.specs.url_secrets import shown
from wisp.specs.urls import is_url
from wisp.values import dataclass, field


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
    #: Whether it was written as a table, which listings show even where it names a version only.
    is_table: bool = field(default=False, compare=False)

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


#: At one of 65,535 a thread of rattler ends, with a text of Rust's own, and escaped a letter is up
#: to twelve.
_LONGEST_ADDRESS = 4096


def split_channel(url: str) -> SplitResult:
    """Take the URL of a channel apart. Raises `ValueError` with the reason if it leads nowhere."""
    if len(url) > _LONGEST_ADDRESS:
        raise ValueError(f"it is longer than {_LONGEST_ADDRESS:,} letters")
    parts = urlsplit(url)
    if not parts.netloc and not parts.path.strip("/"):
        raise ValueError("it names neither a host nor a folder")
    _ = parts.port  # which raises for one that is none
    return parts


def require_place(text: str) -> None:
    """Raise `ValueError`, with the reason, where a channel's URL or absolute path leads nowhere."""
    if not text.strip():
        raise ValueError("it is empty")
    if "://" in text:
        split_channel(text)
    elif text.startswith("/"):
        split_channel(Path(os.path.normpath(text)).as_uri())
    else:
        _require_name(text)
        split_channel(f"{CHANNEL_ALIAS}/{text}")


def _require_name(text: str) -> None:
    """Refuse an address without its scheme.

    The host below which all names are would be asked for it, with the password in it.
    """
    if shown(text) != text:
        raise ValueError("an address begins with `https://`")


def channel_url(text: str, root: Path) -> str:
    """Return the base URL that a channel's name, URL or path means.

    It has a slash at the end and no credentials; a path is relative to `root`.
    """
    url = text
    if "://" not in text:
        is_path = text.startswith((".", "/", "~", "\\")) or Path(text).is_absolute()
        place = (root / Path(text).expanduser()).resolve().as_uri() if is_path else None
        url = place or f"{CHANNEL_ALIAS}/{text}"
    try:
        if not is_url(text):
            _require_name(text)
        parts = split_channel(url)
    except ValueError as error:
        raise WispError(f"'{shown(text)}' is not a valid channel: {error}") from None
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, parts.query, "")).rstrip("/") + "/"


def known_channel_url(text: str, channels: Iterable[Channel], root: Path) -> str:
    """Return the base URL that a channel means beside those of an environment."""
    known = next((channel.url for channel in channels if channel.text == text), None)
    return known or channel_url(text, root)


#: Fields and their keys in the brackets of a match spec (CEP 29).
_BRACKETED = (
    ("build", "build"),
    ("build_number", "build_number"),
    ("subdir", "subdir"),
    ("file_name", "fn"),
    ("md5", "md5"),
    ("sha256", "sha256"),
    ("license", "license"),
    ("license_family", "license_family"),
)


def bracketed_fields(spec: CondaSpec) -> list[str]:
    """Spell the fields of a spec that stand in brackets (`md5="…"`), but for where it is from."""
    brackets = [f'{key}="{getattr(spec, name)}"' for name, key in _BRACKETED if getattr(spec, name)]
    if spec.track_features:
        brackets.append(f'track_features="{" ".join(spec.track_features)}"')
    if spec.extras:
        brackets.append(f"extras=[{','.join(spec.extras)}]")
    if spec.flags:
        brackets.append(f"flags=[{','.join(spec.flags)}]")
    if spec.when:
        condition = spec.when.replace('"', "'")
        brackets.append(f'when="{condition}"')
    return brackets


def match_spec_text(requirement: CondaRequirement, channels: Iterable[Channel], root: Path) -> str:
    """Spell a requirement as a match spec for the solver.

    A channel is resolved among those of the environment, an archive becomes a URL.
    """
    spec = requirement.spec
    brackets = bracketed_fields(spec)
    if spec.channel is not None:
        brackets.append(f'channel="{known_channel_url(spec.channel, channels, root)}"')
    if (url := _archive_url(spec.location, root)) is not None:
        brackets.append(f'url="{url}"')
    text = requirement.name if spec.version is None else f"{requirement.name} {spec.version}"
    return f"{text}[{','.join(brackets)}]" if brackets else text


def _archive_url(location: Location | None, root: Path) -> str | None:
    if isinstance(location, UrlLocation):
        return location.url
    if isinstance(location, PathLocation):
        return (root / Path(location.path).expanduser()).resolve().as_uri()
    return None
