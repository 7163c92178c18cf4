"""What lies where in a pack, and what it says of itself.

    pixi-pack.json                      format version, platform; ours adds the digests of wheels
    environment.yml                     for conda and micromamba
    channel/SUBDIR/NAME.conda           conda packages, with a repodata.json for each subdir
    pypi/NAME.whl                       wheels

Source: the layout of pixi-pack, format version 1.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from wisp.errors import WispError
from wisp.foreign import json_data
from wisp.layout import PACK_METADATA
from wisp.specs.records import CondaRecord, PypiRecord, Record, package_kind
from wisp.values import dataclass, field

METADATA = PACK_METADATA
ENVIRONMENT = "environment.yml"
CHANNEL = "channel"
WHEELS = "pypi"
REPODATA = "repodata.json"
#: The only version there is, as a text.
FORMAT_VERSION = "1"


class PackError(WispError):
    """A pack cannot be made, or is not to be unpacked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackMetadata:
    """What a pack says of itself. `wheels` maps files to SHA-256 where its maker tells them."""

    platform: str
    wheels: Mapping[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """Write it; keys beyond pixi-pack's are below one that pixi-unpack passes over."""
        table = {
            "version": FORMAT_VERSION,
            "platform": self.platform,
            "wisp": {"wheels": dict(sorted(self.wheels.items()))},
        }
        return json.dumps(table, indent=2) + "\n"


def read_metadata(content: bytes) -> PackMetadata:
    """Read what a pack says of itself.

    Raises:
        PackError: It says nothing, or is of another format.

    """
    try:
        table = json_data(content)
        version, platform = table["version"], table["platform"]
        wheels = (table.get("wisp") or {}).get("wheels") or {}
        known = {str(name): str(digest) for name, digest in wheels.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PackError(f"`{METADATA}` of the pack cannot be read") from error
    if version != FORMAT_VERSION:
        raise PackError(
            f"the pack has the format version {str(version)[:20]!r}, not {FORMAT_VERSION!r}",
            hints=["unpack it with a newer version of wisp"],
        )
    return PackMetadata(platform=str(platform), wheels=known)


def environment_text(conda: Iterable[CondaRecord], pypi: Iterable[PypiRecord]) -> str:
    """Write the file by which conda and micromamba make the environment from the pack."""
    lines = ["channels:", f"  - ./{CHANNEL}", "  - nodefaults", "dependencies:"]
    lines += [f"  - {one.name}={one.version}={one.build}" for one in conda]
    wheels = [f"    - {one.name}=={one.version}" for one in pypi]
    if wheels:
        lines += ["  - pip:", "    - --no-index", f"    - --find-links ./{WHEELS}", *wheels]
    return "\n".join(lines) + "\n"


def package_rows(packages: Iterable[Record]) -> list[dict[str, object]]:
    """Return packages as plain data: name, version, kind."""
    return [
        {
            "name": one.name,
            "version": one.version,
            "kind": package_kind(one),
        }
        for one in sorted(packages, key=lambda one: one.name)
    ]
