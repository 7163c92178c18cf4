"""Large packages of which a command loads only the modules that it uses.

rattler names all that is in it, so to import one module means to import every one, and
`dataclasses` and `inspect` with them: 60 ms, of which an installation needs 20. Here such a package
is empty, and what its `__init__` would have loaded comes when a name of it is asked. That changes
how a process imports, which is for the program to decide and not for the library: only the command
line does it.
"""

from __future__ import annotations

import os
import sys
from _thread import RLock
from importlib import import_module
from importlib.machinery import PathFinder
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from typing import Any


#: What the import system itself asks of a module before it is told: no reason to load it.
_ASKED_BY_IMPORT = frozenset({"__path__", "__file__", "__cached__"})


class _Package(ModuleType):
    """A package that knows the names of its `__init__` once it is asked for one."""

    def __getattr__(self, name: str) -> Any:
        if name in _ASKED_BY_IMPORT:
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


_running = RLock()


class _LateModule(ModuleType):
    """A module that runs once a name of it is asked."""

    def __getattr__(self, name: str) -> Any:
        if name in _ASKED_BY_IMPORT:
            raise AttributeError(name)
        with _running:  # another thread may ask meanwhile
            late = self.__dict__.pop("_late", None)
            if late is not None:
                self._run(late)
        try:
            return self.__dict__[name]
        except KeyError:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}") from None

    def _run(self, late: Loader) -> None:
        try:
            late.exec_module(self)
        except BaseException:  # who asks again hears the same
            self.__dict__["_late"] = late
            raise


class _Late:
    """Makes modules that run later."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    @staticmethod
    def create_module(spec: ModuleSpec) -> ModuleType:
        return _LateModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["_late"] = self._loader


#: Those that load much which is seldom needed.
RATTLER = frozenset({"rattler", "rattler.networking", "rattler.package", "rattler.repo_data"})
#: What `pathlib` and `urllib.parse` name at their top, for paths of Windows and for addresses in
#: brackets: a tenth of what Python needs to start.
_SELDOM = frozenset({"ipaddress", "ntpath"}) if os.name == "posix" else frozenset()


class _Finder:
    """Finds packages as Python does, but empty."""

    def __init__(self, packages: frozenset[str]) -> None:
        self._packages = packages

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Answer Python's import system."""
        if name not in self._packages and name not in _SELDOM:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            late = _Late(spec.loader) if name in _SELDOM else _Empty()
            spec.loader = late  # type: ignore[assignment]
        return spec


def load_in_parts(packages: frozenset[str]) -> None:
    """Let this process load the modules of packages one by one, of those not loaded yet.

    What the standard library seldom needs comes when it is needed.

    None of the modules may ask its own package for a name while it is loaded.
    """
    sys.meta_path.insert(0, _Finder(packages))
