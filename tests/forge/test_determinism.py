"""The same inputs give the same bytes, and a cache that is asked twice works once."""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from tools.forge import archive, store
from tools.forge.build import Forge, build


def digests(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@pytest.mark.slow
def test_two_builds_agree_in_every_byte(forge: Forge, tmp_path: Path) -> None:
    shutil.copytree(forge.folder.parent / "wheels", tmp_path / "wheels")
    again = build(tmp_path)
    assert again.folder != forge.folder
    assert digests(again.folder) == digests(forge.folder)


def test_a_second_build_makes_nothing(forge: Forge) -> None:
    before = forge.folder.stat()
    assert build(forge.folder.parent) == forge
    assert forge.folder.stat().st_mtime_ns == before.st_mtime_ns


def test_an_archive_carries_no_clock(tmp_path: Path) -> None:
    package = archive.Package(name="a", version="1", files=(archive.text("b/c.txt", "d\n"),))
    assert package.pack() == package.pack()
    (tmp_path / "a.conda").write_bytes(package.pack())
    with zipfile.ZipFile(tmp_path / "a.conda") as members:
        assert {info.date_time for info in members.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_results_of_other_inputs_are_forgotten_after_a_day(tmp_path: Path) -> None:
    old, recent = (store.made(tmp_path, "thing", text, lambda f: None) for text in ("a", "b"))
    other = store.made(tmp_path, "thing-else", "a", lambda f: None)
    for folder in (old, other):
        os.utime(folder, (1, 1))
    new = store.made(tmp_path, "thing", "c", lambda f: None)
    assert [folder.exists() for folder in (old, recent, other, new)] == [False, True, True, True]


def test_a_failed_build_leaves_nothing_that_counts(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("written")
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        store.made(tmp_path, "thing", "inputs", fail)
    assert [path.name for path in tmp_path.iterdir()] == ["thing.lock"]
    folder = store.made(tmp_path, "thing", "inputs", lambda f: None)
    assert folder.is_dir()
