"""The wheel has a `wisp` that each system can start."""

from __future__ import annotations

import configparser
import os
import subprocess
import zipfile
from pathlib import Path

import pytest
from uv import find_uv_bin

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("platform", "tag", "programs", "scripts"),
    [
        ("", "any", {"wisp-env"}, {"wisp"}),
        ("win_amd64", "win_amd64", {"wisp", "wisp-env"}, set()),
        ("win_arm64", "win_arm64", {"wisp", "wisp-env"}, set()),
    ],
)
def test_wisp_is_a_script_or_where_windows_wants_a_program_an_entry_point(
    platform: str, tag: str, programs: set[str], scripts: set[str], tmp_path: Path
) -> None:
    subprocess.run(
        [find_uv_bin(), "build", "--wheel", "--quiet", "--out-dir", str(tmp_path), str(ROOT)],
        env=os.environ | {"WISP_WHEEL": platform},
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.stem.endswith(f"-py3-none-{tag}")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        points = configparser.ConfigParser()
        (listed,) = (name for name in names if name.endswith("entry_points.txt"))
        points.read_string(archive.read(listed).decode())
    assert set(points["console_scripts"]) == programs
    assert {name.rpartition("/")[2] for name in names if ".data/scripts/" in name} == scripts
