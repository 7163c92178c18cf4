"""What words there are beside a workspace's: keys of the configuration and what they may be, tools.

For unfinished command lines, so nothing is written, nothing is run, and no keyring opens.
"""

from __future__ import annotations

from wisp.api.authorizing import hosts_in_files
from wisp.api.session import Session
from wisp.compat import RELEASES
from wisp.config.keys import KEYS, Choice, is_list, is_switch
from wisp.image.slim import GROUPS, RULES


def config_keys(*, lists: bool = False) -> tuple[str, ...]:
    """Return the keys of fixed name, or those alone whose values are `lists`."""
    return tuple(key for key, reader in KEYS.items() if is_list(reader) or not lists)


def config_tables() -> tuple[str, ...]:
    """Return what can be listed apart: tables, and keys outside of them."""
    return tuple(dict.fromkeys(key.partition(".")[0] for key in KEYS))


def config_values(key: str) -> tuple[str, ...]:
    """Return what a key may be, nothing where that is open."""
    reader = KEYS.get(key)
    if isinstance(reader, Choice):
        return reader.names
    return ("true", "false") if reader is not None and is_switch(reader) else ()


def slim_rules() -> tuple[str, ...]:
    """Return what can be left out of an image."""
    return (*RULES, *GROUPS)


def releases() -> tuple[str, ...]:
    """Return the releases of Pixi that can be followed."""
    return tuple(release.removesuffix(".0") for release in RELEASES)


def hosts(session: Session) -> tuple[str, ...]:
    """Return the hosts that something is stored for."""
    return hosts_in_files(session.credentials)


class ToolNames:
    """The names of the global tools, by environment."""

    def __init__(self, session: Session) -> None:
        declared = session.tools().declared
        self.environments = tuple(one.name for one in declared)
        self.exposed = {name.name: one.name for one in declared for name in one.exposed}
        self.shortcuts = tuple(name for one in declared for name in one.shortcuts)
        self._direct = {one.name: one.direct for one in declared}

    def packages(self, environment: str | None = None) -> tuple[str, ...]:
        """Return what an environment, or any, asks for."""
        if environment is not None:
            return self._direct.get(environment, ())
        return tuple(dict.fromkeys(name for names in self._direct.values() for name in names))
