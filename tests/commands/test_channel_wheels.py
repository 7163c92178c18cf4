"""Wheels that conda channels list, on the command line: locked, installed, run, packed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.channel_wheels import list_wheel
from tests.commands.test_image import base_folder, unpack
from tests.sandbox import CommandLine
from tests.tiny import channel
from tests.unit.wheelhouse import make_wheel
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = pytest.mark.forked


def test_a_wheel_of_a_channel_is_locked_installed_and_run(
    wisp: CommandLine, forge: Forge, tmp_path: Path
) -> None:
    place = channel(tmp_path / "chan", [])
    wheel = make_wheel(
        place / "noarch",
        "seven",
        text="def main():\n    print('seven runs')\n",
        scripts=("seven = seven:main",),
    )
    list_wheel(place, wheel, "python")
    with Server(place) as server:
        (tmp_path / "pixi.toml").write_text(
            f'[workspace]\nname = "w"\nchannels = ["{server.url}", "{forge.url}"]\n'
            f'platforms = ["{forge.subdir}"]\n[dependencies]\nseven = "*"\n'
        )
        wisp("install", cwd=tmp_path).success()
        lock = (tmp_path / "pixi.lock").read_text()
        assert f"conda: {server.url}/noarch/seven-1.0-py3-none-any.whl" in lock
        assert "seven runs" in wisp("run", "seven", cwd=tmp_path).success().stdout
        say = "from importlib.metadata import version; print(version('seven'))"
        assert wisp("run", "python", "-c", say, cwd=tmp_path).success().stdout.strip() == "1.0"
        wisp("lock", "--check", cwd=tmp_path).success()
        refused = wisp("pack", cwd=tmp_path)
        assert refused.code == 1
        assert "`seven` is a wheel that a conda channel lists" in refused.stderr
    # With the channel gone it is there to be installed anew, and to be taken away.
    wisp("clean", "--yes", cwd=tmp_path)
    wisp("install", "--frozen", cwd=tmp_path).success()
    assert "seven runs" in wisp("run", "--frozen", "seven", cwd=tmp_path).success().stdout


def test_a_wheel_of_a_folder_is_found(wisp: CommandLine, forge: Forge, tmp_path: Path) -> None:
    place = channel(tmp_path / "chan", [])
    list_wheel(place, make_wheel(place / "noarch", "seven"), "python")
    shown = wisp("search", "seven", "-c", place.as_uri(), cwd=tmp_path).success()
    assert "seven-1.0-py3-none-any.whl" in shown.stdout
    (tmp_path / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{place.as_uri()}", "{forge.url}"]\n'
        f'platforms = ["{forge.subdir}"]\n[dependencies]\nseven = "*"\n'
    )
    wisp("lock", cwd=tmp_path).success()
    wisp("lock", "--check", cwd=tmp_path).success()
    lock = (tmp_path / "pixi.lock").read_text()
    assert "/chan/noarch/seven-1.0-py3-none-any.whl" in lock
    wisp("run", "--locked", "python", "-c", "import seven", cwd=tmp_path).success()
    base = base_folder(tmp_path / "base")
    words = ("--base", str(base), "--no-code", "--platform", "linux-64", "--output", "layout")
    made = json.loads(wisp("image", "build", "--json", *words, cwd=tmp_path).success().stdout)
    unpack(tmp_path / "layout", made["digest"], tmp_path / "root")
    prefix = tmp_path / "root" / "opt" / "conda"
    assert len(list(prefix.glob("lib/python*/site-packages/seven-1.0.dist-info/RECORD"))) == 1
    assert len(list(prefix.glob("conda-meta/seven-1.0-*.json"))) == 1
