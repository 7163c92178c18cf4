from __future__ import annotations

from pathlib import Path

import pytest

from wisp.image.code import CodeSelection, code_entries, code_files
from wisp.image.entries import UnfitFileError, folder, text_file
from wisp.image.layer import write_layer
from wisp.layout import CONDA_META, PREFIX_NOTE
from wisp.pack.archive import write_pack
from wisp.pack.contents import METADATA
from wisp.pack.self_extracting import header


def tree(root: Path, *paths: str, **texts: str) -> Path:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
    return root


def chosen(root: Path, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> list[str]:
    return code_files(root, CodeSelection(include=include, exclude=exclude))


def test_locks_environments_repositories_and_secrets_are_never_code(tmp_path: Path) -> None:
    never = (
        "pixi.lock image.lock .pixi/envs/x .git/config .env .env.local sub/.env id_rsa tls.pem "
        "server.key .netrc .aws/credentials sub/credentials.json secrets.toml a/__pycache__/b.pyc"
    )
    tree(tmp_path, *never.split(), "pixi.toml", "app.py", "sub/environment.py", "keys.py")
    assert chosen(tmp_path) == ["app.py", "keys.py", "pixi.toml", "sub/environment.py"]


def test_what_is_named_in_full_comes_back(tmp_path: Path) -> None:
    tree(tmp_path, "pixi.lock", "sub/.env", "sub/.env.other", ".git/config", "app.py")
    found = chosen(tmp_path, include=("pixi.lock", "/sub/.env"))
    assert found == ["app.py", "pixi.lock", "sub/.env"]


@pytest.mark.parametrize("pattern", ["*", "**", ".env*", "*.pem", "sub/"])
def test_patterns_never_bring_secrets_back(tmp_path: Path, pattern: str) -> None:
    tree(tmp_path, ".env", "sub/.env", "tls.pem", "app.py")
    assert chosen(tmp_path, include=(pattern,)) == ["app.py"]


def test_git_is_heard_in_every_folder(tmp_path: Path) -> None:
    tree(tmp_path, "a.log", "sub/a.log", "sub/keep.log", "sub/b.tmp", "c.tmp")
    (tmp_path / ".gitignore").write_text("*.log\n")
    (tmp_path / "sub" / ".gitignore").write_text("!keep.log\n*.tmp\n")
    assert chosen(tmp_path) == [".gitignore", "c.tmp", "sub/.gitignore", "sub/keep.log"]


def test_a_folder_that_ignores_itself_is_left_out(tmp_path: Path) -> None:
    tree(tmp_path, ".venv/bin/python", "app.py")
    (tmp_path / ".venv" / ".gitignore").write_text("*\n")
    assert chosen(tmp_path) == ["app.py"]


def test_patterns_of_docker_are_seen_from_the_root(tmp_path: Path) -> None:
    tree(tmp_path, "data/x", "sub/data/x", "sub/deep/x.md", "keep.md", "other.md")
    (tmp_path / ".dockerignore").write_text("# note\ndata\n**/*.md\n!keep.md\n")
    assert chosen(tmp_path) == [".dockerignore", "keep.md", "sub/data/x"]


def test_include_brings_back_what_is_ignored_and_exclude_wins(tmp_path: Path) -> None:
    tree(tmp_path, "model.bin", "build/out.bin", "app.py", "tests/test_app.py")
    (tmp_path / ".gitignore").write_text("*.bin\nbuild/\n")
    found = chosen(tmp_path, include=("model.bin", "build/"), exclude=("tests",))
    assert found == [".gitignore", "app.py", "build/out.bin", "model.bin"]
    assert "model.bin" not in chosen(tmp_path, include=("*.bin",), exclude=("model.bin",))


def test_images_written_before_are_no_code(tmp_path: Path) -> None:
    tree(tmp_path, "out/oci-layout", "out/blobs/x", "data.tar")
    (tmp_path / "image.tar").write_bytes(b"oci-layout\0" + bytes(600))
    assert chosen(tmp_path) == ["data.tar"]


def test_packs_and_environments_are_no_code_whatever_they_are_called(tmp_path: Path) -> None:
    tree(
        tmp_path, "env/conda-meta/history", "env/bin/tool", "conda-meta/history", "plain.sh", "x.gz"
    )
    (tmp_path / "tools").write_bytes(header("linux-64") + b"...")
    with (tmp_path / "data.bin").open("wb") as file:
        write_pack(file, {f"channel/noarch/{n}.conda": b"" for n in "abc"} | {METADATA: b"{}"})
    with (tmp_path / "channel.tar").open("wb") as file:
        write_pack(file, {"channel/a": b"", "of/mine": b""})
    note = [folder(CONDA_META), text_file(PREFIX_NOTE, "/x"), text_file("bin/a", "")]
    with (tmp_path / "moved.tgz").open("wb") as file:
        write_layer(note, file, time=0)
    with (tmp_path / "other.tgz").open("wb") as file:
        write_layer(note[2:], file, time=0)
    expected = ["channel.tar", "conda-meta/history", "other.tgz", "plain.sh", "x.gz"]
    assert chosen(tmp_path) == expected
    named = chosen(tmp_path, include=("env/bin", "tools"))
    assert sorted({*named} - {*expected}) == ["env/bin/tool", "tools"]


def test_what_is_never_code_comes_back_by_its_own_name_only(tmp_path: Path) -> None:
    tree(tmp_path, ".git/HEAD", ".git/config", ".aws/config", ".aws/other", ".aws/credentials")
    assert chosen(tmp_path, include=(".git/HEAD",)) == [".git/HEAD"]
    assert chosen(tmp_path, include=(".aws",)) == [".aws/config", ".aws/other"]
    assert chosen(tmp_path, include=(".aws/credentials",)) == [".aws/credentials"]
    assert chosen(tmp_path, include=(".aws/*", "*")) == []


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "sub/../../outside"])
def test_a_link_that_leads_out_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "ws").mkdir()
    (tmp_path / "ws" / "l").symlink_to(target)
    with pytest.raises(UnfitFileError, match="leads out"):
        code_entries(tmp_path / "ws", ["l"], "/app", lambda _: False)


def test_links_within_are_kept(tmp_path: Path) -> None:
    tree(tmp_path, "sub/a")
    (tmp_path / "sub" / "l").symlink_to("../sub/a")
    (entry,) = code_entries(tmp_path, ["sub/l"], "/app", lambda _: False)
    assert (entry.path, entry.kind, entry.target) == ("app/sub/l", "link", "../sub/a")


def test_links_to_folders_are_code_as_links_to_files_are(tmp_path: Path) -> None:
    tree(tmp_path, "real/f")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "broken").symlink_to("nowhere")
    assert chosen(tmp_path) == ["broken", "link", "real/f"]
    entries = code_entries(tmp_path, chosen(tmp_path), "/app", lambda _file: False)
    assert [(one.path, one.target) for one in entries if one.kind == "link"] == [
        ("app/broken", "nowhere"),
        ("app/link", "real"),
    ]
    (tmp_path / "up").symlink_to("..")
    with pytest.raises(UnfitFileError, match="leads out of the workspace"):
        code_entries(tmp_path, chosen(tmp_path), "/app", lambda _file: False)
