"""What is said wherever something fails because the network must not be used."""

from __future__ import annotations

OFFLINE_HINTS = (
    "pixi is running in offline mode and only uses locally cached data.",
    "Retry with network access: remove the `--offline` flag, unset `PIXI_OFFLINE`, or set "
    "`offline = false` in the configuration",
)


def was_offline(said: str) -> bool:
    """Tell whether uv failed because it was not to use the network."""
    return "Network connectivity is disabled" in said or "the network was disabled" in said
