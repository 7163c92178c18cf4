"""Files of other tools in a manifest: which feature and environment they fill."""

from __future__ import annotations

from pathlib import Path

import pytest

from wisp.api.edits.importing import ImportRequest, import_file
from wisp.manifest.read import load

BASE = '[workspace]\nchannels = ["conda-forge"]\nname = "w"\nplatforms = ["linux-64"]\n'


@pytest.mark.parametrize(
    ("environment", "feature", "written"),
    [
        ("e", "f", 'e = { features = ["f"], no-default-feature = true }'),
        (None, "f", 'f = { features = ["f"], no-default-feature = true }'),
        ("default", "f", 'default = ["f"]'),
    ],
)
def test_the_default_environment_keeps_the_default_feature(
    tmp_path: Path, environment: str | None, feature: str, written: str
) -> None:
    """It is there without being written, so it is extended and not made anew."""
    text = filled(tmp_path, environment, feature)
    assert f"\n[environments]\n{written}\n" in text
    assert '\n[feature.f.dependencies]\nzlib = "*"\n' in text


def test_the_default_feature_is_filled(tmp_path: Path) -> None:
    assert filled(tmp_path, None, "default") == BASE + '\n[dependencies]\nzlib = "*"\n'


def test_the_default_environment_is_filled(tmp_path: Path) -> None:
    text = filled(tmp_path, "default", None)
    assert '\n[environments.default.dependencies]\nzlib = "*"\n' in text
    assert "no-default-feature" not in text


def filled(folder: Path, environment: str | None, feature: str | None) -> str:
    (folder / "pixi.toml").write_text(BASE)
    file = folder / "environment.yml"
    file.write_text("channels: [conda-forge]\ndependencies: [zlib]\n")
    request = ImportRequest(file=file, environment=environment, feature=feature)
    import_file(load(folder / "pixi.toml"), request, ["conda-forge"])
    return (folder / "pixi.toml").read_text()
