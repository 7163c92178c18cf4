"""uv puts variables of the user's into addresses (`${NAME}`), whoever wrote them; none is let."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repositories import git
from tests.sandbox import CommandLine
from tests.unit.wheelhouse import make_project, make_wheel
from tests.web import Answer, Asked, Web
from tools.forge.build import Forge

SECRET = {"CLOUD_KEY": "S3CR3T", "HTTPS_PROXY": "http://u:S3CR3T@127.0.0.1:9"}
HEAD = """\
[workspace]
name = "w"
channels = ["{channel}"]
platforms = ["linux-64"]
[dependencies]
python = "*"
[pypi-options]
index-url = "{web}/simple"
"""
#: What a manifest says, with the place of the server and of a variable.
ADDRESSES = {
    "path": '[pypi-dependencies]\nx = {{ url = "{web}/{name}/x-1-py3-none-any.whl" }}',
    "query": '[pypi-dependencies]\nx = {{ url = "{web}/x-1-py3-none-any.whl?{name}" }}',
    "fragment": '[pypi-dependencies]\nx = {{ url = "{web}/x.zip", subdirectory = "{name}" }}',
    "repository": '[pypi-dependencies]\nx = {{ git = "{web}/{name}/x.git" }}',
    "index": '[pypi-dependencies]\nx = {{ version = "*", index = "{web}/{name}/simple" }}',
    "override": '[pypi-dependencies]\nx = "*"\n[pypi-options.dependency-overrides]\n'
    'x = {{ git = "{web}/{name}/x.git" }}',
}


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    def answer(asked: Asked) -> Answer:
        file = tmp_path / "wheels" / asked.path.rpartition("/")[2]
        return Answer(200, {}, file.read_bytes()) if file.is_file() else Answer(404)

    with Web(answer) as server:
        yield server


def workspace(folder: Path, forge: Forge, web: Web, more: str) -> Path:
    folder.mkdir(exist_ok=True)
    head = HEAD.format(channel=(forge.folder / "main").as_uri(), web=web.url)
    (folder / "pixi.toml").write_text(f"{head}{more}\n")
    return folder


@pytest.mark.parametrize("row", ADDRESSES)
@pytest.mark.parametrize("words", [("lock",), ("list",)])
def test_no_variable_gets_into_an_address_of_a_manifest(
    wisp: CommandLine, forge: Forge, web: Web, tmp_path: Path, row: str, words: tuple[str, ...]
) -> None:
    more = ADDRESSES[row].format(web=web.url, name="${CLOUD_KEY}")
    folder = workspace(tmp_path / "w", forge, web, more)
    done = wisp(*words, cwd=folder, env=SECRET)
    assert done.code == 1
    assert "S3CR3T" not in done.stdout + done.stderr
    assert web.asked
    assert not [one.target for one in web.asked if "S3CR3T" in one.target]


@pytest.mark.parametrize("name", ["${CLOUD_KEY}", "${HTTPS_PROXY}"])
@pytest.mark.parametrize("kind", ["wheel", "address", "project"])
def test_no_look_gives_a_variable_to_what_a_package_requires(
    wisp: CommandLine, forge: Forge, web: Web, tmp_path: Path, kind: str, name: str
) -> None:
    needs = f"other @ {web.url}/{name}/other-1.0-py3-none-any.whl"
    wheel = make_wheel(tmp_path / "wheels", "evil", requires=[needs])
    make_project(tmp_path / "w" / "p", "evil", table=f'dependencies = ["{needs}"]')
    place = {
        "wheel": f'path = "{wheel}"',
        "address": f'url = "{web.url}/{wheel.name}"',
        "project": 'path = "./p"',
    }[kind]
    folder = workspace(tmp_path / "w", forge, web, f"[pypi-dependencies]\nevil = {{ {place} }}")
    done = wisp("list", cwd=folder, env=SECRET)
    assert "S3CR3T" not in done.stdout + done.stderr
    assert any("other" in one.target for one in web.asked)
    assert not [one.target for one in web.asked if "S3CR3T" in one.target]


@pytest.mark.parametrize("words", [("lock",), ("install",)], ids=" ".join)
def test_where_nothing_may_be_built_a_lock_gives_none_either(
    wisp: CommandLine, forge: Forge, web: Web, tmp_path: Path, words: tuple[str, ...]
) -> None:
    needs = f"other @ {web.url}/${{CLOUD_KEY}}/other-1.0-py3-none-any.whl"
    wheel = make_wheel(tmp_path / "wheels", "evil", requires=[needs])
    more = f'no-build = true\n[pypi-dependencies]\nevil = {{ path = "{wheel}" }}'
    done = wisp(*words, cwd=workspace(tmp_path / "w", forge, web, more), env=SECRET)
    assert "S3CR3T" not in done.stdout + done.stderr
    assert any("other" in one.target for one in web.asked)
    assert not [one.target for one in web.asked if "S3CR3T" in one.target]


def test_an_address_of_a_lock_is_asked_as_it_stands(
    wisp: CommandLine, forge: Forge, web: Web, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path / "wheels", "evil")
    more = f'[pypi-dependencies]\nevil = {{ url = "{web.url}/place/{wheel.name}" }}'
    folder = workspace(tmp_path / "w", forge, web, more)
    wisp("lock", cwd=folder).success()
    lock = folder / "pixi.lock"
    lock.write_text(lock.read_text().replace("/place/", "/${CLOUD_KEY}/"))
    own = SECRET | {"PIXI_CACHE_DIR": str(tmp_path / "cache")}
    wisp("install", "--frozen", cwd=folder, env=own).success()
    assert web.asked[-1].path == f"/${{CLOUD_KEY}}/{wheel.name}"


@pytest.mark.parametrize("words", [("list",), ("lock", "--dry-run")], ids=" ".join)
def test_a_look_reaches_repositories_as_git_is_told_to(
    wisp: CommandLine, forge: Forge, web: Web, tmp_path: Path, words: tuple[str, ...]
) -> None:
    origin = tmp_path / "origin"
    make_project(origin, "mine", table="")
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "x")):
        git(origin, *command)
    own = {"GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig")}
    url = "https://git.invalid/mine"
    Path(own["GIT_CONFIG_GLOBAL"]).write_text(f'[url "{origin.as_uri()}"]\ninsteadOf = {url}\n')
    more = f'[pypi-dependencies]\nmine = {{ git = "{url}" }}'
    done = wisp(*words, cwd=workspace(tmp_path / "w", forge, web, more), env=own)
    assert done.code == 0, done.stderr
    assert "mine" in done.stdout + done.stderr
