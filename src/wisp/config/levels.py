"""Reads the configuration from its levels: system, user, workspace, variables, command line."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from wisp.compat import CompatLevel, preferred, wish_of
from wisp.config.files import ConfigFiles, config_files
from wisp.config.keys import reader_of
from wisp.config.merging import Level, merge
from wisp.config.model import Config, ConfigRequest
from wisp.config.obedience import DEFAULTS, STEERING, SUBJECT, as_subject, needing_consent
from wisp.config.reading import ConfigFile, parse, unreadable
from wisp.errors import ConfigError, Place, UsageError
from wisp.layout import FALSE_WORDS, TRUE_WORDS
from wisp.specs.controls import KeyPath
from wisp.trust import found_text
from wisp.values import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.config.reading import Values

#: Makes all workspaces count without consent.
TRUST_VARIABLE = "WISP_TRUST_WORKSPACE"
#: Variables that stand for a key, with the value that they give it when they are true.
_SWITCHES: dict[str, tuple[KeyPath, bool]] = {
    "PIXI_OFFLINE": (("offline",), True),
    "PIXI_NO_SYMBOLIC_LINKS": (("allow-symbolic-links",), False),
    "PIXI_NO_HARD_LINKS": (("allow-hard-links",), False),
    "PIXI_NO_REF_LINKS": (("allow-ref-links",), False),
    TRUST_VARIABLE: (("trust", "workspace"), True),
}


def read_config(request: ConfigRequest) -> Config:
    """Read and merge all levels, lowest first; command line and variables come last.

    A file that is no TOML becomes a warning and is skipped, and so does a wrong value; all else in
    its file counts. Since Pixi 0.84 both are errors.

    Raises:
        ConfigError: `config_file` is missing or broken, or another file is where that counts.
        UsageError: Both `no_config` and `config_file` are asked for.

    """
    levels: list[Level] = []
    warnings: list[str] = []
    where = config_files(request.environ, request.workspace)
    for file in _global_files(request, where):
        _add(levels, warnings, file, _Care.of(request, where, file))
    last = _from_call(request)
    if request.with_variables:
        warnings.extend(_odd_switches(request.environ))
    if where.workspace is not None and not (request.global_only or request.system_only):
        _add(levels, warnings, where.workspace, _Care.of(request, where, where.workspace))
        if levels and levels[-1].file == where.workspace:
            levels[-1] = _obeyed(levels, last, request, warnings)
    files = tuple(level.file for level in reversed(levels) if level.file is not None)
    return Config(
        merged=merge([*levels, *last], cpus=request.cpus),
        files=files,
        warnings=tuple(warnings),
        environ=request.environ,
        cpus=request.cpus,
    )


def _only_file(request: ConfigRequest) -> Path | None:
    named = request.environ.get("PIXI_CONFIG_FILE") if request.with_variables else None
    return request.config_file or (Path(named) if named else None)


def _global_files(request: ConfigRequest, where: ConfigFiles) -> list[Path]:
    variable = request.environ.get("PIXI_NO_CONFIG", "") if request.with_variables else ""
    without = request.no_config or variable in TRUE_WORDS
    only = _only_file(request)
    if without and only is not None:
        raise UsageError("the argument '--no-config' cannot be used with '--config-file <PATH>'")
    if without:
        return []
    if only is not None:
        return [only]
    shared = _level(request).has("all tools on rattler share configuration")
    return where.everywhere(shared=shared, system_only=request.system_only)


def _level(request: ConfigRequest) -> CompatLevel:
    return preferred(wish_of(request.environ))


@dataclass(frozen=True, slots=True)
class _Care:
    """How a file is read: it has to be there (`required`), or whole, or without some values."""

    required: bool
    strict: bool
    never: tuple[str, ...]
    shared: bool

    @classmethod
    def of(cls, request: ConfigRequest, where: ConfigFiles, file: Path) -> _Care:
        level = _level(request)
        detached = level.has("environments are detached to absolute folders only")
        return cls(
            required=file == _only_file(request),
            strict=level.has("broken configuration is an error"),
            never=("`detached-environments`",) if detached else (),
            shared=file in where.shared,
        )

    def refuses(self, fault: ConfigError) -> bool:
        """Tell whether a wrong value is an error rather than nothing."""
        return self.required or self.strict or fault.message.startswith(self.never)


def _add(levels: list[Level], warnings: list[str], file: Path, care: _Care) -> None:
    try:
        text = found_text(file)
    except (OSError, UnicodeDecodeError) as error:
        if care.required:
            raise unreadable(file, error) from error
        if os.path.lexists(file):  # as far as anybody can see who may not look into its folder
            warnings.append(_in_one_line(unreadable(file, error)))
        return
    try:
        document = parse(text, file, shared=care.shared)
    except ConfigError as error:
        if care.required or care.strict:
            raise
        spot = f" ({error.place})" if error.place else ""
        warnings.append(f"{_in_one_line(error)}{spot}; the file is ignored")
        return
    wrong = next((fault for fault in document.faults if care.refuses(fault)), None)
    if wrong is not None:
        raise wrong
    warnings.extend(document.warnings)
    warnings.extend(
        f"{_in_one_line(fault)}{_line(fault.place)}; it is ignored" for fault in document.faults
    )
    levels.append(Level(file, document))


def _obeyed(
    levels: list[Level], last: list[Level], request: ConfigRequest, warnings: list[str]
) -> Level:
    """Return what counts of the workspace's own file, which is the last level so far.

    Of what does not, that is told which would make a difference.
    """
    own = levels[-1]
    assert own.file is not None
    without = merge([*levels[:-1], *last], cpus=request.cpus).values
    wanting = needing_consent(own.document.values)
    if _is_believed(wanting, without, request):
        wanting = {path: value for path, value in wanting.items() if path[0] == STEERING}
    told = [path for path in wanting if without.get(path, DEFAULTS.get(path)) != wanting[path]]
    warnings.extend(_unheeded(own.file, own.document, told))
    if not request.with_variables:  # what the file says is shown and changed
        return own
    kept = {path: value for path, value in own.document.values.items() if path not in wanting}
    return Level(own.file, replace(own.document, values=kept))


def _unheeded(file: Path, document: ConfigFile, paths: list[KeyPath]) -> Iterator[str]:
    """Word what of a workspace's own file does not count: without consent, or in any case."""
    keys = {path: f"`{'.'.join(path)}`{_line(document.place(path))}" for path in paths}
    waiting = [told for path, told in keys.items() if path[0] != STEERING]
    if waiting:
        verb = "do" if len(waiting) > 1 else "does"
        yield (
            f"{', '.join(waiting)} in {file} {verb} not count without your consent: "
            "see what it is, and give it, by `wisp trust`"
        )
    for path, told in keys.items():
        if path[0] == STEERING:
            yield (
                f"{told} in {file} never counts there, only in your own configuration: "
                f"take it out by `pixi config unset --local {'.'.join(path)}`"
            )


