"""The running CPython as a conda package, relocated.

Tests, IDLE, Tk, site-packages and debug information stay behind.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.forge.archive import PLACEHOLDER, Entry, Package
from tools.forge.elf import MAGIC, rewrite_runpath, without_sections
from tools.forge.layouts import SYSTEM_FLOORS, ForgeError, Layout

_DROPPED_FOLDERS = frozenset(
    {"__pycache__", "dist-packages", "idlelib", "site-packages", "test", "tests", "tkinter"}
    | {"turtledemo"}
)
_DROPPED_FILES = frozenset({"EXTERNALLY-MANAGED", "sitecustomize.py", "turtle.py"})
_DROPPED_STARTS = ("_tkinter.", "_test", "_ctypes_test.", "xx", "config-")

#: Debian's `sysconfig` installs into `dist-packages` unless it finds itself in a virtual
#: environment. Its `site` does alike, but is frozen into the program, hence the `.pth` file.
_DEBIAN_TEST = 'sys.base_prefix != sys.prefix or hasattr(sys, "real_prefix")'

_DEBIAN_PTH = (
    "import site, sys; site.addsitedir(f'{sys.prefix}/lib/"
    "python{sys.version_info[0]}.{sys.version_info[1]}/site-packages')\n"
)


def record_of_python(version: str, subdir: str, timestamp: int) -> Package:
    """Make the package `python` without its files."""
    minor = ".".join(version.split(".")[:2])
    system = subdir.split("-")[0]
    abi = f"python_abi {minor}.* *_cp{minor.replace('.', '')}"
    return Package(
        name="python",
        version=version,
        build="forge_0_cpython",
        subdir=subdir,
        depends=(*SYSTEM_FLOORS[system], abi),
        timestamp=timestamp,
        license="PSF-2.0",
        site_packages="Lib/site-packages"
        if system == "win"
        else f"lib/python{minor}/site-packages",
        run_exports={"weak": [abi]},
    )


def python_files(layout: Layout) -> tuple[Entry, ...]:
    """Collect the files of the interpreter at `layout`, ready to be linked into any prefix."""
    entries = [*_programs(layout), *_libraries(layout), *_standard_library(layout)]
    entries += [*_build_records(layout)]
    return tuple(entries) + _compiled(entries, f"lib/python{layout.minor}")


def _programs(layout: Layout) -> list[Entry]:
    name = layout.executable.name
    image = _relocated(layout, layout.executable, "$ORIGIN/../lib")
    return [
        Entry(f"bin/{name}", image, executable=True),
        Entry("bin/python3", link=name),
        Entry("bin/python", link=name),
    ]


def _libraries(layout: Layout) -> list[Entry]:
    entries = []
    for file in layout.libraries:
        if file.is_symlink():
            entries.append(Entry(f"lib/{file.name}", link=str(file.readlink())))
        else:
            image = _relocated(layout, file, "$ORIGIN/../lib")
            entries.append(Entry(f"lib/{file.name}", image, executable=True))
    return entries


def _standard_library(layout: Layout) -> list[Entry]:
    """Collect the modules below `lib/pythonX.Y`, links followed (Debian's lead to `/etc`)."""
    entries = []
    for folder, folders, files in os.walk(layout.stdlib):
        folders[:] = sorted(name for name in folders if not _dropped(name, _DROPPED_FOLDERS))
        for name in sorted(files):
            file = Path(folder, name)
            if not _dropped(name, _DROPPED_FILES) and file.exists():
                entries.append(_module(layout, file))
    return entries


def _dropped(name: str, names: frozenset[str]) -> bool:
    return name in names or name.startswith(_DROPPED_STARTS)


def _module(layout: Layout, file: Path) -> Entry:
    inside = file.relative_to(layout.stdlib)
    path = f"lib/python{layout.minor}/{inside.as_posix()}"
    if ".so" in inside.suffixes:
        up = "/".join([".."] * len(inside.parts))
        return Entry(path, _relocated(layout, file, f"$ORIGIN/{up}"), executable=True)
    data = file.read_bytes()
    if inside.name.startswith("_sysconfigdata"):
        return _prefixed(layout, path, data)
    if layout.kind == "debian" and inside.as_posix() in ("sysconfig.py", "sysconfig/__init__.py"):
        data = _without_debian_places(data)
    return Entry(path, data)


def _without_debian_places(data: bytes) -> bytes:
    if _DEBIAN_TEST.encode() not in data:
        raise ForgeError("Debian's sysconfig is not patched in the way the forge knows")
    return data.replace(_DEBIAN_TEST.encode(), b"True")


def _build_records(layout: Layout) -> list[Entry]:
    """Collect headers, pkg-config files and `pythonX.Y-config`."""
    name = f"python{layout.minor}"
    headers = layout.prefix / "include" / name
    entries = [
        Entry(f"include/{name}/{file.relative_to(headers).as_posix()}", file.read_bytes())
        for file in sorted(headers.rglob("*.h"))
    ]
    if layout.kind == "debian":
        return [*entries, Entry("lib/python3/dist-packages/forge.pth", _DEBIAN_PTH.encode())]
    script = layout.prefix / "bin" / f"{name}-config"
    if script.is_file():
        entries.append(_prefixed(layout, f"bin/{script.name}", script.read_bytes(), True))
    pkgconfig = sorted((layout.prefix / "lib/pkgconfig").glob(f"python-{layout.minor}*.pc"))
    return entries + [
        _prefixed(layout, f"lib/pkgconfig/{file.name}", file.read_bytes()) for file in pkgconfig
    ]


def _prefixed(layout: Layout, path: str, data: bytes, executable: bool = False) -> Entry:
    """Put the placeholder where a file that records the build names its prefix."""
    old = os.fsencode(layout.prefix)
    if layout.kind == "debian" or old not in data:
        return Entry(path, data, executable)
    return Entry(path, data.replace(old, PLACEHOLDER.encode()), executable, prefixed="text")


def _relocated(layout: Layout, file: Path, replacement: str) -> bytes:
    image = file.read_bytes()
    if not image.startswith(MAGIC):
        return image
    return without_sections(rewrite_runpath(image, str(layout.prefix), replacement))


def _compiled(entries: list[Entry], stdlib: str) -> tuple[Entry, ...]:
    """Compile the standard library, so that running in a prefix writes nothing into it.

    Such files are trusted without a look at their source (PEP 552), because its time is the
    linker's affair. Hash seed and order are fixed, as both show in the bytes. A file with a
    placeholder changes when it is linked and is left out.
    """
    sources = [
        entry for entry in entries if entry.path.startswith(f"{stdlib}/") and _is_source(entry)
    ]
    with tempfile.TemporaryDirectory(prefix="forge-") as folder:
        stage = Path(folder)
        for entry in sources:
            target = stage / entry.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(entry.data)
        _compile(stage, [entry.path for entry in sources])
        return tuple(
            Entry(file.relative_to(stage).as_posix(), file.read_bytes())
            for file in sorted(stage.rglob("*.pyc"))
        )


def _is_source(entry: Entry) -> bool:
    return entry.path.endswith(".py") and not entry.prefixed


def _compile(stage: Path, paths: list[str]) -> None:
    """Run two compilers side by side, each on a fixed half."""
    command = [
        sys.executable,
        "-P",
        "-s",
        "-S",
        "-m",
        "compileall",
        "-q",
        "-s",
        str(stage),
        "-i",
        "-",
    ]
    command += ["--invalidation-mode", "unchecked-hash"]
    environment = {"PYTHONHASHSEED": "0", "PATH": os.defpath}
    runs = []
    for half in (paths[::2], paths[1::2]):
        run = subprocess.Popen(
            command, stdin=subprocess.PIPE, env=environment, text=True, cwd=stage
        )
        assert run.stdin is not None
        run.stdin.write("".join(f"{stage / path}\n" for path in half))
        run.stdin.close()
        runs.append(run)
    codes = [run.wait() for run in runs]
    if any(codes):
        raise ForgeError("the standard library could not be compiled")
