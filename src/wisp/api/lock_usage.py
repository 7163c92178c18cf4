"""What may be done to lock and prefixes to get an environment or to follow up an edit."""

from __future__ import annotations

from wisp.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LockUsage:
    """What may be done to the lock file and to prefixes.

    `frozen` takes the lock file as it is, `locked` only if it fits the manifest; with neither,
    what is stale is solved and written. `no_install` leaves prefixes alone.
    """

    locked: bool = False
    frozen: bool = False
    no_install: bool = False

    @property
    def lock_is_fixed(self) -> bool:
        """Whether the lock file must not change."""
        return self.frozen or self.locked


#: Lock and install whatever is missing or stale.
AS_NEEDED = LockUsage()