def _is_believed(wanting: Values, without: Values, request: ConfigRequest) -> bool:
    if without.get((STEERING, "workspace")) or trusts_by_variable(request.environ):
        return True
    from wisp.config.consents import consents, digest

    assert request.workspace is not None
    given = consents(request.environ, request.workspace) if wanting else {}
    return given.get(SUBJECT) == digest(as_subject(wanting))


def trusts_by_variable(environ: Mapping[str, str]) -> bool:
    """Tell whether the variable makes all workspaces count: it may also say no, or nothing."""
    return _from_variables(environ).get((STEERING, "workspace"), False) is True


def _in_one_line(error: ConfigError) -> str:
    return ": ".join([error.message, *map(str, error.causes)])


def _line(place: Place | None) -> str:
    return f" (line {place.line})" if place and place.line else ""


def _from_call(request: ConfigRequest) -> list[Level]:
    """Return what variables and options say, lowest first."""
    options = Level(None, ConfigFile(_from_options(request.overrides)))
    if not request.with_variables:
        return [options]
    return [Level(None, ConfigFile(_from_variables(request.environ))), options]


def _from_variables(environ: Mapping[str, str]) -> dict[KeyPath, Any]:
    values: dict[KeyPath, Any] = {}
    for name, (path, value) in _SWITCHES.items():
        text = environ.get(name, "").lower()
        if text in TRUE_WORDS:
            values[path] = value
        elif text in FALSE_WORDS and path == ("offline",):
            values[path] = not value
    certificates = environ.get("PIXI_TLS_ROOT_CERTS")
    if certificates:
        values |= _from_options({"tls-root-certs": certificates})
    return values


def _odd_switches(environ: Mapping[str, str]) -> Iterator[str]:
    """Word what variables say that is neither yes nor no, and so counts for nothing."""
    for name in _SWITCHES:
        text = environ.get(name, "")
        if text and text.lower() not in (*TRUE_WORDS, *FALSE_WORDS):
            yes, no = (
                ", ".join(f"`{word}`" for word in words) for words in (TRUE_WORDS, FALSE_WORDS)
            )
            yield f"`{name}={text}` is ignored: for yes it may be {yes}, for no {no}"


def _from_options(overrides: Mapping[str, Any]) -> dict[KeyPath, Any]:
    values: dict[KeyPath, Any] = {}
    for key, value in overrides.items():
        path = tuple(key.split("."))
        reader = reader_of(path)
        if reader is None:
            raise UsageError(f"there is no configuration key `{key}`")
        try:
            values[path] = reader(value)
        except ValueError as error:
            raise UsageError(f"invalid value '{value}' for `{key}`", causes=[str(error)]) from error
    return values
