"""A package index of many small generated wheels, for benchmarks of resolution."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

from tools.forge import simple, store
from tools.forge.pins import Pin

VERSIONS = ("1.0", "1.1", "2.0")
_TIMESTAMP = 1_700_000_000_000


def bazaar(cache: Path, projects: int = 180) -> Path:
    """Make an index whose project `bazaar` needs the newest of all the others.

    Gives the folder to serve; the index is its folder `simple`.
    """

    def make(folder: Path) -> None:
        wheels: dict[Pin, Path] = {}
        chance = random.Random(projects)
        names = [f"bazaar-{number:03}" for number in range(projects - 1)]
        for number, name in enumerate(names):
            needs = chance.sample(names[:number], min(number, chance.randint(0, 5)))
            for version in VERSIONS:
                _add(folder, wheels, name, version, [f"{other} >=1.0" for other in needs])
        _add(folder, wheels, "bazaar", "1.0", names)
        simple.write_index(folder / "simple", wheels)

    code = store.code_digest("bazaar.py", "simple.py")
    return store.made(cache, f"bazaar-{projects}", code, make)


def _add(
    folder: Path, wheels: dict[Pin, Path], name: str, version: str, requires: list[str]
) -> None:
    module = name.replace("-", "_")
    file = folder / "wheels" / f"{module}-{version}-py3-none-any.whl"
    file.parent.mkdir(exist_ok=True)
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += ["Requires-Python: >=3.9", *[f"Requires-Dist: {other}" for other in requires], ""]
    dist_info = f"{module}-{version}.dist-info"
    members = {
        f"{module}.py": f"VERSION = {version!r}\n",
        f"{dist_info}/METADATA": "\n".join(lines),
        f"{dist_info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    listing = "".join(f"{path},,\n" for path in [*members, f"{dist_info}/RECORD"])
    with zipfile.ZipFile(file, "w") as archive:
        for path, content in (members | {f"{dist_info}/RECORD": listing}).items():
            archive.writestr(zipfile.ZipInfo(path), content)
    wheels[Pin(name, version, _TIMESTAMP, pure=True)] = file
