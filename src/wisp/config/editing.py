"""Changing one level of the configuration: which file, which key, which text (config.md §3)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from wisp.config.files import ConfigFiles
from wisp.config.keys import (
    KEYS,
    NAMED_TABLES,
    SHARED,
    canonical_channel,
    reader_of,
)
from wisp.config.obedience import STEERING
from wisp.errors import ConfigError
from wisp.foreign import json_data
from wisp.specs.controls import KeyPath
from wisp.specs.similarity import closest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.config.reading import Values

#: The table of exemptions from the cut-off, which is set by package and field.
EXEMPTIONS = ("exclude-newer", "exemptions")
#: The table of channels whose detectors may run, or may not, which is set by channel.
CONSENT = ("virtual-package-detectors", "consent")
_EXEMPTED_BY = frozenset(
    "version build build-number file-name channel subdir license "  # noqa: SIM905
    "license-family md5 sha256 url cutoff".split()
)
#: A key that is read, and that Pixi does not let be set.
_REFUSED = "build.package-format"
#: Keys whose lists can grow at either end.
_GROWING = ("default-channels", "pypi-config.extra-index-urls")
#: Tables that are given as a whole, in JSON, or taken away as a whole.
_WHOLE_TABLES = frozenset(
    {"repodata-config", "pypi-config", "s3-options", "experimental", "concurrency"}
    | {"proxy-config", "shell", "cache"}
)


def supported_keys() -> tuple[str, ...]:
    """Return the keys that can be set, in Pixi's order: sorted, but for links and buckets."""
    links = tuple(f"allow-{kind}-links" for kind in ("symbolic", "hard", "ref"))
    inside = ("", ".endpoint-url", ".force-path-style", ".region")
    buckets = ("s3-options", *(f"s3-options.<bucket>{key}" for key in inside))
    own = {key for key in KEYS if key.startswith("trust.")}  # Pixi does not know them
    own |= {".".join(EXEMPTIONS), "conda-environments-txt"}  # the first is set package by package
    own |= {key for key in KEYS if key.startswith(f"{CONSENT[0]}.")}  # not in Pixi's list of 0.77
    apart = {*links, *own, "s3-options", "build.package-format"}
    others = sorted({*KEYS, *_WHOLE_TABLES} - apart)
    middle = others.index("run-post-link-scripts") + 1
    return (*others[:middle], *links, *buckets, *others[middle:])


def target_file(places: ConfigFiles, *, level: str | None, exists: Callable[[Path], bool]) -> Path:
    """Choose the file that a change goes into; `level` is one of `config`'s, or None.

    Raises:
        ConfigError: `local` outside of a workspace.

    """
    if level == "local" and places.workspace is None:
        raise ConfigError("`--local` is about a workspace, and there is none around here")
    if level == "system":
        return places.system
    if level == "shared":
        return places.shared_user[-1]
    if places.workspace is not None and level != "global":
        return places.workspace
    return next((file for file in places.user if exists(file)), places.user[-1])


def changed(values: Values, key: str, text: str | None) -> dict[KeyPath, Any]:
    """Set a key to the value that a text stands for, or take it away (None).

    Raises:
        ConfigError: The key is unknown, or the text means no value of its type.

    """
    path = tuple(key.split("."))
    if path[0] == "s3-options" and len(path) > 3:
        path = (path[0], ".".join(path[1:-1]), path[-1])
    if path in {(table,) for table in _WHOLE_TABLES} or (
        path[0] == "s3-options" and len(path) == 2
    ):
        kept = {known: value for known, value in values.items() if known[: len(path)] != path}
        return kept if text is None else kept | _table(path, text)
    if path[:2] == EXEMPTIONS and len(path) > 2:
        return _exempting(values, path[2:], text)
    if path[:2] == CONSENT and len(path) > 2:
        return _consenting(values, key.removeprefix(".".join(CONSENT) + "."), text)
    reader = reader_of(path)
    if reader is None or key == _REFUSED:
        raise unknown_key(key, supported_keys())
    kept = {known: value for known, value in values.items() if known != path}
    if text is not None:
        kept[path] = _checked(key, path, text)
    return kept


def _exempting(values: Values, rest: KeyPath, text: str | None) -> dict[KeyPath, Any]:
    """Set or take away what a package is exempted by, or the whole exemption."""
    by = rest[-1] if len(rest) > 1 and rest[-1] in _EXEMPTED_BY else None
    name = ".".join(rest if by is None else rest[:-1])
    exemptions = dict(values.get(EXEMPTIONS, {}))
    if by is not None:
        before = exemptions.get(name, {})
        fields = dict(before) if isinstance(before, dict) else {"version": before}
        fields.pop(by, None)
        exemptions[name] = fields if text is None else fields | {by: text}
    else:
        exemptions[name] = {} if text is None else text
    if not exemptions[name]:
        del exemptions[name]
    kept = {known: value for known, value in values.items() if known != EXEMPTIONS}
    if not exemptions:
        return kept
    return kept | {EXEMPTIONS: _read(".".join(EXEMPTIONS), _reader(EXEMPTIONS), exemptions)}


def _consenting(values: Values, channel: str, text: str | None) -> dict[KeyPath, Any]:
    """Set or take away what holds for the detectors of a channel, whose URL may be in quotes."""
    key = ".".join(CONSENT)
    url = _read(key, canonical_channel, channel.strip("\"'"))
    given = {one: word for one, word in values.get(CONSENT, {}).items() if one != url}
    given |= {} if text is None else _read(key, _reader(CONSENT), {url: text})
    kept = {known: value for known, value in values.items() if known != CONSENT}
    return kept | {CONSENT: given} if given else kept


