"""Which packages of Debian, or of a system made like it, the layers of a base hold.

Sources: dpkg(1), "Files" (`status`); distroless images (`status.d`, a file for each package);
os-release(5).
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from wisp.image.debian.index import paragraphs, relations
from wisp.image.layout import BlobStore, DamagedBlobError
from wisp.image.unpacking import opened_tar
from wisp.image.whiteouts import Whiteouts
from wisp.patterns import pattern
from wisp.specs.oci import Descriptor
from wisp.values import dataclass

_STATUS = pattern(r"var/lib/dpkg/status(\.d/[^/]+)?")
_COPYRIGHT = pattern(r"usr/share/doc/[^/]+/copyright")
_DOCUMENTS = pattern(r"usr/share/doc/[^/]+")
_RELEASES = ("etc/os-release", "usr/lib/os-release")
#: Bytes of a file that is read; the status of a large system has 10 MB.
_LARGEST = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemPackage:
    """An installed package; `needs` are names, `copyright` is the text that comes with it."""

    name: str
    version: str
    architecture: str
    needs: tuple[str, ...] = ()
    copyright: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemListing:
    """Installed packages, by name, and what the system calls itself, e.g. `debian`, `trixie`."""

    distribution: str
    release: str
    packages: tuple[SystemPackage, ...]


def system_listing(layers: Iterable[Descriptor], store: BlobStore) -> SystemListing:
    """List what dpkg has installed in layers, from the bottom up; nothing where it is not used.

    Raises:
        DamagedBlobError: A layer cannot be read.

    """
    files: dict[str, str] = {}
    for layer in layers:
        try:
            _read(files, layer, store)
        except (OSError, EOFError, tarfile.TarError) as error:
            raise DamagedBlobError(
                f"could not read the layer `{layer.digest}`", causes=[str(error)]
            ) from error
    return listing_of(files)


def _read(files: dict[str, str], layer: Descriptor, store: BlobStore) -> None:
    markers, own = Whiteouts(), dict[str, str]()
    with opened_tar(store.path(layer.digest)) as archive:
        for member in archive:
            path = member.name.removeprefix("./").strip("/")
            if markers.take(PurePosixPath(path)):
                continue
            if member.issym() and (_DOCUMENTS.fullmatch(path) or path in _RELEASES):
                own[path] = f"-> {member.linkname}"
            elif member.islnk() and member.linkname in own:
                own[path] = own[member.linkname]
            elif member.isfile() and _is_wanted(path) and member.size <= _LARGEST:
                file = archive.extractfile(member)
                assert file is not None
                own[path] = file.read().decode("utf-8", "replace")
    for path in [one for one in files if markers.hide(PurePosixPath(one))]:
        del files[path]
    files.update(own)


def _is_wanted(path: str) -> bool:
    return bool(_STATUS.fullmatch(path) or _COPYRIGHT.fullmatch(path)) or path in _RELEASES


def listing_of(files: Mapping[str, str]) -> SystemListing:
    """List packages by the texts of a system's files, links among them as `-> target`."""
    release = _release(files)
    found: dict[str, SystemPackage] = {}
    for path, text in sorted(files.items()):
        if _STATUS.fullmatch(path):
            for package in _installed(text, files):
                found[package.name] = package
    return SystemListing(
        distribution=release.get("ID", "debian"),
        release=release.get("VERSION_CODENAME", release.get("VERSION_ID", "")),
        packages=tuple(found[name] for name in sorted(found)),
    )


def _release(files: Mapping[str, str]) -> Mapping[str, str]:
    text = next((files[one] for one in reversed(_RELEASES) if one in files), "")
    rows = (line.partition("=") for line in text.splitlines())
    return {key: value.strip("\"'") for key, _, value in rows}


def _installed(text: str, files: Mapping[str, str]) -> Iterable[SystemPackage]:
    if not text.startswith("Package:"):
        return
    for fields in paragraphs(text):
        # A file of its own, as distroless has, says nothing of a state.
        state = fields.get("Status", "installed").rpartition(" ")[2]
        if state != "installed" or not fields.get("Package") or not fields.get("Version"):
            continue
        name = fields["Package"]
        needs = ", ".join(fields.get(key, "") for key in ("Pre-Depends", "Depends"))
        yield SystemPackage(
            name=name,
            version=fields["Version"],
            architecture=fields.get("Architecture", ""),
            needs=tuple(dict.fromkeys(one for group in relations(needs) for one in group)),
            copyright=_copyright(name, files),
        )


def _copyright(name: str, files: Mapping[str, str]) -> str:
    """Return the text of a package; its folder may be a link to another package's."""
    link = files.get(f"usr/share/doc/{name}", "")
    owner = link.removeprefix("-> ").rpartition("/")[2] if link else name
    return files.get(f"usr/share/doc/{owner}/copyright", "")
