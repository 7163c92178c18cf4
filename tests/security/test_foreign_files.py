"""Files of other tools and projects that are made to take long, to flood, or to be called a bug."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from wisp.api.edits.importing import ImportRequest, import_file
from wisp.api.imaging.bases import lock_of
from wisp.api.registry import all_registered
from wisp.console.failure import render
from wisp.engine.safe.packages import check_unpacked
from wisp.errors import ConfigError, ManifestError, Place, WispError
from wisp.exchange.conda_environment import read_conda_environment
from wisp.exchange.foreign import read_text
from wisp.exchange.requirements_txt import read_requirements_txt
from wisp.foreign import toml_data
from wisp.image.lock import DamagedImageLockError
from wisp.manifest.edit import text as edit_text
from wisp.manifest.model import Manifest
from wisp.manifest.read import load, load_text
from wisp.manifest.scanner import scan
from wisp.manifest.syntax import Syntax
from wisp.printable import printable, printable_json
from wisp.specs.inside import UnsafePathError

pytestmark = pytest.mark.forked

HEAD = '[tool.pixi.workspace]\nchannels = []\nplatforms = ["linux-64"]\n'
PROJECT = '[project]\nname = "p"\nversion = "1"\n'


def project(text: str) -> Manifest:
    return load_text(HEAD + text, Path("/w/pyproject.toml"), "pyproject")


def groups(*rows: str) -> str:
    return "[dependency-groups]\n" + "\n".join(rows) + "\n"


def including(count: int, times: int) -> list[str]:
    """Groups each of which includes the one before it, so and so many times; the last one first."""
    rows = ['g0 = ["x"]']
    for at in range(1, count):
        one = f'{{ include-group = "g{at - 1}" }}'
        rows.append(f"g{at} = [{', '.join([one] * times)}]")
    return rows[::-1]


def test_groups_that_include_each_other_twice_are_read_once() -> None:
    found = project(groups(*including(40, 2))).features["g39"].base.pypi_dependencies
    assert [one.name for one in found] == ["x"]
    extras = [f'e{at} = ["p[e{at - 1}]", "P[e{at - 1}]"]' for at in range(1, 40)]
    text = f'{PROJECT}[project.optional-dependencies]\ne0 = ["x"]\n' + "\n".join(extras)
    found = project(text).features["e39"].base.pypi_dependencies
    assert [one.name for one in found] == ["x"]


def test_groups_in_thousands_within_each_other_are_refused() -> None:
    with pytest.raises(ManifestError, match="More than 100 dependency groups"):
        project(groups(*including(3000, 1)))


def test_groups_that_come_to_requirements_without_number_are_refused() -> None:
    many = ", ".join(f'"x{at}"' for at in range(500))
    rows = [f"base = [{many}]", *(f'g{at} = [{{ include-group = "base" }}]' for at in range(300))]
    with pytest.raises(ManifestError, match="include more than 100000 requirements"):
        project(groups(*rows))


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    file = tmp_path / "pixi.toml"
    file.write_text('[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64"]\n')
    return load(file)


@pytest.mark.parametrize(
    "content",
    [
        lambda many: "dependencies:\n" + "".join(f"  - a{at}\n" for at in many),
        lambda many: "variables:\n" + "".join(f"  A{at}: b\n" for at in many),
        lambda many: "dependencies:\n- pip:\n" + "".join(f"  - a{at}\n" for at in many),
    ],
    ids=["packages", "variables", "pip"],
)
def test_thousands_of_packages_are_written_at_once(
    content: Callable[[range], str], manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans: list[int] = []

    def counted(text: str) -> Syntax:
        scans.append(len(text))
        assert len(scans) < 20
        return scan(text)

    monkeypatch.setattr(edit_text, "scan", counted)
    file = manifest.path.with_name("environment.yml")
    file.write_text(content(range(1500)))
    import_file(manifest, ImportRequest(file=file, feature="f"), ())
    assert scans
    assert "1499 = " in manifest.path.read_text()


def test_what_is_written_at_once_is_what_was_written_one_by_one(manifest: Manifest) -> None:
    text = manifest.path.read_text()
    manifest.path.write_text(f'{text}[dependencies]\nA = "1.*"\nb = "*"  # why\n')
    file = manifest.path.with_name("environment.yml")
    file.write_text("dependencies: [c, a=2, B, c>=1, {pip: [D_e, d-e==1]}]\nvariables: {V: w}\n")
    import_file(load(manifest.path), ImportRequest(file=file, feature="default"), ())
    assert manifest.path.read_text() == (
        f'{text}[dependencies]\nA = "2.*"\nb = "*"  # why\nc = ">=1"\n\n'
        '[pypi-dependencies]\nd-e = "==1"\n\n[activation.env]\nV = "w"\n'
    )


def test_channels_without_number_are_refused() -> None:
    text = "dependencies: [a]\nchannels: [" + ", ".join(f"c{at}" for at in range(101)) + "]"
    with pytest.raises(ManifestError, match="more than 100 channels"):
        read_conda_environment(text, Path("e.yml"))


def test_requirements_wait_for_no_pipe_that_they_include(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "r.txt").write_text("a\n-r pipe.txt\n")
    with pytest.raises(ManifestError, match="could not read") as refused:
        read_requirements_txt(tmp_path / "r.txt")
    assert refused.value.place is not None
    assert refused.value.place.line == 2


def test_warnings_without_number_do_not_flood_the_terminal() -> None:
    text = "name: x\ndependencies:\n" + "  - sel(linux): a\n" * 9000
    told = read_conda_environment(text, Path("e.yml")).warnings
    assert len(told) == 201
    assert told[-1] == "and 8800 more"


def test_no_failure_is_longer_than_anybody_reads() -> None:
    causes = ["c" * 90_000, *map(str, range(9000))]
    told = render(WispError("m" * 90_000, causes=causes, hints=["h" * 90_000]))
    assert len(told) < 20_000
    assert told.count("(85,000 characters are left out)") == 3
    assert "and 8801 more" in told


@pytest.mark.parametrize(
    "item", ['name: "x\\e[2J"', 'channels: ["a\\nb"]', 'variables: {"A=1\\nB": x}']
)
def test_a_control_character_is_told_in_the_file_that_has_it(item: str) -> None:
    with pytest.raises(ManifestError, match="control character") as refused:
        read_conda_environment(f"dependencies: [a]\n{item}\n", Path("e.yml"))
    assert refused.value.place is not None
    assert refused.value.place.line == 2


def test_what_is_no_text_is_told_with_its_place(tmp_path: Path) -> None:
    for name, reader in (("a.yml", read_text), ("pixi.toml", load)):
        (tmp_path / name).write_bytes(b"# a\n# b \xff\n")
        with pytest.raises(ManifestError) as refused:
            reader(tmp_path / name)
        place = refused.value.place
        assert isinstance(place, Place)
        # Its line is not shown: what is no text may be a secret.
        assert (place.line, place.column, place.text) == (2, 5, "")


def test_a_number_without_end_is_told_with_its_place() -> None:
    with pytest.raises(ValueError, match=r"number is too long.*line 2, column 5"):
        toml_data(f"a = 1\nb = {'9' * 9000}\n")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('version = "1"', 1, "expected an integer, found a string"),
        ("version = 1\nimage = 5", 2, "expected an array, found an integer"),
        ('version = 1\nimage = ["x"]', 2, "expected a table, found a string"),
        ('version = 1\n[[image]]\nreference = 5\ndigest = "x"', 3, "expected a string"),
        ('version = 1\n[[image]]\nreference = "a"\ndigest = "x"', 4, "`x` is not a digest"),
        ('version = 1\n[[debian]]\nsubdir = ["a"]', 3, "expected a string, found an array"),
        ("version = 1\na = " + "[" * 3000, 2, "nested too deeply"),
    ],
)
def test_an_image_lock_of_odd_form_is_told_with_its_place(text: str, line: int, words: str) -> None:
    with pytest.raises(DamagedImageLockError, match="is damaged") as refused:
        lock_of(text, Path("/w/image.lock"))
    assert words in str(refused.value.causes[0])
    assert refused.value.place is not None
    assert refused.value.place.line == line


def test_an_image_lock_that_is_no_text_is_no_bug(wisp: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "pixi.toml").write_text(
        '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64"]\n'
    )
    (tmp_path / "image.lock").write_bytes(b"version = 1\n\xff")
    failed = wisp("image", "build", "-o", "x.tar", "--offline", cwd=tmp_path)
    assert failed.code == 1
    assert "`image.lock` is damaged" in failed.stderr
    assert "image.lock:2:1" in failed.stderr


@pytest.mark.parametrize(
    "text", ["project = []\n", "[project]\nname = 5\n", "tool = 5\n", "dependency-groups = []\n"]
)
def test_a_pyproject_whose_tables_are_none_is_no_bug(
    text: str, wisp: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    failed = wisp("init", "--format", "pyproject", cwd=tmp_path)
    assert failed.code == 1
    assert "is a bug" not in failed.stderr
    assert "pyproject.toml:" in failed.stderr
    assert (tmp_path / "pyproject.toml").read_text() == text


@pytest.mark.parametrize("text", ["named-workspaces = 5\n", "[named-workspaces]\na = 5\n"])
def test_a_register_of_odd_form_is_no_bug(text: str, tmp_path: Path) -> None:
    (tmp_path / ".pixi").mkdir()
    (tmp_path / ".pixi" / "workspaces.toml").write_text(text)
    with pytest.raises(ConfigError, match="could not read"):
        all_registered({"HOME": str(tmp_path)})


@pytest.mark.parametrize(("content", "spot"), [(b"a = 1\nb\n", (2, 2)), (b"a = 1\n\xff\n", (2, 1))])
def test_a_register_that_cannot_be_read_is_told_with_its_place(
    content: bytes, spot: tuple[int, int], tmp_path: Path
) -> None:
    (tmp_path / ".pixi").mkdir()
    (tmp_path / ".pixi" / "workspaces.toml").write_bytes(content)
    with pytest.raises(ConfigError, match="could not read") as refused:
        all_registered({"HOME": str(tmp_path)})
    assert refused.value.place is not None
    assert (refused.value.place.line, refused.value.place.column) == spot


def test_half_a_character_is_shown_as_its_number() -> None:
    assert printable("a\ud800b\udfff") == "a\\ud800b\\udfff"
    assert printable("a\udc80") == "a\udc80"  # a byte, which the stream writes as it is
    assert printable_json('"a\ud800ä"') == '"a\\ud800ä"'


def unpacked(folder: Path, index: str, path: str = "share/a") -> str:
    package = folder / "evil-1.0-0"
    (package / "info").mkdir(parents=True)
    (package / "info" / "index.json").write_text(index)
    row = f'{{"_path": "{path}", "path_type": "hardlink"}}'
    (package / "info" / "paths.json").write_text(f'{{"paths": [{row}], "paths_version": 1}}')
    return str(package)


@pytest.mark.parametrize("name", ["other", "evil-1.0", ""])
def test_a_package_that_calls_itself_otherwise_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsafePathError, match="calls itself"):
        check_unpacked(unpacked(tmp_path, f'{{"name": "{name}"}}'))


@pytest.mark.parametrize(("folder", "name"), [("evil-1.0-0", "Evil"), ("Evil-1.0-0", "evil")])
def test_a_package_may_write_its_name_in_capitals(tmp_path: Path, folder: str, name: str) -> None:
    package = Path(unpacked(tmp_path, f'{{"name": "{name}"}}'))
    check_unpacked(str(package.rename(package.with_name(folder))))


def test_a_path_of_thousands_of_folders_is_looked_at(tmp_path: Path) -> None:
    check_unpacked(unpacked(tmp_path, '{"name": "evil"}', "a/" * 20_000 + "x"))
