"""What is fuzzed: each target takes bytes, and only an error of wisp's own may come out."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from wisp.engine.pylock import parse_pylock
from wisp.engine.safe.packages import check_prefix_record, check_unpacked
from wisp.errors import WispError
from wisp.lock.read import read
from wisp.manifest.read import load_text
from wisp.manifest.words import conda_word, pypi_word
from wisp.specs.inside import is_inside
from wisp.taskshell.parser import parse

FOLDER = Path(tempfile.gettempdir(), f"wisp-fuzz-{Path.cwd().name}")
LOCK = """\
version: 7
platforms:
- name: linux-64
environments:
  default:
    channels:
    - url: https://x/main/
    packages:
      linux-64:
      - conda: https://x/noarch/a-1-0.conda
      - pypi: https://x/b-1-py3-none-any.whl
packages:
- conda: https://x/noarch/a-1-0.conda
  sha256: 0000000000000000000000000000000000000000000000000000000000000000
  depends: [python >=3.8]
- pypi: https://x/b-1-py3-none-any.whl
  name: b
  version: '1'
"""
MANIFEST = """\
[workspace]
name = "w"
channels = ["x"]
platforms = ["linux-64"]
[dependencies]
a = { version = ">=1", channel = "x" }
[pypi-dependencies]
b = { url = "https://x/b.whl", extras = ["c"] }
[tasks]
t = { cmd = "echo {{ a }}", args = ["a"], depends-on = ["u"] }
[feature.f.target.unix.dependencies]
g = "*"
[environments]
e = { features = ["f"], solve-group = "s" }
"""
PYLOCK = """\
lock-version = "1.0"
created-by = "uv"
[[packages]]
name = "a"
version = "1"
wheels = [{ url = "https://x/a-1-py3-none-any.whl", hashes = { sha256 = "00" } }]
"""
PATHS = '{"paths": [{"_path": "bin/a", "path_type": "hardlink"}], "paths_version": 1}'


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def lock(data: bytes) -> None:
    """The reader of lock files."""
    read(_text(data), "pixi.lock")


def manifest(data: bytes) -> None:
    """The reader of manifests, of either kind."""
    text = _text(data)
    if text.startswith("[project]"):
        load_text(text, FOLDER / "pyproject.toml", "pyproject")
    else:
        load_text(text, FOLDER / "pixi.toml", "pixi")


def spec(data: bytes) -> None:
    """Match specs of conda and requirements of PyPI, as they are typed."""
    for reader in (conda_word, lambda text: pypi_word(text, FOLDER)):
        try:
            reader(_text(data))
        except WispError:
            continue


def shell(data: bytes) -> None:
    """The parser of the task shell."""
    parse(_text(data))


def pylock(data: bytes) -> None:
    """The reader of uv's answers."""
    parse_pylock(_text(data), FOLDER)


def archive(data: bytes) -> None:
    """The judge of unpacked packages and of records: what it lets pass stays inside."""
    info = FOLDER / "package" / "info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "paths.json").write_bytes(data)
    try:
        check_unpacked(str(info.parent))
    except WispError:
        pass
    else:
        for row in json.loads(data)["paths"]:
            assert is_inside(row["_path"])
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        return
    check_prefix_record(record, "a record")


#: By name: the target and a text to begin with.
TARGETS: Mapping[str, tuple[Callable[[bytes], None], str]] = {
    "lock": (lock, LOCK),
    "manifest": (manifest, MANIFEST),
    "spec": (spec, "x::numpy>=1.2,<3=py*"),
    "shell": (shell, "echo a && (b || ! c) | d > e 2>&1; X=$Y f $(g)"),
    "pylock": (pylock, PYLOCK),
    "archive": (archive, PATHS),
}
