"""What a call says about an image instead of the manifest."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from wisp.errors import UsageError
from wisp.image.documents import HealthCheck
from wisp.image.settings import ImageSettings, health, place, ports, user
from wisp.image.slim import chosen_rules
from wisp.values import dataclass, field, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageOverrides:
    """Values by the name of the setting, as texts; what is not said stays as it is.

    `health` has parts of a health check by their names in the manifest.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labels: tuple[tuple[str, str], ...] = ()
    bases: tuple[tuple[str, str], ...] = ()
    health: Mapping[str, Any] = field(default_factory=dict)
    compression: str | None = None
    no_code: bool = False
    sagemaker: bool = False


def overridden(settings: ImageSettings, given: ImageOverrides, cwd: Path) -> ImageSettings:
    """Return settings in which what is given counts; what exists on this disk is seen from `cwd`.

    Raises:
        UsageError, ManifestError: A value has the wrong shape.

    """
    changes: dict[str, Any] = {**given.texts, **given.lists}
    for key in ("prefix", "workdir"):
        if key in changes:
            changes[key] = place(changes[key], key)
    if "user" in changes:
        changes["user"] = user(changes["user"], "user")
    if "base" in changes and (cwd / changes["base"]).exists():
        changes["base"] = os.path.normpath(cwd / changes["base"])
    if "ports" in changes:
        changes["ports"] = ports(list(changes["ports"]), "ports")
    if "slim" in changes:
        changes["slim"] = chosen_rules(changes["slim"])
    if "command" in changes:
        # What the manifest says containers run does not count then.
        changes.setdefault("task", None)
    if given.compression:
        changes["compression"] = given.compression
    if given.no_code:
        changes["code"] = False
    if given.sagemaker:
        changes["sagemaker"] = True
    if given.labels:
        changes["labels"] = {**settings.labels, **dict(given.labels)}
    if given.bases:
        changes["bases"] = {**settings.bases, **dict(given.bases)}
    if given.health:
        changes["health"] = _health(settings.health, given.health)
    return replace(settings, **changes)


def _health(known: HealthCheck | None, given: Mapping[str, Any]) -> HealthCheck:
    table = {**_as_table(known), **given}
    if "command" not in table:
        raise UsageError(
            "nothing says what asks whether a container is well",
            hints=["give a command with `--health-command`"],
        )
    return health(table, "health")


def _as_table(check: HealthCheck | None) -> dict[str, Any]:
    if check is None:
        return {}
    words = list(check.command)
    times = {"interval": check.interval, "timeout": check.timeout, "retries": check.retries}
    return {"command": words, **times}
