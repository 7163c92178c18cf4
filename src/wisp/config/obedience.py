"""Which keys of a workspace's own configuration count although a stranger may have written them.

All of it counts only with the user's consent (`wisp.config.consents`). Without one, what decides
whom to trust, where data goes to, where packages lie or what runs does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wisp.specs.controls import KeyPath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from wisp.config.reading import Values

#: Never read from a workspace: they say how much of a workspace is believed.
STEERING = "trust"
#: What consents to the configuration are filed under.
SUBJECT = "configuration"

_HARMLESS = frozenset(
    {
        "default-channels",
        "pinning-strategy",
        "tool-platform",
        "exclude-newer",
        "allow-symbolic-links",
        "allow-hard-links",
        "allow-ref-links",
        "shell",
        "repodata-config",
        "experimental",
        "concurrency",
        "build",
    }
)
#: Keys that are harmless with some values, their defaults above all. To be off the network is the
#: user's wish where it is theirs.
_HARMLESS_VALUES: Mapping[KeyPath, Callable[[Any], bool]] = {
    ("offline",): lambda value: value is True,
    ("tls-no-verify",): lambda value: value is False,
    ("tls-root-certs",): lambda value: value == "webpki",
    ("detached-environments",): lambda value: isinstance(value, bool),
    ("run-post-link-scripts",): lambda value: value == "false",
    ("mirrors",): lambda value: not value,
    ("pypi-config", "index-url"): lambda _: True,
    ("pypi-config", "extra-index-urls"): lambda _: True,
    ("pypi-config", "keyring-provider"): lambda value: value == "disabled",
    ("pypi-config", "allow-insecure-host"): lambda value: not value,
    ("proxy-config", "non-proxy-hosts"): lambda value: not value,
    ("cache", "netfs-redirect"): lambda value: value == "auto",
    ("virtual-package-detectors", "timeout-seconds"): lambda _: True,
    ("virtual-package-detectors", "consent"): lambda value: "allow" not in value.values(),
}
#: What is so anyhow, if nobody says otherwise.
DEFAULTS: Mapping[KeyPath, Any] = {("offline",): False}


def needing_consent(values: Values) -> dict[KeyPath, Any]:
    """Return what of a workspace's own configuration does not count by itself."""
    return {path: value for path, value in values.items() if not _is_harmless(path, value)}


def as_subject(values: Values) -> list[list[Any]]:
    """Return what a consent to these values is a consent to, as plain data in fixed order."""
    return sorted([list(path), value] for path, value in values.items() if path[0] != STEERING)


def _is_harmless(path: KeyPath, value: Any) -> bool:
    if path[0] in _HARMLESS:
        return True
    judge = _HARMLESS_VALUES.get(path)
    return judge is not None and judge(value)
