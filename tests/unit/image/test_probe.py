from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from wisp.api.imaging.checking import ImageCheck
from wisp.image import probe

pytestmark = pytest.mark.skipif(os.name != "posix", reason="images run on Linux")


def test_what_fails_is_told_and_what_dies_too() -> None:
    assert probe.fault(lambda: None) is None
    assert probe.fault(lambda: 1 / 0) == "ZeroDivisionError: division by zero"
    assert probe.fault(lambda: os._exit(7)) == "ended with status 7"
    assert probe.fault(lambda: os.kill(os.getpid(), 9)) == "ended with status -9"


def test_libraries_are_found_by_their_content(tmp_path: Path) -> None:
    (tmp_path / "lib" / "deep").mkdir(parents=True)
    (tmp_path / "lib" / "libx.so.1").write_bytes(b"\x7fELF..")
    (tmp_path / "lib" / "libx.so").symlink_to("libx.so.1")
    (tmp_path / "lib" / "script.so").write_text("INPUT(libx.so.1)")
    (tmp_path / "lib" / "deep" / "m.so").write_bytes(b"\x7fELF..")
    found = [Path(path).name for path in probe.libraries(str(tmp_path))]
    assert found == ["m.so", "libx.so.1"]
    assert "OSError" in (probe.fault(lambda: probe.load(str(tmp_path / "lib/libx.so.1"))) or "")


def test_libraries_that_cannot_be_tried_are_no_good_sign(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "libx.so.1").write_bytes(b"\x7fELF..")
    (tmp_path / "ctypes.py").write_text("raise ImportError('libffi.so.8')\n")
    text = Path(probe.__file__).read_text().replace("sys.prefix", repr(str(tmp_path)))
    env = {"PYTHONPATH": str(tmp_path)}
    words = (sys.executable, "-S", "-")
    done = subprocess.run(words, input=text, env=env, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["failed"] == {"module ctypes": "ImportError: libffi.so.8"}
    assert not ImageCheck(tried=found["tried"], broken={}, failing=found["failed"]).is_sound


def test_it_runs_alone_and_answers_in_json(tmp_path: Path) -> None:
    (tmp_path / "noisy.py").write_text("print('hello')\nraise RuntimeError('at import')\n")
    info = tmp_path / "noisy-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: noisy\nVersion: 1.0\n")
    (info / "top_level.txt").write_text("noisy\n")
    text = Path(probe.__file__).read_text()
    done = subprocess.run(
        [sys.executable, "-S", "-"],
        input=text,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found["failed"]["module noisy"] == "RuntimeError: at import"


@pytest.mark.parametrize(
    ("broken", "failing", "sound"),
    [
        ({}, {}, True),
        ({}, {"library /x/libreadline.so": "missing"}, True),
        ({}, {"module numpy": "ImportError"}, False),
        ({"library /x/y.so": "missing"}, {}, False),
    ],
)
def test_an_image_is_sound_if_nothing_was_broken_and_modules_load(
    broken: dict[str, str], failing: dict[str, str], sound: bool
) -> None:
    assert ImageCheck(tried=9, broken=broken, failing=failing).is_sound is sound
