"""Repackaging an interpreter: which layouts are known, and that the result stands on its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.forge import cpython, elf, layouts
from tools.forge.archive import PLACEHOLDER, Entry
from tools.forge.layouts import ForgeError

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
DEBIAN = Path("/usr")


def lay_out(entries: tuple[Entry, ...], prefix: Path) -> None:
    for entry in entries:
        target = prefix / entry.path
        target.parent.mkdir(parents=True, exist_ok=True)
        if entry.link:
            target.symlink_to(entry.link)
        else:
            target.write_bytes(entry.data.replace(PLACEHOLDER.encode(), str(prefix).encode()))
            target.chmod(0o755 if entry.executable else 0o644)


def test_an_unknown_layout_is_refused_with_the_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ForgeError, match=r"no layout the forge knows .*bin/python3\.12"):
        layouts.recognise(tmp_path, "3.12.1", "linux-64")


def test_the_running_interpreter_is_recognised() -> None:
    layout = layouts.running()
    assert layout.minor == MINOR
    assert (layout.stdlib / "os.py").is_file()


@pytest.mark.skipif(
    not (DEBIAN / f"bin/python{MINOR}").exists() or not (DEBIAN / "lib/python3").exists(),
    reason="needs Debian's own interpreter of the same version",
)
def test_a_debian_interpreter_uses_site_packages_once_relocated(tmp_path: Path) -> None:
    version = subprocess.check_output([f"/usr/bin/python{MINOR}", "-V"], text=True).split()[1]
    layout = layouts.recognise(DEBIAN, version, layouts.running().subdir)
    assert layout.kind == "debian"
    prefix = tmp_path / "prefix"
    lay_out(cpython.python_files(layout), prefix)
    (prefix / f"lib/python{MINOR}/site-packages").mkdir()
    code = (
        "import ssl, sqlite3, ctypes, sysconfig, sys;"
        "print(sys.prefix, sys.path[-1], sysconfig.get_path('purelib'))"
    )
    said = subprocess.check_output([prefix / "bin/python", "-c", code], text=True, env={})
    library = f"{prefix}/lib/python{MINOR}/site-packages"
    assert said.split() == [str(prefix), library, library]


def test_search_paths_below_the_old_prefix_are_replaced_in_place() -> None:
    layout = layouts.running()
    for file in (layout.executable, *layout.libraries):
        image = file.resolve().read_bytes()
        if not image.startswith(elf.MAGIC):
            continue
        changed = elf.rewrite_runpath(image, str(layout.prefix), "$ORIGIN/../lib")
        assert len(changed) == len(image)
        assert not [path for _, path in elf.runpaths(changed) if str(layout.prefix) in path]


def test_what_is_loaded_is_kept_and_nothing_else() -> None:
    layout = layouts.running()
    for file in (layout.executable, *layout.libraries):
        image = file.resolve().read_bytes()
        if not image.startswith(elf.MAGIC):
            continue
        changed = elf.without_sections(image)
        assert b".shstrtab" in image
        assert b".shstrtab" not in changed
        assert elf.runpaths(changed) == elf.runpaths(image)


def test_a_search_path_that_does_not_fit_is_refused() -> None:
    layout = layouts.running()
    image = layout.executable.read_bytes()
    if not any(path.startswith(str(layout.prefix)) for _, path in elf.runpaths(image)):
        pytest.skip("this interpreter has no search path of its own")
    with pytest.raises(elf.ElfError, match="no room"):
        elf.rewrite_runpath(image, str(layout.prefix), "$ORIGIN/" + "x" * 300)


def test_other_files_are_no_elf_files() -> None:
    with pytest.raises(elf.ElfError, match="not a 64-bit"):
        elf.runpaths(b"#!/bin/sh\n")
