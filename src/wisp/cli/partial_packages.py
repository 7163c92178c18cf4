"""Large packages of which a command loads only the modules that it uses.

rattler names all that is in it, so to import one module means to import every one, and
`dataclasses` and `inspect` with them: 60 ms, of which an installation needs 20. Here such a package
is empty, and what its `__init__` would have loaded comes when a name of it is asked. That changes
how a process imports, which is for the program to decide and not for the library: only the command
line does it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import PathFinder
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from typing import Any


class _Package(ModuleType):
    """A package that knows the names of its `__init__` once it is asked for one."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(import_module(f"{self.__name__}.__init__"), name)


class _Empty:
    """Makes packages without running their `__init__`."""

    @staticmethod
    def create_module(spec: ModuleSpec) -> ModuleType:
        return _Package(spec.name)

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        pass


#: Those that load much which is seldom needed.
RATTLER = frozenset({"rattler", "rattler.networking", "rattler.repo_data"})


class _Finder:
    """Finds packages as Python does, but empty."""

    def __init__(self, packages: frozenset[str]) -> None:
        self._packages = packages

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Answer Python's import system."""
        if name not in self._packages:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None:
            spec.loader = _Empty()  # type: ignore[assignment]
        return spec


def load_in_parts(packages: frozenset[str]) -> None:
    """Let this process load the modules of packages one by one, of those not loaded yet.

    None of the modules may ask its own package for a name while it is loaded.
    """
    sys.meta_path.insert(0, _Finder(packages))
