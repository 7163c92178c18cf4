"""`[tool.wisp.image]`: what a workspace says about its images, each key also an option.

A table `environments.NAME` below it holds what is different for one environment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from wisp.errors import ManifestError, UsageError
from wisp.image.documents import HealthCheck
from wisp.image.layer import MEDIA_TYPES
from wisp.image.slim import SAFE, chosen_rules
from wisp.patterns import pattern
from wisp.specs.similarity import mistyped
from wisp.values import dataclass, field, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    from wisp.image.layer import Compression

TABLE = ("tool", "wisp", "image")
DEFAULT_PREFIX = "/opt/conda"
DEFAULT_WORKDIR = "/app"
DEFAULT_USER = "1000:1000"

#: A hundred years: what engines count in nanoseconds has to fit their numbers.
_MOST_SECONDS = 3_153_600_000
_PORT = pattern(r"([0-9]{1,5})(/(tcp|udp|sctp))?")
_USER = pattern(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?")
_PLACE = pattern(r"(/[A-Za-z0-9._+-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSettings:
    """How images of an environment are made.

    `base` is a path, a name or a reference, None for a generated one, to which `debian_packages`
    are added; `bases` are names for references; `prefix` and `workdir` are absolute paths in the
    image. `task` or `command` is what containers run. `code` says whether the workspace's files
    are put in, `include` and `exclude` which. `tags` are the names an image gets. With
    `sagemaker` it gets what that platform wants.
    """

    base: str | None = None
    bases: Mapping[str, str] = field(default_factory=dict)
    prefix: str = DEFAULT_PREFIX
    workdir: str = DEFAULT_WORKDIR
    user: str = DEFAULT_USER
    task: str | None = None
    command: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    health: HealthCheck | None = None
    code: bool = True
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    slim: tuple[str, ...] = SAFE
    compression: Compression = "gzip"
    tags: tuple[str, ...] = ()
    debian_packages: tuple[str, ...] = ()
    debian_mirror: str | None = None
    sagemaker: bool = False


class WrongSettingError(ManifestError):
    """A setting that cannot be: at `path`, of which the `mark` is to be marked."""

    def __init__(
        self,
        message: str,
        key: str,
        *,
        mark: Literal["key", "value"] = "value",
        hints: Iterable[str] = (),
    ) -> None:
        super().__init__(message, hints=hints)
        self.path = (*TABLE, *filter(None, key.split(".")))
        self.mark: Literal["key", "value"] = mark


def read_settings(document: Mapping[str, Any], environment: str) -> ImageSettings:
    """Read the settings of an environment from a whole manifest.

    Raises:
        WrongSettingError: A key is unknown or its value has the wrong shape; says which.

    """
    own = {key: value for key, value in _table(document).items() if key != "environments"}
    settings = _changed(ImageSettings(), own, "")
    at = f"environments.{environment}."
    below = special_settings(document).get(environment, {})
    if not isinstance(below, Mapping):
        raise _wrong(at.rstrip("."), "a table")
    return _changed(settings, below, at)


def special_settings(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is said of single environments. Raises `WrongSettingError` for no table."""
    special = _table(document).get("environments", {})
    if not isinstance(special, Mapping):
        raise _wrong("environments", "a table")
    return special


def _table(document: Mapping[str, Any]) -> Mapping[str, Any]:
    table: Any = document
    for key in TABLE:
        table = table.get(key, {}) if isinstance(table, Mapping) else {}
    if not isinstance(table, Mapping):
        raise _wrong("", "a table")
    return table


def _changed(settings: ImageSettings, table: Mapping[str, Any], at: str) -> ImageSettings:
    if "command" in table:
        if "task" in table:
            key = ".".join((*TABLE, at.rstrip("."))).rstrip(".")
            raise WrongSettingError(
                f"`{key}` has a `task` and a `command`, but containers run one thing",
                f"{at}command",
                mark="key",
            )
        settings = replace(settings, task=None)
    for key, value in table.items():
        reader = _READERS.get(key)
        if reader is None:
            known = ", ".join(f"`{name}`" for name in sorted((*_READERS, "environments")))
            raise WrongSettingError(
                f"`{'.'.join(TABLE)}.{at}{key}` is unknown",
                at + key,
                mark="key",
                hints=[*mistyped(key, _READERS), f"known are {known}"],
            )
        settings = replace(settings, **{key.replace("-", "_"): reader(value, at + key)})
    return settings


