"""What the PyPI part of a prefix needs: which wheels leave, and whether any has to come."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from wisp import layout
from wisp.engine.wheels import InstalledWheel, is_from_checkout
from wisp.specs.origins import GitCheckout, IndexFile
from wisp.specs.pypi import PypiOptions
from wisp.specs.records import CondaRecord, PypiRecord
from wisp.values import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.engine.safe.root import Root


@dataclass(frozen=True, slots=True, kw_only=True)
class PypiWork:
    """The wanted PyPI packages of a prefix, handed to the PyPI engine.

    `root` is the folder of the lock, to which relative locations refer; `interpreter` the
    prefix's Python; `editable` names the folders that are installed in place; `options` tell
    how packages are built; `reinstall` names what is put there anew although it seems right;
    `held` the descriptor that a child has to inherit, so that the prefix stays locked while it
    lives; `label` is what progress calls the environment; `within` is the folder that the prefix
    lies in, from which on no link is followed.
    """

    prefix: Path
    interpreter: Path
    root: Path
    records: tuple[PypiRecord, ...]
    reinstall: frozenset[str]
    held: int
    editable: frozenset[str] = frozenset()
    options: PypiOptions = PypiOptions()
    label: str = ""
    within: Root | None = None


#: The PyPI engine, as the facade has set it up.
InstallPypi = Callable[[PypiWork], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PypiPlan:
    """The wheels to be removed before the conda step, and whether the PyPI step has to run.

    `differs` when a wanted wheel is missing or another; `in_doubt` when all are there, but only
    the PyPI engine can tell whether a local folder or archive changed since.
    """

    remove: tuple[InstalledWheel, ...] = ()
    differs: bool = False
    in_doubt: bool = False


def plan_pypi(
    records: Iterable[PypiRecord],
    installed: Iterable[InstalledWheel],
    *,
    site_packages: Path | None,
    ignored: Collection[str] = (),
) -> PypiPlan:
    """Compare the wheels of a prefix with the wanted ones.

    Only wheels that bear our mark leave: those of no wanted record, and those in the folder of
    another Python (`site_packages` is the one of the Python that is wanted). What conda or the
    user has put there stays, though a wanted package of another's mark is installed over.
    """
    wanted = {record.name: record for record in records}
    ours: dict[str, InstalledWheel] = {}
    remove: list[InstalledWheel] = []
    for wheel in installed:
        if wheel.installer != layout.PYPI_INSTALLER or wheel.name in ignored:
            continue
        if wheel.name in wanted and wheel.folder.parent == site_packages:
            ours[wheel.name] = wheel
        else:
            remove.append(wheel)
    verdicts = [
        _is_current(record, ours[name]) if name in ours else False
        for name, record in wanted.items()
    ]
    return PypiPlan(remove=tuple(remove), differs=False in verdicts, in_doubt=None in verdicts)


def _is_current(record: PypiRecord, wheel: InstalledWheel) -> bool | None:
    """Tell whether a wheel is the record's; None where only its source could tell."""
    if record.version is not None and record.version != wheel.version:
        return False
    origin = record.origin
    if isinstance(origin, GitCheckout):
        return is_from_checkout(wheel, origin)
    if isinstance(origin, IndexFile):
        return wheel.direct_url is None
    if origin.is_local:
        return None if wheel.direct_url is not None else False
    return wheel.direct_url is not None and wheel.direct_url.get("url") == origin.place


def python_paths(
    records: Iterable[CondaRecord], prefix: Path, subdir: str
) -> tuple[Path, Path] | None:
    """Return the interpreter and the site-packages that the conda packages bring, if any."""
    python = next((row for row in records if row.name == "python"), None)
    if python is None:
        return None
    if subdir.startswith("win-"):
        return prefix / "python.exe", prefix / "Lib" / "site-packages"
    minor = ".".join(python.version.split(".")[:2])
    site = python.python_site_packages_path or f"lib/python{minor}/site-packages"
    return prefix / "bin" / "python", prefix / site
