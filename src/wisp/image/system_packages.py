"""Which packages of a system the layers of a base hold: those of dpkg, apk and rpm.

Sources: dpkg(1), "Files" (`status`); distroless images (`status.d`, a file for each package);
os-release(5); apk's "installed" database; rpm, `rpmdb.sqlite`.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from wisp.image.alpine_packages import ALPINE, alpine_packages
from wisp.image.debian.installed import COPYRIGHT, DOCUMENTS, STATUS, debian_packages
from wisp.image.layout import BlobStore, DamagedBlobError
from wisp.image.rpm_packages import RPM, RPM_OLD, rpm_packages
from wisp.image.system_package import SystemListing
from wisp.image.unpacking import opened_tar
from wisp.image.whiteouts import Whiteouts
from wisp.patterns import pattern
from wisp.specs.oci import Descriptor

_RELEASES = ("etc/os-release", "usr/lib/os-release")
#: Bytes that a file of each kind may have; of a longer one it is known only that it is there. The
#: status of a large system has 10 MB, rpm's database 60, a text about copyright seldom a tenth of
#: one. What rpm had before is not read at all.
_LONGEST = (
    (RPM_OLD, 0),
    (RPM, 128 << 20),
    (ALPINE, 32 << 20),
    (pattern("var/lib/dpkg/status"), 32 << 20),
    (STATUS, 1 << 20),
    (COPYRIGHT, 2 << 20),
    (pattern("|".join(_RELEASES)), 1 << 16),
)
#: Bytes of all that is read of a base at once: texts of 3,000 packages have 60 MB.
_MOST = 256 << 20
_UNREAD = b""


def system_listing(layers: Iterable[Descriptor], store: BlobStore) -> SystemListing:
    """List what is installed in layers, from the bottom up; nothing where there is no database.

    Raises:
        DamagedBlobError: A layer cannot be read.

    """
    files: dict[str, bytes] = {}
    for layer in layers:
        try:
            _read(files, layer, store)
        except (OSError, EOFError, tarfile.TarError) as error:
            raise DamagedBlobError(
                f"could not read the layer `{layer.digest}`", causes=[str(error)]
            ) from error
    return listing_of(files)


def _read(files: dict[str, bytes], layer: Descriptor, store: BlobStore) -> None:
    whiteouts, own = Whiteouts(), dict[str, bytes]()
    room = _MOST - sum(map(len, files.values()))
    with opened_tar(store.path(layer.digest)) as archive:
        for member in archive:
            path = member.name.removeprefix("./").strip("/")
            if whiteouts.take(PurePosixPath(path)):
                continue
            content = _content(archive, member, path, own)
            if content is None:
                continue
            room -= len(content)
            if room < 0:
                raise tarfile.ReadError("what it tells of packages is more than any system has")
            own[path] = content
    for path in [one for one in files if whiteouts.hide(PurePosixPath(one))]:
        del files[path]
    files.update(own)


def _content(
    archive: tarfile.TarFile, member: tarfile.TarInfo, path: str, own: Mapping[str, bytes]
) -> bytes | None:
    """Return what a member tells, a link as `-> target`; None if that is nothing of packages."""
    if member.issym():
        is_told = DOCUMENTS.fullmatch(path) or path in _RELEASES
        return f"-> {member.linkname}".encode("utf-8", "replace") if is_told else None
    if member.islnk():
        return own.get(member.linkname.removeprefix("./"))
    longest = next((most for name, most in _LONGEST if name.fullmatch(path)), None)
    if longest is None or not member.isfile():
        return None
    file = archive.extractfile(member) if member.size <= longest else None
    return file.read() if file is not None else _UNREAD


def listing_of(files: Mapping[str, bytes]) -> SystemListing:
    """List packages by a system's files, links among them as `-> target`."""
    texts = {
        path: content.decode("utf-8", "replace")
        for path, content in files.items()
        if not RPM.fullmatch(path)
    }
    release = _release(texts)
    name = release.get("ID", "")
    numbered = "-".join(filter(None, (name, release.get("VERSION_ID"))))
    apk = next((text for path, text in texts.items() if ALPINE.fullmatch(path)), None)
    if apk is not None:
        known = tuple(alpine_packages(apk))
        return SystemListing(kind="apk", system=name or "alpine", release=numbered, packages=known)
    rpm = next((content for path, content in files.items() if RPM.fullmatch(path)), None)
    rows = rpm_packages(rpm) if rpm is not None else None
    if rows is not None:
        return SystemListing(kind="rpm", system=name or "redhat", release=numbered, packages=rows)
    return SystemListing(
        kind="deb",
        system=name or "debian",
        release=release.get("VERSION_CODENAME", release.get("VERSION_ID", "")),
        packages=debian_packages(texts),
        unread=rpm is not None or any(RPM_OLD.fullmatch(path) for path in files),
    )


def _release(files: Mapping[str, str]) -> Mapping[str, str]:
    text = next((files[one] for one in reversed(_RELEASES) if one in files), "")
    rows = (line.partition("=") for line in text.splitlines())
    return {key: value.strip("\"'") for key, _, value in rows}
