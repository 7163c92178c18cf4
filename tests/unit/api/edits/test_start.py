from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from wisp.api.edits.start import StartRequest, start, start_from
from wisp.errors import ManifestError
from wisp.manifest.read import load
from wisp.manifest.templates import GITIGNORE


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    home = tmp_path / "home"
    home.mkdir()
    return {"HOME": str(home), "PATH": "/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1"}


def request_for(folder: Path, **fields: Any) -> StartRequest:
    return StartRequest(folder=folder, platforms=("linux-64",), **fields)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("pixi", "pixi.toml"), ("mojoproject", "mojoproject.toml"), ("pyproject", "pyproject.toml")],
)
def test_every_format_can_be_read_back(
    tmp_path: Path, environ: dict[str, str], kind: str, name: str
) -> None:
    started = start(request_for(tmp_path / "w", format=kind, channels=("a", "b")), environ)
    assert started.manifest == tmp_path / "w" / name
    manifest = load(started.manifest)
    assert manifest.workspace.name == "w"
    assert [entry.channel for entry in manifest.workspace.channels] == ["a", "b"]


def test_git_says_who_wrote_it(tmp_path: Path, environ: dict[str, str]) -> None:
    config = tmp_path / "home/.gitconfig"
    config.write_text('[user]\nname = "A B"\nemail = a@b.c\n')
    started = start(request_for(tmp_path / "w"), environ)
    assert 'authors = ["A B <a@b.c>"]\n' in started.manifest.read_text()


def test_configuration_fills_what_is_not_said(tmp_path: Path, environ: dict[str, str]) -> None:
    config = tmp_path / "home/.pixi/config.toml"
    config.parent.mkdir()
    config.write_text(
        'default-channels = ["x"]\n[pypi-config]\nindex-url = "https://i.org/simple"\n'
    )
    text = start(request_for(tmp_path / "w"), environ).manifest.read_text()
    assert 'channels = ["x"]\n' in text
    assert '\n[pypi-options]\nindex-url = "https://i.org/simple"\n\n[tasks]\n' in text


def test_a_module_is_named_as_python_names_it(tmp_path: Path, environ: dict[str, str]) -> None:
    started = start(request_for(tmp_path / "My-pack.age", format="pyproject"), environ)
    assert (tmp_path / "My-pack.age/src/my_pack_age/__init__.py").exists()
    assert 'my_pack_age = { path = ".", editable = true }\n' in started.manifest.read_text()


def test_an_existing_workspace_is_refused(tmp_path: Path, environ: dict[str, str]) -> None:
    start(request_for(tmp_path / "w"), environ)
    with pytest.raises(ManifestError, match=r"^pixi\.toml already exists$"):
        start(request_for(tmp_path / "w"), environ)


def test_the_home_of_global_tools_is_refused(tmp_path: Path, environ: dict[str, str]) -> None:
    with pytest.raises(ManifestError, match="home folder"):
        start(request_for(tmp_path / "home"), environ)


def test_a_pyproject_is_extended_once(tmp_path: Path, environ: dict[str, str]) -> None:
    file = tmp_path / "pyproject.toml"
    text = '[project]\nname = "p"\nversion = "1"\n[dependency-groups]\nmy_dev = ["rich"]'
    file.write_text(text)
    started = start(request_for(tmp_path, format="pyproject"), environ)
    assert (started.created, started.package, started.environments) == (False, "p", ("my-dev",))
    assert file.read_text().startswith(text + "\n\n[tool.pixi.workspace]\n")
    environment = load(file).environments["my-dev"]
    assert (environment.features, environment.solve_group) == (("my_dev",), "default")
    extended = file.read_text()
    assert start(request_for(tmp_path, format="pyproject"), environ).untouched
    assert file.read_text() == extended


def test_companions_are_appended_to_once(tmp_path: Path, environ: dict[str, str]) -> None:
    ignored = tmp_path / "w/.gitignore"
    ignored.parent.mkdir()
    ignored.write_text("*.pyc")
    started = start(request_for(tmp_path / "w"), environ)
    assert ignored.read_text() == "*.pyc\n" + GITIGNORE
    started.manifest.unlink()
    start(request_for(tmp_path / "w"), environ)
    assert ignored.read_text().count(GITIGNORE) == 1


def test_an_environment_file_becomes_a_workspace(tmp_path: Path, environ: dict[str, str]) -> None:
    file = tmp_path / "env.yml"
    file.write_text(
        "name: n\nchannels: [c]\ndependencies:\n- python=3.12\n- zlib\n- pip:\n  - attrs\n"
        "variables:\n  A: b\n"
    )
    started = start_from(request_for(tmp_path / "w"), file, environ)
    assert started.manifest.read_text().partition("[tasks]\n")[2] == (
        '\n[dependencies]\npython = "3.12.*"\nzlib = "*"\n\n[pypi-dependencies]\nattrs = "*"\n'
        '\n[activation.env]\nA = "b"\n'
    )
    assert load(started.manifest).workspace.name == "n"
