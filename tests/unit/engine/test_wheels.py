from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.engine.test_trees import deep
from wisp.engine.safe.root import Root
from wisp.engine.trees import remove_tree
from wisp.engine.wheel_removal import remove_wheel
from wisp.engine.wheels import installed_wheels, sweep_wheel_drafts, wheel_sizes


def _wheel(prefix: Path, name: str, files: dict[str, str], installer: str = "uv-pixi") -> Path:
    site = prefix / "lib" / "python3.12" / "site-packages"
    info = f"{name}-1.0.dist-info"
    files = {**files, f"{info}/METADATA": "Name: x\n", f"{info}/INSTALLER": installer}
    for path, text in files.items():
        file = site / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (site / info / "RECORD").write_text(
        "".join(f"{path},,\n" for path in files) + f"{info}/RECORD,,\n"
    )
    return site


def test_wheels_are_known_by_name_version_and_installer(tmp_path: Path) -> None:
    _wheel(tmp_path, "Some.Thing", {"some.py": ""})
    (wheel,) = installed_wheels(tmp_path)
    assert (wheel.name, wheel.version, wheel.installer) == ("some-thing", "1.0", "uv-pixi")
    assert wheel.direct_url is None


def test_an_empty_prefix_has_none(tmp_path: Path) -> None:
    assert installed_wheels(tmp_path) == []


def test_removal_takes_files_compiled_modules_and_empty_folders(tmp_path: Path) -> None:
    site = _wheel(tmp_path, "thing", {"thing/__init__.py": "", "../../../bin/thing": "#!"})
    cache = site / "thing" / "__pycache__"
    cache.mkdir()
    (cache / "__init__.cpython-312.pyc").write_bytes(b"")
    (wheel,) = installed_wheels(tmp_path)
    remove_wheel(Root(tmp_path), wheel, tmp_path, keep=())
    assert site.is_dir()
    assert list(site.iterdir()) == []
    assert not (tmp_path / "bin").exists()


def test_files_of_others_stay(tmp_path: Path) -> None:
    site = _wheel(tmp_path, "thing", {"shared/a.py": "", "shared/b.py": ""})
    (wheel,) = installed_wheels(tmp_path)
    remove_wheel(Root(tmp_path), wheel, tmp_path, keep={"lib/python3.12/site-packages/shared/b.py"})
    assert [file.name for file in (site / "shared").iterdir()] == ["b.py"]


def test_a_record_that_points_outside_the_prefix_is_not_followed(tmp_path: Path) -> None:
    prefix = tmp_path / "env"
    treasure = tmp_path / "treasure.txt"
    _wheel(prefix, "thing", {"../../../../treasure.txt": "precious"})
    assert treasure.exists()
    (wheel,) = installed_wheels(prefix)
    remove_wheel(Root(prefix), wheel, prefix, keep=())
    assert treasure.read_text() == "precious"
    assert installed_wheels(prefix) == []


def test_a_wheel_without_record_loses_its_dist_info(tmp_path: Path) -> None:
    site = _wheel(tmp_path, "thing", {"thing.py": ""})
    (site / "thing-1.0.dist-info" / "RECORD").unlink()
    (wheel,) = installed_wheels(tmp_path)
    remove_wheel(Root(tmp_path), wheel, tmp_path, keep=())
    assert installed_wheels(tmp_path) == []


def test_what_a_killed_installer_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    site = _wheel(tmp_path, "thing", {"thing/__init__.py": "", "../../../bin/thing": "#!"})
    info = site / "thing-1.0.dist-info"
    before = sorted(tmp_path.rglob("*"))
    mine = [site / ".tmpfiles", site / ".tmp", site / "RECORD.wisp", site / "thing" / "x.tmpAbC123"]
    for file in (
        *mine,
        info / ".tmpAbC123",
        info / "RECORD.wisp",
        info / "INSTALLER.wisp",
        info / ".RECORD.0123abcd.wisp-draft",
        site / "thing" / ".tmp000000",
        tmp_path / "bin" / ".tmpZZZZZZ",
    ):
        file.write_text("x")
    (site / ".tmpfolders").mkdir()
    (site / ".tmpFolder").mkdir()
    (site / ".tmpFolder" / "half.py").write_text("x")
    sweep_wheel_drafts(Root(tmp_path), tmp_path)
    assert sorted(tmp_path.rglob("*")) == sorted([*before, *mine, site / ".tmpfolders"])


def test_projects_installed_in_place_are_known_by_their_direct_url(tmp_path: Path) -> None:
    site = tmp_path / "lib/python3.12/site-packages"
    for name, text in (
        ("My_Tool-1.0", '{"dir_info": {"editable": true}}'),
        ("copied-1.0", '{"dir_info": {}}'),
        ("odd-1.0", '{"dir_info": ["editable"]}'),
        ("other-1.0", "{}"),
    ):
        folder = site / f"{name}.dist-info"
        folder.mkdir(parents=True)
        (folder / "direct_url.json").write_text(text)
    assert [one.name for one in installed_wheels(tmp_path) if one.is_editable] == ["my-tool"]


def test_a_wheel_takes_what_its_record_says(tmp_path: Path) -> None:
    site = _wheel(tmp_path, "Some.Thing", {"some.py": ""})
    record = site / "Some.Thing-1.0.dist-info" / "RECORD"
    text = 'some.py,sha256=x,1500\n"odd,name.py",sha256=y,20\nSome.Thing-1.0.dist-info/RECORD,,\n'
    record.write_text(text)
    assert wheel_sizes(tmp_path) == {("some-thing", "1.0"): 1520 + len(text)}


def test_a_size_that_is_no_number_counts_nothing(tmp_path: Path) -> None:
    site = _wheel(tmp_path, "thing", {})
    record = site / "thing-1.0.dist-info" / "RECORD"
    text = f"a.py,,-5\nb.py,,{'9' * 40}\nc.py,,1e3\nd.py,,\u0663\ne.py,,7\n"
    record.write_text(text, "utf-8")
    assert wheel_sizes(tmp_path) == {("thing", "1.0"): 7 + len(text)}


def test_a_wheel_without_a_record_has_no_size(tmp_path: Path) -> None:
    site = _wheel(tmp_path, "thing", {})
    (site / "thing-1.0.dist-info" / "RECORD").unlink()
    assert wheel_sizes(tmp_path) == {}


@pytest.fixture
def nested(tmp_path: Path) -> Iterator[Path]:
    """A prefix with a wheel whose metadata nest folders deeper than a path can say."""
    site = _wheel(tmp_path, "thing", {"thing.py": ""})
    deep(site / "thing-1.0.dist-info" / "deep")
    yield tmp_path
    remove_tree(tmp_path / "lib", ignore_errors=True)  # who tidies up after tests cannot


def test_metadata_nested_in_thousands_are_removed(nested: Path) -> None:
    (wheel,) = installed_wheels(nested)
    remove_wheel(Root(nested), wheel, nested, keep=())
    assert installed_wheels(nested) == []
    assert not wheel.folder.exists()
