"""Which packages of Debian, or of a system made like it, the files of a base tell of.

Sources: dpkg(1), "Files" (`status`); distroless images (`status.d`, a file for each package).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wisp.image.debian.index import paragraphs, relations
from wisp.image.system_package import SystemPackage
from wisp.patterns import pattern

STATUS = pattern(r"var/lib/dpkg/status(\.d/[^/]+)?")
COPYRIGHT = pattern(r"usr/share/doc/[^/]+/copyright")
DOCUMENTS = pattern(r"usr/share/doc/[^/]+")


def debian_packages(files: Mapping[str, str]) -> tuple[SystemPackage, ...]:
    """List packages by the texts of a system's files, links among them as `-> target`."""
    found: dict[str, SystemPackage] = {}
    for path, text in sorted(files.items()):
        if STATUS.fullmatch(path):
            for package in _installed(text, files):
                found[package.name] = package
    return tuple(found[name] for name in sorted(found))


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