def unknown_key(key: str, known: Iterable[str]) -> ConfigError:
    """Return the failure of a key that is none, with the near ones or else with all."""
    known = tuple(known)
    # The list is Pixi's; a slip may be in a key that only wisp has.
    near = closest(key, dict.fromkeys((*known, *KEYS.keys() - {_REFUSED})), 3)
    if near:
        return ConfigError(f"Unknown key: {key}", hints=[f"did you mean {_either(near)}?"])
    return ConfigError(f"Unknown key: {key}\nSupported keys:" + ",".join(f"\n\t{k}" for k in known))


def _either(names: Sequence[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _table(path: KeyPath, text: str) -> dict[KeyPath, Any]:
    data = _json(".".join(path), text)
    if not isinstance(data, dict):
        raise ConfigError(f"`{'.'.join(path)}` has to be a JSON object")
    found: dict[KeyPath, Any] = {}
    for name, value in data.items():
        inner = (*path, name)
        if isinstance(value, dict):
            found |= _table(inner, json.dumps(value))
            continue
        reader = reader_of(inner)
        if reader is None:
            raise ConfigError(f"Unknown key: {'.'.join(inner)}")
        found[inner] = _read(".".join(inner), reader, value)
    return found


def _checked(key: str, path: KeyPath, text: str) -> Any:
    """Read a value from the command line by what the key is known to hold."""
    kind = _kind(key)
    if kind == "json":
        return _read(key, _reader(path), _json(key, text))
    if kind == "boolean":
        if text not in {"true", "false"}:
            raise ConfigError(
                "provided string was not `true` or `false`", hints=[f"`{key}` is a switch"]
            )
        return text == "true"
    if kind == "number":
        if not text.isdecimal():
            raise ConfigError(f"`{text}` is not a number", hints=[f"`{key}` is a count"])
        return _read(key, _reader(path), int(text))
    if key == "detached-environments" and text in {"true", "false"}:
        return text == "true"
    return _read(key, _reader(path), text)


def _kind(key: str) -> str:
    last = key.rpartition(".")[2]
    if key in {"default-channels", "mirrors"} or last in {
        "extra-index-urls",
        "allow-insecure-host",
        "non-proxy-hosts",
    }:
        return "json"
    if key.startswith("concurrency.") or last == "timeout-seconds":
        return "number"
    switches = {"tls-no-verify", "offline", "change-ps1", "force-activate", "force-path-style"}
    switches |= {"source-completion-scripts", "use-environment-activation-cache"}
    switches |= {"conda-environments-txt", "conda-script"}
    if last in switches or last.startswith(("disable-", "allow-")) or key.startswith("trust."):
        return "boolean"
    return "text"


def _reader(path: KeyPath) -> Callable[[Any], Any]:
    reader = reader_of(path)
    assert reader is not None
    return reader


def _read(key: str, reader: Callable[[Any], Any], value: Any) -> Any:
    try:
        return reader(value)
    except ValueError as error:
        raise ConfigError(f"`{key}`: {error}") from error


def _json(key: str, text: str) -> Any:
    try:
        return json_data(text)
    except ValueError as error:
        example = (
            '{"https://conda.anaconda.org": ["https://mirror"]}' if key == "mirrors" else '["a"]'
        )
        raise ConfigError(
            f"`{text}` is not valid JSON",
            causes=[str(error)],
            hints=[f"`{key}` takes JSON, such as `{example}`"],
        ) from error


def grown(values: Values, key: str, text: str, *, at_end: bool) -> dict[KeyPath, Any]:
    """Add an item to a list, at its end or before all others.

    Raises:
        ConfigError: The key holds no list that can grow.

    """
    if key not in _GROWING:
        way = "append" if at_end else "prepend"
        raise ConfigError(f"{way} is only supported for list keys: {', '.join(_GROWING)}")
    path = tuple(key.split("."))
    item = _read(key, KEYS[key], [text])[0]
    before = list(values.get(path, ()))
    return {**values, path: [*before, item] if at_end else [item, *before]}


def filtered(values: Values, key: str | None) -> Mapping[KeyPath, Any]:
    """Keep what `config list KEY` asks for.

    Raises:
        ConfigError: The key cannot be asked for.

    """
    if key is None:
        return values
    wanted = tuple(key.split("."))
    whole = len(wanted) == 1 and key in {name.partition(".")[0] for name in (*KEYS, *_WHOLE_TABLES)}
    named = wanted[0] == "s3-options" or (wanted[0] in NAMED_TABLES and "://" in key)
    if not (whole or named or key in KEYS):
        raise unknown_key(key, supported_keys())
    return {path: value for path, value in values.items() if path[: len(wanted)] == wanted}


def refuse_for_workspace(key: str, value: str) -> None:
    """Refuse a key that counts in no file of a workspace. Raises `ConfigError`."""
    if key.partition(".")[0] == STEERING:
        raise ConfigError(
            f"`{key}` is never read from a workspace's own configuration",
            hints=[f"`pixi config set --global {key} {value}` sets it for you"],
        )


def refuse_unshared(key: str) -> None:
    """Refuse a key for the file that all tools on rattler read. Raises `ConfigError`."""
    if key.partition(".")[0] not in SHARED:
        raise ConfigError(
            f"`{key}` cannot be shared: other tools do not know it",
            hints=("without `--shared` it is set for Pixi alone",),
        )
