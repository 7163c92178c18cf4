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
from wisp.engine.safe.programs import programs_of
from wisp.layout import INSTALLING

pytestmark = pytest.mark.forked

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


@pytest.mark.parametrize("folder", ["BIN", "Bin", "scripts", "Python-Scripts"])
def test_a_place_has_one_name_although_it_is_spelt_otherwise(folder: str) -> None:
    """Two packages may have `Bin/cmd` and `bin/CMD`: on some systems that is one file."""
    path = f"{folder}/CMD"
    assert programs_of((), [path], frozenset()).files == ("cmd",)
    assert programs_of((), [path], frozenset({path})).links == ("cmd",)


INFO = "alpha-1.0.dist-info"
#: What a conda package links in site-packages, and what the user has at the end of it.
LINKS = {
    "folder of modules": ("alpha", ""),
    "description": (f"{INFO}/RECORD", "new"),
    "description, present": (f"{INFO}/INSTALLER", "secret"),
    "data": ("../../../share/alpha", ""),
}


def beside_a_wheel(folder: Path, forge: Forge, link: Entry) -> None:
    """Make a workspace of a package with a link, and of a wheel."""
    made = channel(folder.with_name("channel"), [tiny("evil", files=(link,))])
    more = {"alpha/secret": "evil", "alpha-1.0.data/data/share/alpha/secret": "evil"}
    make_wheel(folder, "alpha", more=more)
    channels = [made.as_uri(), (forge.folder / "main").as_uri()]
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = {channels}\nplatforms = ["linux-64"]\n'
        '[dependencies]\nevil = "*"\npython = "3.11.*"\n'
        '[pypi-dependencies]\nalpha = { path = "./alpha-1.0-py3-none-any.whl" }\n'
    )


@pytest.mark.parametrize("row", LINKS)
def test_no_wheel_is_written_through_a_link_of_a_package_that_came_with_it(
    wisp: CommandLine, forge: Forge, tmp_path: Path, victim: Path, row: str
) -> None:
    place, target = LINKS[row]
    link = Entry(f"lib/python3.11/site-packages/{place}", link=str(victim / target))
    if row == "data":
        link = Entry("share/alpha", link=str(victim))
    beside_a_wheel(tmp_path / "w", forge, link)
    for words in (("install",), ("pack", "--format", "prefix")):
        done = wisp(*words, cwd=tmp_path / "w")
        assert (done.code, "links that lead out of" in done.stderr) == (1, True), done.stderr


@pytest.mark.parametrize("place", ["share/elsewhere", "lib/python3.11/site-packages/beta"])
def test_a_link_of_a_package_that_no_wheel_meets_is_no_hindrance(
    wisp: CommandLine, forge: Forge, tmp_path: Path, victim: Path, place: str
) -> None:
    """It leads out, but nothing of a wheel lies at its place: it is there again afterwards."""
    folder = tmp_path / "w"
    beside_a_wheel(folder, forge, Entry(place, link=str(victim)))
    link = folder / ".pixi/envs/default" / place
    for words in (("install",), ("install",), ("reinstall", "alpha"), ("pack", "--format=prefix")):
        wisp(*words, cwd=folder).success()
        assert link.readlink() == victim
    (folder / ".pixi/envs/default/conda-meta" / ".pixi-environment-fingerprint").write_text(
        INSTALLING
    )
    link.unlink()
    wisp("install", cwd=folder).success()  # as somebody has left it who was killed meanwhile
    assert link.readlink() == victim
