"""Environments that are taken away."""

from __future__ import annotations

from pathlib import Path

import pytest

from wisp.api.edits.environments import remove_environment
from wisp.errors import ManifestError
from wisp.manifest.read import load

TEXT = """\
[workspace]
name = "w"
channels = []
platforms = ["linux-64"]
[feature.a.dependencies]
x = "*"
[environments]
dev = ["a"]
"""


@pytest.mark.parametrize(("name", "hints"), [("devv", ("did you mean `dev`?",)), ("qqq", ())])
def test_an_environment_that_is_not_there_is_told_with_what_is_near(
    tmp_path: Path, name: str, hints: tuple[str, ...]
) -> None:
    file = tmp_path / "pixi.toml"
    file.write_text(TEXT)
    with pytest.raises(ManifestError, match=f"Environment {name} not found") as caught:
        remove_environment(load(file), name)
    assert caught.value.hints == (*hints, "the environments are: dev")
    assert file.read_text() == TEXT
