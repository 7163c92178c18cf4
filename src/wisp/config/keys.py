"""The keys of a configuration file: their names, their types, what they accept.

Keys are dotted (`shell.change-ps1`). A reader turns the value found in a file into the value kept,
or raises `ValueError` with a sentence that the caller completes with key and file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit, urlunsplit

from wisp.platforms import SUBDIRS
from wisp.specs.conda import require_place
from wisp.specs.controls import has_control
from wisp.specs.cutoffs import parse_cutoff
from wisp.specs.settings import S3_STYLES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Reader = Callable[[Any], Any]


PINNING_STRATEGIES = ("semver", "minor", "major", "latest-up", "exact-version", "no-pin")
CACHE_KINDS = (
    "conda-packages",
    "repodata",
    "pypi-wheels",
    "pypi-mapping",
    "exec-environments",
    "build-tool-environments",
    "detached-environments",
)
#: Spellings that older files use at the top level.
ALIASES = {
    "default_channels": "default-channels",
    "authentication_override_file": "authentication-override-file",
    "tls_no_verify": "tls-no-verify",
    "repodata_config": "repodata-config",
    "change_ps1": "shell.change-ps1",
    "change-ps1": "shell.change-ps1",
    "force-activate": "shell.force-activate",
}
#: Tables that may be written as one value: the key that it is then the value of.
SHORT_FORMS = {"exclude-newer": "exclude-newer.cutoff"}
#: What files may say that all tools on rattler read; what belongs to others means nothing here.
SHARED = frozenset(
    "default-channels authentication-override-file tls-no-verify tls-root-certs mirrors build "  # noqa: SIM905
    "repodata-config concurrency proxy-config s3-options run-post-link-scripts exclude-newer "
    "allow-symbolic-links allow-hard-links allow-ref-links "
    "index-config virtual-package-detectors".split()
)
OF_OTHERS = frozenset(("index-config",))
DEPRECATED = {"change_ps1", "change-ps1", "force-activate"}


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("expected `true` or `false`")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("expected a string")
    return value


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValueError("expected a list of strings")
    return [_text(item) for item in value]


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("expected a whole number, 0 or more")
    return value


class Choice:
    """Reads one of some words; `renamed` are other spellings of them."""

    def __init__(self, *names: str, renamed: Mapping[str, str] | None = None) -> None:
        self.names = names
        self._renamed = renamed or {}

    def __call__(self, value: Any) -> str:
        """Return the word. Raises `ValueError` for any other."""
        text = self._renamed.get(_text(value), value)
        if text not in self.names:
            raise ValueError("expected one of " + ", ".join(f"`{name}`" for name in self.names))
        return str(text)


def normal_url(value: Any) -> str:
    """Spell a URL as URL parsers do: host in lower case, at least `/` as path."""
    text = _text(value)
    if has_control(text):
        raise ValueError("expected a URL, without control characters")
    parts = urlsplit(text)
    if not parts.scheme:
        raise ValueError("expected a URL")
    if not parts.netloc:
        return text
    user, at, host = parts.netloc.rpartition("@")
    netloc = f"{user}{at}{host.lower()}"
    return urlunsplit(parts._replace(netloc=netloc, path=parts.path or "/"))


def _channels(value: Any) -> list[str]:
    found = _texts(value)
    for text in found:
        try:
            require_place(text)
        except ValueError as error:
            raise ValueError(f"'{text}' is not a channel: {error}") from None
    return found


def _urls(value: Any) -> list[str]:
    return [normal_url(item) for item in _texts(value)]


def _mirrors(value: Any) -> dict[str, list[str]]:
    return {normal_url(prefix): _urls(urls) for prefix, urls in _table(value).items()}


def _table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("expected a table")
    return value


def _detached(value: Any) -> bool | str:
    """Accept a switch or an absolute folder; a string `"true"` is a folder of that name."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise ValueError("expected `true`, `false` or a path")
    return _absolute(value)


def _absolute(value: Any) -> str:
    text = _text(value)
    if not is_absolute(text):
        raise ValueError(f"`{text}` is not an absolute path")
    return text


def is_absolute(path: str) -> bool:
    """Tell whether a path needs no folder to start from; `~` is the home folder."""
    return path.startswith(("/", "~", "\\\\")) or re.match(r"[A-Za-z]:[\\/]", path) is not None


def _package_format(value: Any) -> str:
    text = _text(value)
    form, _, level = text.partition(":")
    named = {"max", "highest", "default", "normal", "fast", "lowest", "min"}
    if form not in {"conda", "tar-bz2"} or (
        level and level not in named and not re.fullmatch(r"-?\d+", level)
    ):
        raise ValueError("expected `conda` or `tar-bz2`, and a level after a colon")
    return text


