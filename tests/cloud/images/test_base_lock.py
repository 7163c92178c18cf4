"""What is told of `image.lock` helps: with Debian's real mirror."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.commands.test_hints_followed import advised
from tests.sandbox import CommandLine
from wisp.engine.apt_sources import host_mirror

BUILD = ("image", "build", "--no-code", "--locked", "--output", "image.tar")


def test_a_base_that_is_not_locked_damaged_or_gone_is_resolved_anew(
    wisp: CommandLine, tmp_path: Path
) -> None:
    if host_mirror() is None:
        pytest.skip("this machine's apt names no mirror")
    (tmp_path / "pixi.toml").write_text(
        '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64"]\n'
    )
    wisp("lock", cwd=tmp_path).success()
    lock = tmp_path / "image.lock"

    def told() -> list[str]:
        refused = wisp(*BUILD, cwd=tmp_path)
        assert refused.code == 1
        return advised(refused.stderr)

    assert told() == ["image update"]
    wisp("image", "update", cwd=tmp_path).success()
    sound = lock.read_text()
    for faulty in ("version 1\n", re.sub(r"_(\w+)\.deb", r"_\1x.deb", sound)):
        lock.write_text(faulty)
        assert told() == ["image update"]
        wisp("image", "update", cwd=tmp_path).success()
        assert lock.read_text() == sound
    wisp(*BUILD, cwd=tmp_path).success()
    more = (*BUILD, "--debian-package", "libffi8")
    assert wisp(*more, cwd=tmp_path).code == 1
    wisp(*(word for word in more if word != "--locked"), cwd=tmp_path).success()
    for words in (BUILD, more):
        wisp(*words, cwd=tmp_path).success()
    wisp("image", "update", cwd=tmp_path).success()
    assert lock.read_text() == sound
