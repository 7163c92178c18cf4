"""The channels of the forge, built once per interpreter and version of the forge."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.forge import (
    cpython,
    downloads,
    handmade,
    layouts,
    mirrored,
    pins,
    projects,
    simple,
    store,
    wheels,
)
from tools.forge.archive import Entry, Package
from tools.forge.channel import Item, packed, record_only, write_channel
from tools.forge.layouts import Layout

DEFAULT_CACHE = Path(__file__).resolve().parents[2] / ".cache" / "forge"
Files = tuple[Entry, ...]

#: When the repackaged interpreter counts as made, whatever its version: before all numpy wheels.
_PYTHON_TIMESTAMP = 1_640_995_200_000


@dataclass(frozen=True, slots=True)
class Forge:
    """What was built, in one folder that a server can offer as it is.

    `python` is the version that can be installed, `other_python` one that can only be locked.
    """

    folder: Path
    subdir: str
    python: str
    other_python: str

    @property
    def minor(self) -> str:
        """Major and minor version of the python that can be installed."""
        return ".".join(self.python.split(".")[:2])

    @property
    def main(self) -> Path:
        """The channel with all packages."""
        return self.folder / "main"

    @property
    def second(self) -> Path:
        """A channel that adds a little to the first."""
        return self.folder / "second"

    @property
    def simple(self) -> Path:
        """The wheels, as a package index once it is served."""
        return self.folder / "simple"

    @property
    def url(self) -> str:
        """`file://` URL of the main channel."""
        return self.main.as_uri()


def build(cache: Path = DEFAULT_CACHE) -> Forge:
    """Build the channels, or find them in `cache`.

    Raises `ForgeError` for an interpreter that cannot be repackaged, or when the package index
    cannot be reached.
    """
    layout = layouts.running()
    known = pins.read(layout.minor)
    inputs = f"{store.code_digest()} {store.interpreter_digest(layout)}"
    wheelhouse = cache / "wheels"

    def make(folder: Path) -> None:
        downloaded = downloads.download(known.pure, layout.minor, wheelhouse)
        native = wheelhouse / f"{layout.tag}-{layout.subdir}"
        downloaded |= downloads.download(known.numpy, layout.minor, native)
        items = [_interpreter(cache, layout), *_other_pythons(layout)]
        items += [
            packed(wheels.pure_package(downloaded[pin], pin, known, layout.minor))
            for pin in known.pure
        ]
        for pin in known.numpy:
            items.append(_numpy(cache, downloaded[pin], pin, layout))
            items.extend(_other_numpys(pin, layout))
        items += map(packed, handmade.handmade((layout.minor, _other_minor(layout))))
        items += map(packed, mirrored.mirrored())
        write_channel(folder / "main", items, handmade.SUBDIRS)
        generated = projects.projects(folder / "projects")
        simple.write_index(folder / "simple", [*downloaded.items(), *generated])
        write_channel(folder / "second", map(packed, handmade.second_channel()), handmade.SUBDIRS)

    folder = store.made(cache, "channels", inputs, make)
    other = f"{_other_minor(layout)}.9"
    return Forge(folder, layout.subdir, layout.version, other)


def _other_minor(layout: Layout) -> str:
    """Choose the minor before: a newer one would win each solve and then be missing."""
    major, minor = layout.minor.split(".")
    return f"{major}.{int(minor) - 1}"


def _interpreter(cache: Path, layout: Layout) -> Item:
    package = cpython.record_of_python(layout.version, layout.subdir, _PYTHON_TIMESTAMP)
    code = store.code_digest("archive.py", "cpython.py", "elf.py", "layouts.py")
    inputs = f"{code} {store.interpreter_digest(layout)} {package.index()}"
    return _kept(cache, inputs, package, lambda: cpython.python_files(layout))


def _kept(cache: Path, inputs: str, package: Package, files: Callable[[], Files]) -> Item:
    """Pack a large package, or find its archive from an earlier build of the same `inputs`."""

    def make(folder: Path) -> None:
        whole = dataclasses.replace(package, files=files())
        (folder / package.filename).write_bytes(whole.pack())

    folder = store.made(cache, package.stem, inputs, make)
    archive = (folder / package.filename).read_bytes()
    return Item(package, package.record(archive), archive)


def _other_pythons(layout: Layout) -> Iterator[Item]:
    """Give the running version for other platforms (hollow) and the minor before (records)."""
    for subdir in handmade.PLATFORMS:
        if subdir != layout.subdir:
            yield packed(cpython.record_of_python(layout.version, subdir, _PYTHON_TIMESTAMP))
        other = cpython.record_of_python(f"{_other_minor(layout)}.9", subdir, _PYTHON_TIMESTAMP)
        yield record_only(other)


def _numpy(cache: Path, wheel: Path, pin: pins.Pin, layout: Layout) -> Item:
    package = wheels.numpy_record(pin.version, layout.minor, layout.subdir, pin.timestamp)
    inputs = (
        f"{store.code_digest('archive.py', 'wheel.py', 'wheels.py')} {wheel.name} {package.index()}"
    )
    return _kept(cache, inputs, package, lambda: wheels.platform_files(wheel, layout))


def _other_numpys(pin: pins.Pin, layout: Layout) -> Iterator[Item]:
    for subdir in handmade.PLATFORMS:
        if subdir != layout.subdir:
            yield packed(wheels.numpy_record(pin.version, layout.minor, subdir, pin.timestamp))
        other = _other_minor(layout)
        yield record_only(wheels.numpy_record(pin.version, other, subdir, pin.timestamp))
