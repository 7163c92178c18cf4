"""wisp: one manifest and one lock for conda and PyPI packages, from laptop to cloud.

The public surface is loaded on first use, so that the command line pays for nothing it
does not touch.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.workspace import Workspace as Workspace
    from wisp.errors import WispError as WispError

__all__ = ["WispError", "Workspace", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name == "Workspace":
        from wisp.api.workspace import Workspace

        return Workspace
    if name == "WispError":
        from wisp.errors import WispError

        return WispError
    raise AttributeError(f"module 'wisp' has no attribute {name!r}")
