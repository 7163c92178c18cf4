"""A root file system made of unpacked packages, with what their maintainer scripts would add.

No script runs: users, certificates and a few links are written down here. The account `app`
(1000:1000) is the one that containers run as.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wisp.image.debian.archive import Unpacked
from wisp.image.debian.index import paragraphs
from wisp.image.entries import LayerEntry, folder, link, text_file, with_parents
from wisp.values import replace

HOME = "/home/app"
USER_ID = 1000
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
#: A folder where everybody may write, but remove only what is their own.
SHARED_MODE = 0o1777

_PASSWD = f"""\
root:x:0:0:root:/root:/bin/bash
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
app:x:{USER_ID}:{USER_ID}::{HOME}:/bin/bash
"""
_GROUP = f"root:x:0:\nnogroup:x:65534:\napp:x:{USER_ID}:\n"
_NSSWITCH = "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n"


def accounts() -> tuple[LayerEntry, ...]:
    """Return the users and groups of a base, and their folders."""
    return (
        text_file("etc/passwd", _PASSWD),
        text_file("etc/group", _GROUP),
        text_file("etc/nsswitch.conf", _NSSWITCH),
        folder("root", 0o700),
        *homes(),
    )


def homes() -> tuple[LayerEntry, ...]:
    """Return the folders in which the program may write."""
    return (
        folder(HOME.lstrip("/"), owner=USER_ID),
        folder("tmp", SHARED_MODE),
        folder("var/tmp", SHARED_MODE),
    )


def rootfs(packages: Iterable[Unpacked]) -> tuple[LayerEntry, ...]:
    """Put packages together. Later ones win where two have a file."""
    found: list[LayerEntry] = []
    for package in packages:
        found += package.entries
        found.append(_status(package.control))
    merged = _through_links(found)
    return with_parents((*merged, *_scripted(merged), *accounts()))


def _status(control: str) -> LayerEntry:
    """Return the note by which scanners of images recognise a package without its tools."""
    name = next(paragraphs(control))["Package"]
    return text_file(f"var/lib/dpkg/status.d/{name}", control)


def _through_links(entries: Iterable[LayerEntry]) -> list[LayerEntry]:
    """Move what lies below `/bin`, `/lib` … to below `/usr`, where these links lead."""
    rows = list(entries)
    links = {
        one.path: one.target
        for one in rows
        if one.kind == "link" and one.target == f"usr/{one.path}"
    }
    moved: list[LayerEntry] = []
    for one in rows:
        first, slash, rest = one.path.partition("/")
        if slash and first in links:
            moved.append(replace(one, path=f"{links[first]}/{rest}"))
        elif one.path not in links or one.kind == "link":
            moved.append(one)
    return moved


def _scripted(entries: Iterable[LayerEntry]) -> Iterator[LayerEntry]:
    """Return what the maintainer scripts of these packages would have made."""
    by_path = {one.path: one for one in entries}
    certificates = [
        one.content or b""
        for path, one in sorted(by_path.items())
        if path.startswith("usr/share/ca-certificates/") and path.endswith(".crt")
    ]
    if certificates:
        yield text_file(CERTIFICATES.lstrip("/"), b"".join(certificates))
    if "usr/bin/which.debianutils" in by_path:
        yield link("usr/bin/which", "which.debianutils")
    if "usr/share/zoneinfo/Etc/UTC" in by_path:
        yield link("etc/localtime", "/usr/share/zoneinfo/Etc/UTC")