def _wrong(key: str, expected: str) -> WrongSettingError:
    return WrongSettingError(f"`{'.'.join((*TABLE, key)).rstrip('.')}` must be {expected}", key)


def _text(value: Any, key: str) -> str:
    if not isinstance(value, str) or not value:
        raise _wrong(key, "a text")
    return value


def _flag(value: Any, key: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(key, "true or false")
    return value


def _texts(value: Any, key: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise _wrong(key, "a list of texts")
    return tuple(value)


def _table_of_texts(value: Any, key: str) -> Mapping[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(one, str) for one in value.values()):
        raise _wrong(key, "a table of texts")
    return dict(value)


def place(value: Any, key: str) -> str:
    """Check an absolute path in an image. Raises `ManifestError`."""
    text = _text(value, key)
    if not _PLACE.fullmatch(text) or ".." in text.split("/"):
        raise _wrong(key, "an absolute path of plain names, like `/opt/conda`")
    return text


def user(value: Any, key: str) -> str:
    """Check who containers run as: a user, perhaps with a group. Raises `ManifestError`."""
    text = _text(value, key)
    if not _USER.fullmatch(text):
        raise _wrong(key, "a user like `1000:1000` or `app`")
    return text


def ports(value: Any, key: str) -> tuple[str, ...]:
    """Check ports: numbers, or texts like `8080/udp`. Raises `ManifestError`."""
    if not isinstance(value, list):
        raise _wrong(key, "a list of ports")
    found: list[str] = []
    for one in value:
        match = _PORT.fullmatch(str(one))
        if match is None or isinstance(one, bool) or not 0 < int(match[1]) < 65536:
            raise _wrong(key, "a list of ports like `8080` or `53/udp`")
        found.append(f"{match[1]}/{match[3] or 'tcp'}")
    return tuple(found)


def _slim(value: Any, key: str) -> tuple[str, ...]:
    try:
        return chosen_rules(_texts(value, key))
    except UsageError as error:
        raise WrongSettingError(error.message, key, hints=error.hints) from None


def _compression(value: Any, key: str) -> str:
    if value not in MEDIA_TYPES:
        raise _wrong(key, "`gzip`, `zstd` or `zstd-max`")
    return str(value)


def health(value: Any, key: str) -> HealthCheck:
    """Check how an engine asks whether a container is well. Raises `ManifestError`."""
    if not isinstance(value, Mapping):
        raise _wrong(key, "a table with a `command`")
    table = dict(value)
    command = _texts(table.pop("command", None), f"{key}.command")
    numbers: dict[str, Any] = {}
    for name, kind in (("interval", float), ("timeout", float), ("retries", int)):
        if name in table:
            numbers[name] = _number(table.pop(name), f"{key}.{name}", kind)
    if table or not command:
        raise _wrong(key, "`command`, and perhaps `interval`, `timeout` (seconds), `retries`")
    return HealthCheck(command=command, **numbers)


def _number(value: Any, key: str, kind: type[float]) -> float:
    """Check a number of seconds, or one that counts something (`kind` is `int`)."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not 0 < value < _MOST_SECONDS or kind(value) != value:
        raise _wrong(key, "a whole number above 0" if kind is int else "a number above 0")
    return kind(value)


_READERS: Mapping[str, Callable[[Any, str], Any]] = {
    "base": _text,
    "bases": _table_of_texts,
    "prefix": place,
    "workdir": place,
    "user": user,
    "task": _text,
    "command": _texts,
    "ports": ports,
    "labels": _table_of_texts,
    "health": health,
    "code": _flag,
    "include": _texts,
    "exclude": _texts,
    "slim": _slim,
    "compression": _compression,
    "tags": _texts,
    "debian-packages": _texts,
    "debian-mirror": _text,
    "sagemaker": _flag,
}
