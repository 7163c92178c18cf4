"""Where PyPI packages may come from: each case is a part of a manifest and what its lock names.

The first line of a case says `locks`, `lacks` or `fails`, and with what text.
"""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repositories import git
from tests.sandbox import CommandLine
from tests.unit.wheelhouse import make_project, make_wheel
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = [pytest.mark.slow, pytest.mark.forked]

CASES = sorted((Path(__file__).parents[1] / "cases" / "pypi-sources").glob("*.toml"))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A workspace's folder with wheels, a source archive and a repository with two commits."""
    links = tmp_path / "links"
    for version in ("1.0", "2.0", "3.0rc1"):
        make_wheel(links, "lib", version)
    make_wheel(links, "needs-lib-two", requires=["lib>=2"])
    make_wheel(links, "needs-nothing")
    rows = [f'<a href="{file.name}">{file.name}</a>' for file in sorted(links.iterdir())]
    (links / "page.html").write_text("\n".join(rows))
    old = make_wheel(tmp_path / "old" / "six", "six")
    page = {"meta": {"api-version": "1.1"}, "name": "six", "versions": ["1.0"]}
    files = [{"filename": old.name, "url": old.name, "hashes": {}}]
    old.with_name("index.json").write_text(json.dumps(page | {"files": files}))
    repository = make_project(tmp_path / "repo", "proj")
    dynamic = make_project(tmp_path / "dynamic", "dynamic", table='dynamic = ["dependencies"]')
    for folder, name in ((repository, "proj"), (dynamic, "dynamic")):
        with tarfile.open(tmp_path / f"{name}.tar.gz", "w:gz") as archive:
            archive.add(folder, f"{name}-1.0")
    shutil.copy(tmp_path / "proj.tar.gz", links / "proj-1.0.tar.gz")
    git(repository, "init", "--quiet")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "first")
    git(repository, "tag", "v1")
    make_project(repository / "part", "part")
    git(repository, "checkout", "--quiet", "-b", "dev")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "second")
    return tmp_path


@pytest.fixture
def places(site: Path, forge_server: Server) -> Iterator[dict[str, str]]:
    """What stands for the words in braces."""
    with Server(site) as server:
        yield {
            "{git}": (site / "repo").as_uri(),
            "{first}": git(site / "repo", "rev-parse", "v1"),
            "{dev}": git(site / "repo", "rev-parse", "dev"),
            "{site_url}": server.url,
            "{links_url}": f"{server.url}/links",
            "{old}": f"{server.url}/old",
            "{index}": f"{forge_server.url}/simple",
        }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_source_is_locked(
    wisp: CommandLine, site: Path, forge: Forge, places: dict[str, str], case: Path
) -> None:
    text = case.read_text()
    for word, meaning in places.items():
        text = text.replace(word, meaning)
    verdict, _, wanted = text.splitlines()[0].removeprefix("# ").partition(": ")
    (site / "pixi.toml").write_text(
        f'[workspace]\nchannels = ["{forge.url}"]\nplatforms = ["{forge.subdir}"]\n'
        f'[dependencies]\npython = "{forge.minor}.*"\n{text}'
    )
    done = wisp("lock", cwd=site)
    if verdict == "fails":
        assert (done.code, wanted in done.stderr) == (1, True)
        return
    done.success()
    locked = (site / "pixi.lock").read_text()
    lines = [line.strip() for line in locked.splitlines()]
    assert (f"- pypi: {wanted}" in lines) if verdict == "locks" else (wanted not in locked), locked
    wisp("lock", "--check", cwd=site).success()
