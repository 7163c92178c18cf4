"""A package of the system that a base is, of whichever kind, and a list of them."""

from __future__ import annotations

from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    SystemKind = Literal["deb", "apk", "rpm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemPackage:
    """An installed package; `needs` are names of packages.

    Of Debian's `copyright` is the text that comes with it; others say a `license` themselves.
    """

    name: str
    version: str
    architecture: str
    needs: tuple[str, ...] = ()
    license: str = ""
    copyright: str = ""
    epoch: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemListing:
    """Installed packages, by name, and what the system calls itself, e.g. `debian`, `trixie`.

    `unread` tells that there is a database which nobody here can read.
    """

    kind: SystemKind
    system: str
    release: str
    packages: tuple[SystemPackage, ...]
    unread: bool = False
