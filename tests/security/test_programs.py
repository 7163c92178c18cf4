"""What is written for packages, by rattler, uv and us, where another package has put something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import all_of, channel, install, settings, tiny
from tests.trees import content, differences
from tests.unit.wheelhouse import make_wheel
from tools.forge.archive import Entry, Package, text
from tools.forge.build import Forge
from wisp.engine.gateway import ChannelAccess

PYTHON = tiny("python", "3.12", site_packages="lib/python3.12/site-packages")


def program(*depends: str) -> Package:
    """A package of Python for which `bin/cmd` is written."""
    return Package(
        name="evil",
        version="1.0",
        noarch="python",
        depends=("python", *depends),
        entry_points=("cmd = evil:main",),
        files=(text("site-packages/evil.py", ""),),
    )


@pytest.fixture
def victim(tmp_path: Path) -> Iterator[Path]:
    """A folder of the user's in which nothing may change."""
    folder = tmp_path / "victim"
    folder.mkdir()
    (folder / "secret").write_text("mine")
    before = content(folder)
    yield folder
    assert differences(before, content(folder)) == []


@pytest.mark.parametrize("target", ["secret", "new"])
@pytest.mark.parametrize(
    "order", ["other first", "together", "together, in turn", "from the cache"]
)
def test_no_program_is_written_through_a_link(
    tmp_path: Path, victim: Path, order: str, target: str
) -> None:
    other = tiny("other", files=(Entry("bin/cmd", link=str(victim / target)),))
    depends = ("other",) if "turn" in order else ()
    access = ChannelAccess(settings(tmp_path / "cache"))
    made = channel(tmp_path / "channel", [PYTHON, other, program(*depends)])
    records = all_of(made, access)
    if order == "other first":
        install(tmp_path / "prefix", tuple(one for one in records if one.name != "evil"), access)
    if order == "from the cache":
        for one in (["other"], ["python", "evil"]):
            chosen = tuple(row for row in records if row.name in one)
            install(tmp_path / "earlier" / one[0], chosen, access)
    install(tmp_path / "prefix", records, access)
    linked = {file.name for file in (tmp_path / "prefix" / "conda-meta").glob("*.json")}
    assert linked >= {"evil-1.0-0.json", "other-1.0-0.json"}


@pytest.mark.parametrize(
    "order", ["other first", "together", "together, in turn", "from the cache"]
)
def test_no_program_is_written_into_a_file_of_the_cache(tmp_path: Path, order: str) -> None:
    """It is the same file in all environments, whatever their locks say of it."""
    other = tiny("other", files=(text("bin/cmd", "good", executable=True),))
    depends = ("other",) if "turn" in order else ()
    access = ChannelAccess(settings(tmp_path / "cache"))
    made = channel(tmp_path / "channel", [PYTHON, other, program(*depends)])
    records = all_of(made, access)
    alone = tuple(one for one in records if one.name == "other")
    if order != "together":
        install(tmp_path / "elsewhere", alone, access)
    if order == "other first":
        install(tmp_path / "prefix", tuple(one for one in records if one.name != "evil"), access)
    if order == "from the cache":
        chosen = tuple(one for one in records if one.name != "other")
        install(tmp_path / "earlier", chosen, access)
    install(tmp_path / "prefix", records, access)
    (kept,) = (tmp_path / "cache").rglob("other-1.0-0/bin/cmd")
    assert kept.read_text() == "good"
    install(tmp_path / "later", alone, access)
    assert (tmp_path / "later" / "bin" / "cmd").read_text() == "good"
    assert (tmp_path / "prefix" / "bin" / "cmd").exists()


def test_programs_of_different_names_share_the_cache(tmp_path: Path) -> None:
    other = tiny("other", files=(text("bin/other", "good", executable=True),))
    access = ChannelAccess(settings(tmp_path / "cache"))
    records = all_of(channel(tmp_path / "channel", [PYTHON, other, program()]), access)
    install(tmp_path / "prefix", records, access)
    assert (tmp_path / "prefix/bin/other").stat().st_nlink > 1
    assert "evil" in (tmp_path / "prefix/bin/cmd").read_text()


INFO = "alpha-1.0.dist-info"
#: What a conda package links in site-packages, and what the user has at the end of it.
LINKS = {
    "folder of modules": ("alpha", ""),
    "description": (f"{INFO}/RECORD", "new"),
    "description, present": (f"{INFO}/INSTALLER", "secret"),
    "draft of ours": (f"{INFO}/RECORD.wisp", "secret"),
    "data": ("../../../share/alpha", ""),
}


@pytest.mark.parametrize("row", LINKS)
def test_no_wheel_is_written_through_a_link_of_a_package_that_came_with_it(
    wisp: CommandLine, forge: Forge, tmp_path: Path, victim: Path, row: str
) -> None:
    place, target = LINKS[row]
    folder = tmp_path / "w"
    link = Entry(f"lib/python3.11/site-packages/{place}", link=str(victim / target))
    if row == "data":
        link = Entry("share/alpha", link=str(victim))
    made = channel(tmp_path / "channel", [tiny("evil", files=(link,))])
    more = {"alpha/secret": "evil", "alpha-1.0.data/data/share/alpha/secret": "evil"}
    make_wheel(folder, "alpha", more=more)
    channels = [made.as_uri(), (forge.folder / "main").as_uri()]
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = {channels}\nplatforms = ["linux-64"]\n'
        '[dependencies]\nevil = "*"\npython = "3.11.*"\n'
        '[pypi-dependencies]\nalpha = { path = "./alpha-1.0-py3-none-any.whl" }\n'
    )
    done = wisp("install", cwd=folder)
    assert (done.code, "lead out of it" in done.stderr) == (1, True), done.stderr
    packed = wisp("pack", "--format", "prefix", cwd=folder)
    assert (packed.code, "lead out of it" in packed.stderr) == (1, True), packed.stderr
