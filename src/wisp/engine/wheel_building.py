"""Wheels made of local folders, so that whatever is installed elsewhere is a wheel."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from wisp.engine.uv import Uv, UvError
from wisp.engine.uv_options import index_options
from wisp.errors import InstallError
from wisp.specs.pypi import PypiOptions
from wisp.specs.records import PypiRecord
from wisp.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelBuild:
    """A folder to make a wheel of, below `out`; `python` runs its build back-end.

    `root` is the folder to which relative locations of `options` refer.
    """

    folder: Path
    out: Path
    python: Path
    root: Path
    options: PypiOptions = PypiOptions()
    variables: Mapping[str, str] = field(default_factory=dict)


def build_wheel(uv: Uv, wanted: WheelBuild) -> PypiRecord:
    """Build one wheel and describe it as a record at a path, with its digest.

    Raises:
        InstallError: The back-end fails, or its wheel is for some machines only: then it would
            depend on the one that built it.

    """
    arguments = ["build", "--wheel", "--out-dir", str(wanted.out), "--no-create-gitignore"]
    arguments += ["--python", str(wanted.python), str(wanted.folder)]
    arguments += index_options(wanted.options, wanted.root, uv.default_index)
    try:
        uv.run(arguments, cwd=wanted.root, variables=wanted.variables)
    except UvError as error:
        raise InstallError(
            f"`{wanted.folder}` could not be built", causes=[error.stderr.strip()]
        ) from error
    (wheel,) = wanted.out.glob("*.whl")
    name, version, *_, abi, platform = wheel.name.removesuffix(".whl").split("-")
    if (abi, platform) != ("none", "any"):
        raise InstallError(
            f"the wheel of `{wanted.folder}` is for '{platform}' only, as this machine built it",
            hints=["lock a wheel of it from an index, or make a conda package of it"],
        )
    return PypiRecord(
        location=str(wheel),
        name=name.replace("_", "-").lower(),
        version=version,
        sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
    )
