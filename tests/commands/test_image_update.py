"""`image update` chooses bases anew, and forgets what was locked only for something better."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox import CommandLine

pytestmark = pytest.mark.forked

MANIFEST = """\
[workspace]
name = "w"
channels = []
platforms = ["linux-64"]
[tool.wisp.image]
"""
LOCK = """\
version = 1

[[image]]
reference = "docker.io/library/debian:13"
digest = "sha256:{digest}"

[[debian]]
subdir = "linux-64"
suite = "trixie"
wanted = ["libffi8"]
packages = [
]
"""


@pytest.mark.parametrize(
    ("words", "kept"),
    [((), LOCK.format(digest="ab" * 32)), (("--environment", "default"), "version 1\n")],
)
def test_an_update_that_fails_leaves_the_lock_as_it_is(
    wisp: CommandLine, tmp_path: Path, words: tuple[str, ...], kept: str
) -> None:
    # Nobody answers there.
    (tmp_path / "pixi.toml").write_text(f'{MANIFEST}debian-mirror = "http://127.0.0.1:1"\n')
    lock = tmp_path / "image.lock"
    lock.write_text(kept)
    refused = wisp("image", "update", *words, cwd=tmp_path)
    assert refused.code == 1
    assert "127.0.0.1" in refused.stderr
    assert lock.read_text() == kept


@pytest.mark.parametrize("kept", [LOCK.format(digest="ab" * 32), "version 1\n"])
def test_what_is_not_wanted_any_more_is_forgotten(
    wisp: CommandLine, tmp_path: Path, kept: str
) -> None:
    (tmp_path / "pixi.toml").write_text(f'{MANIFEST}base = "debian:13"\n')
    lock = tmp_path / "image.lock"
    lock.write_text(kept)
    wisp("image", "update", cwd=tmp_path).success()
    assert "[[" not in lock.read_text()
    assert "version = 1\n" in lock.read_text()
