"""Files of other tools in a manifest: which feature and environment they fill."""

from __future__ import annotations

from pathlib import Path

import pytest

from wisp.api.edits.importing import ImportRequest, import_file
from wisp.errors import ManifestError
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


def imported(folder: Path, manifest: str, yaml: str, **where: object) -> str:
    (folder / "pixi.toml").write_text(manifest)
    (folder / "environment.yml").write_text(yaml)
    request = ImportRequest(file=folder / "environment.yml", **where)  # type: ignore[arg-type]
    import_file(load(folder / "pixi.toml"), request, ["conda-forge"])
    return (folder / "pixi.toml").read_text()


def test_an_import_for_platforms_fills_targets_and_declares_them_once(tmp_path: Path) -> None:
    yaml = "dependencies: [zlib, pip: [attrs]]\n"
    where = {"feature": "f", "platforms": ("linux-64", "osx-arm64")}
    text = imported(tmp_path, BASE, yaml, **where)
    assert 'platforms = ["linux-64", "osx-arm64"]\n\n[feature.f]\n' in text
    content = (
        '[feature.f]\nplatforms = ["linux-64", "osx-arm64"]\nchannels = ["conda-forge"]\n\n'
        '[feature.f.target.linux-64.dependencies]\nzlib = "*"\n\n'
        '[feature.f.target.linux-64.pypi-dependencies]\nattrs = "*"\n\n'
        '[feature.f.target.osx-arm64.dependencies]\nzlib = "*"\n\n'
        '[feature.f.target.osx-arm64.pypi-dependencies]\nattrs = "*"\n\n[environments]\n'
    )
    assert content in text
    assert imported(tmp_path, text, yaml, **where) == text


def test_an_import_for_a_custom_platform_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="'gpu' is not a known platform"):
        imported(tmp_path, BASE, "dependencies: [zlib]\n", feature="f", platforms=("gpu",))
    assert (tmp_path / "pixi.toml").read_text() == BASE


def test_a_channel_named_in_a_spec_joins_under_its_url(tmp_path: Path) -> None:
    yaml = (
        "channels: [conda-forge]\n"
        'dependencies: ["conda-forge::a", "bioconda::b", "https://h.org/c/x/::lua==5"]\n'
    )
    text = imported(tmp_path, BASE, yaml, feature="f")
    assert (
        'channels = ["conda-forge", "https://conda.anaconda.org/bioconda", "https://h.org/c/x"]\n'
        in text
    )
    assert 'b = { channel = "bioconda" }\n' in text
    assert 'lua = { version = "==5", channel = "https://h.org/c/x" }\n' in text


def test_an_environment_in_short_form_becomes_a_table(tmp_path: Path) -> None:
    manifest = BASE + '\n[feature.f]\n\n[environments]\nlab = ["f"]\n'
    text = imported(tmp_path, manifest, "dependencies: [zlib]\n", environment="lab")
    assert '[environments.lab]\nfeatures = ["f"]\nchannels = ["conda-forge"]\n' in text
    assert '[environments.lab.dependencies]\nzlib = "*"\n' in text


def test_a_file_that_asks_for_nothing_is_not_imported(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="none were successful"):
        imported(tmp_path, BASE, "name: e\nchannels: [conda-forge]\n", feature="f")
