"""wisp: one manifest and one lock for conda and PyPI packages, from laptop to cloud.

The public surface is loaded on first use, so that the command line pays for nothing it
does not touch.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.workspace import Workspace as Workspace
    from wisp.errors import WispError as WispError

    __version__: str
    from wisp.report import Reporter as Reporter

__all__ = ["Reporter", "WispError", "Workspace", "__version__"]

#: Where each name comes from, and what it is called there.
_HOMES = {
    "Reporter": ("wisp.report", "Reporter"),
    "WispError": ("wisp.errors", "WispError"),
    "Workspace": ("wisp.api.workspace", "Workspace"),
    "__version__": ("wisp.layout", "VERSION"),
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'wisp' has no attribute {name!r}")
    from importlib import import_module

    module, own_name = _HOMES[name]
    return getattr(import_module(module), own_name)
