from __future__ import annotations

from pathlib import Path

import pytest

from wisp.tasks.globs import files

NAMES = (
    "a.c b.c a.py .env src/a.c src/b.h src/.f src/deep/c.c src/deep/.g data/x.csv data/y.txt "
    ".h/z.c .h/y .h/.i .h/in/w .h/.in/v other/a.c dir/one dir2/two"
)
TREE = NAMES.split()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    for name in TREE:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


@pytest.mark.parametrize(
    ("patterns", "found"),
    [
        (["a.c"], "a.c"),
        (["*.c"], "a.c b.c other/a.c src/a.c src/deep/c.c"),
        (["src"], "src/.f src/a.c src/b.h src/deep/.g src/deep/c.c"),
        (["src/"], "src/.f src/a.c src/b.h src/deep/.g src/deep/c.c"),
        (["src/*"], "src/.f src/a.c src/b.h"),
        (["src/d*"], ""),
        (["src/d*/"], "src/deep/.g src/deep/c.c"),
        (["src/**/*.c"], "src/a.c src/deep/c.c"),
        (["**/*.c", "!a.c"], "b.c other/a.c src/a.c src/deep/c.c"),
        (["src/*.{c,h}"], "src/a.c src/b.h"),
        (["[ab].c"], "a.c b.c other/a.c src/a.c"),
        (["[!a].c"], "b.c src/deep/c.c"),
        (["src", "!src/deep/", "src/deep/c.c"], "src/.f src/a.c src/b.h src/deep/c.c"),
        (["!**/*.c", "!data"], "a.py dir/one dir2/two src/b.h"),
        (["../*"], ""),
        (["./*.py"], "a.py"),
        (["./a.py"], ""),
        ([".h/*.c"], ".h/z.c"),
        ([".env"], ".env"),
        ([".*"], ".env .h/.i src/.f src/deep/.g"),
        (["src/.*"], ".env .h/.i src/.f src/deep/.g"),
        (["src/**"], "src/.f src/a.c src/b.h src/deep/.g src/deep/c.c"),
        ([".h"], ".h/.i .h/.in/v .h/in/w .h/y .h/z.c"),
        ([".h/"], ".h/.i .h/.in/v .h/in/w .h/y .h/z.c"),
        ([".h/*"], ".h/.i .h/y .h/z.c"),
        ([".h/**"], ".h/in/w .h/y .h/z.c"),
        ([".h/**", "!.h/in/"], ".h/y .h/z.c"),
        ([".h/**/*"], ".h/in/w .h/y .h/z.c"),
        (["src/", "!src/.*"], "src/a.c src/b.h src/deep/c.c"),
        (["nope.txt"], ""),
        (["A.c"], ""),
        (["dir?/*"], "dir2/two"),
    ],
)
def test_patterns_mean_files(root: Path, patterns: list[str], found: str) -> None:
    assert sorted(files(str(root), patterns)) == found.split()


def test_everything_leaves_hidden_files_alone(root: Path) -> None:
    seen = [name for name in TREE if not any(part.startswith(".") for part in name.split("/"))]
    for patterns in (["**"], ["**/*"], ["."]):
        assert sorted(files(str(root), patterns)) == sorted(seen)


def test_a_lone_star_takes_hidden_files_too(root: Path) -> None:
    assert sorted(files(str(root), ["*"])) == sorted(TREE)


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a").write_text("")
    (tmp_path / "src/loop").symlink_to(tmp_path)
    assert files(str(tmp_path), ["src"]) == ["src/a"]
