from __future__ import annotations

from pathlib import Path

import pytest

from wisp.errors import ManifestError
from wisp.manifest.env_files import env_files
from wisp.manifest.model import Manifest
from wisp.manifest.read import load_text

HEAD = '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64"]\n'


def manifest(rest: str, head: str = HEAD) -> Manifest:
    return load_text(head + rest, Path("/w/pixi.toml"))


def test_a_task_has_one_file_or_several() -> None:
    found = env_files(
        manifest('[tool.wisp.tasks]\na.env-file = ".env"\nb.env-file = [".env", "more.env"]\n')
    )
    assert found == {"a": (".env",), "b": (".env", "more.env")}


def test_a_manifest_without_our_table_has_none() -> None:
    assert env_files(manifest('[tasks]\na = "echo env-file"\n')) == {}


@pytest.mark.parametrize(
    ("value", "message", "column"),
    [
        ("1", "expected a path or an array of paths, found an integer", 12),
        ('["a", 2]', "expected a string, found an integer", 18),
    ],
)
def test_what_is_no_path_is_refused_where_it_stands(value: str, message: str, column: int) -> None:
    with pytest.raises(ManifestError, match=message) as caught:
        env_files(manifest(f"[tool.wisp.tasks.a]\nenv-file = {value}\n"))
    place = caught.value.place
    assert place is not None
    assert (place.line, place.column) == (6, column)
