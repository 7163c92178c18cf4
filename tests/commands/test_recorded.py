"""What Pixi 0.77.0 answered on scripts and manifests, a few hundred of them, is what we answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.recorded import MANIFESTS, SHELL, manifest_answer, shell_answer
from tests.sandbox import CommandLine

pytestmark = pytest.mark.forked


@pytest.mark.parametrize("case", SHELL["cases"], ids=lambda case: case["id"])
def test_a_script_does_what_pixi_does(
    case: dict[str, Any], pixi: CommandLine, tmp_path: Path
) -> None:
    answer = shell_answer(pixi, case["script"], tmp_path / "out" / "w", tmp_path / "tools")

    assert answer == {key: case[key] for key in ("stdout", "code", "files")}


@pytest.mark.parametrize("case", MANIFESTS, ids=lambda case: case["id"])
def test_a_manifest_is_judged_as_by_pixi(
    case: dict[str, Any], pixi: CommandLine, tmp_path: Path
) -> None:
    answer = manifest_answer(pixi, case["file"], case["text"], tmp_path / "here")

    assert answer == {key: case[key] for key in ("code", "at", "facts", "warns") if key in case}