def _cutoff(value: Any) -> str:
    text = _text(value)
    parse_cutoff(text)
    return text


def _exemptions(value: Any) -> dict[str, Any]:
    """Take a table of packages: a version spec each, or a table of what is asked of the package."""
    for name, spec in _table(value).items():
        fields = spec if isinstance(spec, dict) else {"version": spec}
        if not fields or not all(isinstance(item, str | list) for item in fields.values()):
            raise ValueError(f"`{name}` has to be a version, or a table of what is asked")
    return dict(value)


def _seconds(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 300:
        raise ValueError("expected a number of seconds, 1 to 300")
    return value


def canonical_channel(value: Any) -> str:
    """Spell the base URL of a channel as consents to its detectors are filed: no slash at the end.

    Raises `ValueError` for what is no URL.
    """
    return normal_url(value).rstrip("/")


def _consents(value: Any) -> dict[str, str]:
    read = Choice("allow", "deny")
    return {canonical_channel(url): read(word) for url, word in _table(value).items()}


_REPODATA: dict[str, Reader] = {
    f"disable-{form}": _boolean for form in ("bzip2", "sharded", "zstd")
}
_BUCKET: dict[str, Reader] = {
    "endpoint-url": normal_url,
    "region": _text,
    "addressing-style": Choice(*S3_STYLES),
    "force-path-style": _boolean,
}

#: Every key of fixed name. The order is that in which they are listed and written.
KEYS: dict[str, Reader] = {
    "default-channels": _channels,
    "authentication-override-file": _text,
    "tls-no-verify": _boolean,
    "tls-root-certs": Choice("webpki", "system", renamed={"native": "system", "all": "system"}),
    "offline": _boolean,
    "detached-environments": _detached,
    "pinning-strategy": Choice(*PINNING_STRATEGIES),
    "run-post-link-scripts": Choice("false", "insecure"),
    "tool-platform": Choice(*SUBDIRS),
    "exclude-newer.cutoff": _cutoff,
    "exclude-newer.exemptions": _exemptions,
    "allow-symbolic-links": _boolean,
    "allow-hard-links": _boolean,
    "allow-ref-links": _boolean,
    "shell.change-ps1": _boolean,
    "shell.force-activate": _boolean,
    "shell.source-completion-scripts": _boolean,
    "mirrors": _mirrors,
    **{f"repodata-config.{name}": read for name, read in _REPODATA.items()},
    "pypi-config.index-url": normal_url,
    "pypi-config.extra-index-urls": _urls,
    "pypi-config.keyring-provider": Choice("disabled", "subprocess"),
    "pypi-config.allow-insecure-host": _texts,
    "experimental.conda-script": _boolean,
    "experimental.use-environment-activation-cache": _boolean,
    "concurrency.solves": _count,
    "concurrency.downloads": _count,
    "proxy-config.http": normal_url,
    "proxy-config.https": normal_url,
    "proxy-config.non-proxy-hosts": _texts,
    "conda-environments-txt": _boolean,
    "virtual-package-detectors.timeout-seconds": _seconds,
    "virtual-package-detectors.consent": _consents,
    "trust.workspace": _boolean,
    "trust.activation": _boolean,
    "trust.caches": _boolean,
    "build.package-format": _package_format,
    "cache.root": _absolute,
    **{f"cache.{kind}": _absolute for kind in CACHE_KINDS},
    "cache.netfs-redirect": Choice("auto", "always", "never"),
}
#: Tables whose keys the user names, with the keys of each entry.
NAMED_TABLES: dict[str, dict[str, Reader]] = {"s3-options": _BUCKET, "repodata-config": _REPODATA}
TABLES = frozenset(key.partition(".")[0] for key in KEYS if "." in key) | set(NAMED_TABLES)


def is_switch(reader: Reader) -> bool:
    """Tell whether a key is on or off."""
    return reader is _boolean


def is_list(reader: Reader) -> bool:
    """Tell whether a key holds several values."""
    return reader in (_texts, _urls, _channels)


def reader_of(path: tuple[str, ...]) -> Reader | None:
    """Return what reads the value at a path, or None if there is no such key."""
    if len(path) == 3:
        table = NAMED_TABLES.get(path[0], {})
        return table.get(path[2]) if path[0] == "s3-options" or "://" in path[1] else None
    return KEYS.get(".".join(path))
