from __future__ import annotations

import os
from pathlib import Path

import pytest

from wisp.engine.trees import files_below, remove_tree


def deep(folder: Path, steps: int = 2_000) -> Path:
    """Nest folders by way of a descriptor, since a path as long as that is none."""
    folder.mkdir()
    handle = os.open(folder, os.O_RDONLY)
    for _ in range(steps):
        os.mkdir("a", dir_fd=handle)
        below = os.open("a", os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = below
    os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=handle))
    os.close(handle)
    return folder


@pytest.mark.skipif(os.name == "nt", reason="paths have an end there")
@pytest.mark.parametrize("ignore_errors", [True, False])
def test_a_deep_tree_is_removed_and_nothing_behind_its_links(
    tmp_path: Path, ignore_errors: bool
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    tree = deep(tmp_path / "deep")
    (tree / "link").symlink_to(kept)
    (tree / "a" / "link").symlink_to(kept)
    remove_tree(tree, ignore_errors=ignore_errors)
    assert not tree.exists()
    assert (kept / "file").exists()


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    remove_tree(tmp_path / "absent", ignore_errors=True)
    with pytest.raises(FileNotFoundError):
        remove_tree(tmp_path / "absent")


def test_a_deep_tree_is_gone_through_as_far_as_paths_go(tmp_path: Path) -> None:
    tree = deep(tmp_path / "deep", 1_500)
    (tree / "link").symlink_to(tmp_path)
    (tree / "top").touch()
    found = dict(files_below(tree))
    assert sorted(found[str(tree)]) == ["link", "top"]
    assert found[str(tree) + "/a" * 1_500] == ["file"]
    remove_tree(tree)
