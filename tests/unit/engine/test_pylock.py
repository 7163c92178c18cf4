from __future__ import annotations

from pathlib import Path

import tomli

from wisp.engine.pylock import install_lock, parse_pylock, preferences
from wisp.specs.records import PypiRecord

ANSWER = """
lock-version = "1.0"
created-by = "uv"
[[packages]]
name = "torch"
version = "2.0+cpu"
wheels = [{ url = "https://h/torch-2.0%2Bcpu-py3-none-any.whl", hashes = { sha256 = "aa" } }]
[[packages]]
name = "loose"
version = "1"
wheels = [{ url = "file:///links/my%20wheels/loose-1-py3-none-any.whl", hashes = {} }]
[[packages]]
name = "local"
directory = { path = "../pkg", subdirectory = "sub" }
[[packages]]
name = "repo"
vcs = { type = "git", url = "https://h/r", requested-revision = "main", commit-id = "abc" }
[[packages]]
name = "direct"
version = "3"
archive = { url = "https://h/direct.tar.gz", subdirectory = "x", hashes = { sha256 = "bb" } }
"""


def test_what_uv_writes_is_read(tmp_path: Path) -> None:
    torch, loose, local, repo, direct = parse_pylock(ANSWER, tmp_path)
    assert torch.wheels[0].filename == "torch-2.0+cpu-py3-none-any.whl"
    assert torch.wheels[0].location == "https://h/torch-2.0%2Bcpu-py3-none-any.whl"
    assert loose.wheels[0].location == "/links/my wheels/loose-1-py3-none-any.whl"
    assert local.directory == tmp_path.parent / "pkg/sub"
    assert repo.git is not None
    assert (repo.git.commit, repo.git.requested) == ("abc", "main")
    assert direct.archive is not None
    assert direct.archive_subdirectory == "x"


def test_each_kind_of_record_becomes_an_entry_that_uv_understands(tmp_path: Path) -> None:
    records = [
        PypiRecord(location="https://h/a-1-py3-none-any.whl", name="a", version="1", sha256="aa"),
        PypiRecord(location="https://h/b-1.tar.gz", name="b", version="1", sha256="bb"),
        PypiRecord(location="direct+https://h/c.zip#subdirectory=s", name="c", version="1"),
        PypiRecord(location="git+https://h/d?subdirectory=s&tag=v1#abc", name="d", version="1"),
        PypiRecord(location="./e", name="e"),
        PypiRecord(location="../w/f-1-py3-none-any.whl", name="f", version="1", md5="cc"),
    ]
    rows = {
        row.pop("name"): row
        for row in tomli.loads(install_lock(records, tmp_path, {"e"}))["packages"]
    }
    assert rows["a"]["wheels"] == [{"url": records[0].location, "hashes": {"sha256": "aa"}}]
    assert rows["b"]["sdist"]["url"] == "https://h/b-1.tar.gz"
    assert rows["c"]["archive"] == {"url": "https://h/c.zip", "subdirectory": "s", "hashes": {}}
    assert rows["d"]["vcs"] == {
        "type": "git",
        "url": "https://h/d",
        "commit-id": "abc",
        "requested-revision": "v1",
        "subdirectory": "s",
    }
    assert rows["e"]["directory"] == {"path": str(tmp_path / "e"), "editable": True}
    assert rows["f"]["archive"]["path"] == str(tmp_path.parent / "w/f-1-py3-none-any.whl")


def test_strange_names_stay_inside_their_quotes(tmp_path: Path) -> None:
    record = PypiRecord(location='./a"b\\c\nd', name="x")
    [row] = tomli.loads(install_lock([record], tmp_path, ()))["packages"]
    assert row["directory"]["path"] == f'{tmp_path}/a"b\\c\nd'


def test_locked_commits_are_offered_for_keeping() -> None:
    record = PypiRecord(location="git+https://h/d?branch=main#abc", name="d", version="1")
    [row] = tomli.loads(preferences([record]))["packages"]
    assert row["vcs"]["commit-id"] == "abc"
