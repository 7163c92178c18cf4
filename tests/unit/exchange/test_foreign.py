from __future__ import annotations

import re
from pathlib import Path

import pytest

from wisp.errors import ManifestError
from wisp.exchange.conda_environment import read_conda_environment
from wisp.exchange.foreign import ForeignEnvironment, read_text
from wisp.exchange.requirements_txt import read_requirements_txt


def read(text: str) -> ForeignEnvironment:
    return read_conda_environment(text, Path("/w/env.yml"))


def test_an_environment_file_is_read_whole() -> None:
    found = read(
        "name: n\nchannels:\n- defaults\n- bioconda\ndependencies:\n- python=3.12\n- a::zlib\n"
        "- pip:\n  - attrs>=23\nvariables:\n  A: x\n  B: true\n"
    )
    assert found.name == "n"
    assert found.channels == ("main", "r", "msys2", "bioconda", "https://conda.anaconda.org/a")
    assert [(r.name, r.spec.version, r.spec.channel) for r in found.conda] == [
        ("python", "3.12.*", None),
        ("zlib", None, "a"),
    ]
    assert [(r.name, r.spec.version) for r in found.pypi] == [("attrs", ">=23")]
    assert found.variables == {"A": "x", "B": "true"}


def test_nodefaults_stays() -> None:
    assert read("channels: [c, nodefaults]\ndependencies: []\n").channels == ("c", "nodefaults")


def test_selected_lines_are_skipped_with_a_warning() -> None:
    found = read("dependencies:\n- sel(win): pywin32\n- zlib\n")
    assert [r.name for r in found.conda] == ["zlib"]
    assert len(found.warnings) == 1


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("- a\n", 1, "expected a mapping for the file, found a list"),
        ("", 0, "is empty"),
        ("dependencies: 3\n", 1, "expected a list for `dependencies`, found a number"),
        ("name: x\nchannels: conda-forge\n", 2, "expected a list for `channels`"),
        ("channels:\n- {a: b}\n", 2, "expected a string for an item of `channels`"),
        ("channels:\n- a\n-\n", 3, "found nothing"),
        ("dependencies:\n- a\n- pip: requests\n", 3, "expected a list for `pip`"),
        ("dependencies:\n- pip: [requests, null]\n", 2, "found nothing"),
        ("dependencies:\n- pip:\n  - {a: 1}\n", 3, "an item of `pip`, found a mapping"),
        ("dependencies:\n- [a]\n", 2, "an item of `dependencies`, found a list"),
        ("dependencies:\n- 1.5\n", 2, "an item of `dependencies`, found a number"),
        ("dependencies:\n- pip:\n  - a\n  - 5\n", 4, "an item of `pip`, found a number"),
        ("dependencies:\n- a\n- true\n", 3, "an item of `dependencies`, found a boolean"),
        ("variables: [A=1]\n", 1, "expected a mapping for `variables`"),
        ("variables:\n  A: [1]\n", 2, "the variable `A`, found a list"),
        ("name: [n]\n", 1, "expected a string for name"),
        ("dependencies:\n- a\n- b==\n", 3, "b=="),
        ("dependencies:\n- pip:\n  - b=1\n", 3, "b=1"),
        ("name: a\nname: b\n", 2, "duplicate key `name`"),
        ("a: [\n", 2, "is not YAML"),
        ("a:\n\t\n b: 1\n", 2, "is not YAML"),
        ("a: *nowhere\n", 1, "undefined alias"),
        ("version: 7\nenvironments: {}\npackages: []\n", 0, "none of the keys `name`"),
        ("default_language_version: {python: python3}\nrepos: []\n", 0, "none of the keys"),
        ("a: !!python/object:os.system x\n[", 2, "is not YAML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(ManifestError) as caught:
        read(text)
    error = caught.value
    assert said in " ".join([error.message, *map(str, error.causes)])
    assert (error.place.line if error.place else 0) == line


@pytest.mark.parametrize(
    ("text", "channels", "names"),
    [
        ("channels: &c [x]\ndependencies: [a]\n", ("x",), ["a"]),
        ("channels: [x]\ndependencies:\n", ("x",), []),
        ("\n\n   channels:\n     - x\n   dependencies:\n     - a   \n\n\n", ("x",), ["a"]),
        ("---\nx: &l\n- a\n- b\ndependencies: *l\n...\n", (), ["a", "b"]),
        ("base: &b {channels: [x]}\n<<: *b\ndependencies: ['a', \"b\"]\n", ("x",), ["a", "b"]),
        ('{"channels": ["x"], "dependencies": ["a"]}', ("x",), ["a"]),
        ("dependencies:\n- >-\n  a\n- b # why\nprefix: /opt\nunknown: {a: [1]}\n", (), ["a", "b"]),
        ("channels: [1.10, yes]\n", ("1.10", "yes"), []),
    ],
)
def test_any_legal_yaml_is_read(text: str, channels: tuple[str, ...], names: list[str]) -> None:
    found = read(text)
    assert (found.channels, [one.name for one in found.conda]) == (channels, names)


def test_variables_are_texts_as_they_are_written() -> None:
    text = "variables:\n  A: null\n  B: 1.10\n  C: 'yes'\n  D: 0o7\n  E: true\n  F:\n"
    assert read(text).variables == {
        "A": "null",
        "B": "1.10",
        "C": "yes",
        "D": "0o7",
        "E": "true",
        "F": "null",
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--index-url https://index.example/simple", "the option `--index-url"),
        ("--no-binary :all:", "the option `--no-binary"),
        ("-e .", "`-e .` names no package"),
        ("git+https://host/x.git", "pixi add --pypi 'NAME @ git+https://host/x.git'"),
        ("-e git+https://host/x.git#egg=lib", "pixi add --pypi 'lib @ git+"),
        ("./wheels/x", "names no package"),
        ("-c other.txt", "Constraints detected in input file"),
    ],
)
def test_what_pip_has_and_manifests_have_not_is_a_warning_in_both(
    tmp_path: Path, line: str, said: str
) -> None:
    (tmp_path / "r.txt").write_text(f"attrs\n{line}\nrich\n")
    for found in (
        read_requirements_txt(tmp_path / "r.txt"),
        read(f'dependencies:\n- pip:\n  - attrs\n  - "{line}"\n  - rich\n'),
    ):
        assert [one.name for one in found.pypi] == ["attrs", "rich"]
        assert said in " ".join(found.warnings)


def test_an_environment_file_includes_requirements(tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_text("attrs\n")
    text = "dependencies:\n- pip:\n  - -r r.txt\n  - rich\n"
    found = read_conda_environment(text, tmp_path / "env.yml")
    assert [one.name for one in found.pypi] == ["attrs", "rich"]


@pytest.mark.parametrize("ring", [["r.txt"], ["a.txt", "r.txt"], ["a.txt", "b.txt", "a.txt"]])
def test_files_that_include_themselves_are_refused(tmp_path: Path, ring: list[str]) -> None:
    names = ["r.txt", *ring]
    for name, included in zip(names, ring, strict=False):
        (tmp_path / name).write_text(f"x\n-r {included}\n")
    with pytest.raises(ManifestError, match="includes itself") as caught:
        read_requirements_txt(tmp_path / "r.txt")
    assert caught.value.place is not None
    assert caught.value.place.line == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_texts_are_read_in_the_encoding_of_their_mark(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    (tmp_path / "r.txt").write_bytes(f"{mark}attrs>=1 # é\r\nrich\r\n".encode(encoding))
    found = read_requirements_txt(tmp_path / "r.txt")
    assert [one.name for one in found.pypi] == ["attrs", "rich"]


@pytest.mark.parametrize("data", [b"attrs\xff\n", b"\xff\xfe\x00", b"\x80"])
def test_bytes_that_are_no_text_are_one_clear_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "r.txt").write_bytes(data)
    with pytest.raises(ManifestError, match="could not read"):
        read_text(tmp_path / "r.txt")


def test_a_file_counts_once_however_often_it_is_included(tmp_path: Path) -> None:
    for number in range(14):
        line = f"-r r{number + 1}.txt\n"
        (tmp_path / f"r{number}.txt").write_text(f"{line}x{number}\n{line}")
    (tmp_path / "r14.txt").write_text("attrs\n")
    found = read_requirements_txt(tmp_path / "r0.txt")
    assert len(found.pypi) == 15


@pytest.mark.parametrize("count", [60, 3000])
def test_files_that_include_each_other_without_end_are_told_in_words(
    tmp_path: Path, count: int
) -> None:
    for number in range(count):
        (tmp_path / f"r{number}.txt").write_text(f"-r r{number + 1}.txt\n")
    with pytest.raises(ManifestError, match="included too deeply") as caught:
        read_requirements_txt(tmp_path / "r0.txt")
    assert caught.value.place is not None
    assert caught.value.place.line == 1


def test_a_file_that_includes_itself_by_another_path_is_known(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "r.txt").write_text("-r a/../r.txt\n")
    with pytest.raises(ManifestError, match="includes itself"):
        read_requirements_txt(tmp_path / "r.txt")


def test_requirements_follow_inclusions_and_warn_of_constraints(tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_text(
        "-r sub/b.txt\nrich>=13 # why\nx==1 \\\n  --hash=sha256:0\n-c c\n"
    )
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/b.txt").write_text("# nothing\nattrs\n")
    found = read_requirements_txt(tmp_path / "r.txt")
    assert [(r.name, r.spec.version) for r in found.pypi] == [
        ("attrs", "*"),
        ("rich", ">=13"),
        ("x", "==1"),
    ]
    assert len(found.warnings) == 1


@pytest.mark.parametrize("line", ["a b c", "x>>1", "not a requirement"])
def test_what_is_no_requirement_is_refused_with_its_place(tmp_path: Path, line: str) -> None:
    file = tmp_path / "r.txt"
    file.write_text(f"attrs\n{line}\n")
    with pytest.raises(ManifestError) as caught:
        read_requirements_txt(file)
    assert str(caught.value.place) == f"{file}:2:1"


@pytest.mark.parametrize("secret", [".netrc", "id_rsa", "settings.toml", "link.txt"])
def test_no_file_of_another_kind_is_included(tmp_path: Path, secret: str) -> None:
    """Its lines would be shown where they are wrong, and asked for at the index where not."""
    (tmp_path / ".netrc").write_text("s3cret\nmachine x login s3cret\n")
    if secret == "link.txt":
        (tmp_path / secret).symlink_to(tmp_path / ".netrc")
    file = tmp_path / "w" / "file"
    file.parent.mkdir()
    file.write_text(f"-r {tmp_path / secret}\n")
    with pytest.raises(ManifestError, match="not included") as caught:
        read_requirements_txt(file)
    assert "s3cret" not in str(caught.value)
    text = f"dependencies:\n- pip:\n  - --requirement=../{secret}\n"
    with pytest.raises(ManifestError, match="not included"):
        read_conda_environment(text, file)


#: How people call what they include, from `w/requirements/file`.
CALLED = ["base.pip", "dev", "sub/dev", "../reqs.lock", "../constraints.cfg", "requirements"]


@pytest.mark.parametrize("name", [*CALLED, "../requirements-dev", "../.github/r.txt", "../r.pip"])
def test_files_of_requirements_are_included_however_they_are_called(
    tmp_path: Path, name: str
) -> None:
    file = tmp_path / "w" / "requirements" / "file"
    (file.parent / name).parent.mkdir(parents=True, exist_ok=True)
    file.parent.mkdir(exist_ok=True)
    (file.parent / name).write_text("attrs>=1 # why\n--pre\n-e .\ngit+https://x.org/r\n")
    file.write_text(f"-r {name}\nrich\n")
    found = read_requirements_txt(file)
    assert [one.name for one in found.pypi] == ["attrs", "rich"]
    assert len(found.warnings) == 3
    text = f"dependencies:\n- pip:\n  - -r {name}\n"
    assert read_conda_environment(text, file).pypi[0].name == "attrs"


#: What a file may hold that is not called as one of requirements.
SECRETS = [
    "token: s3cret",
    "s3cret = 1",
    "attrs\ns3cret word",
    "-----BEGIN KEY-----\ns3cret\n",
    "b3B/s3cret==",
    "attrs\n-r none.txt\ns3cret",
    "s3cret\n-r other",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_no_line_is_shown_of_a_file_that_says_nothing_of_its_kind(
    tmp_path: Path, secret: str
) -> None:
    (tmp_path / "id").write_text(secret)
    (tmp_path / "other").write_text("s3cret of another")
    file = tmp_path / "file"
    file.write_text("-r id\n")
    with pytest.raises(ManifestError, match="holds more than requirements") as caught:
        read_requirements_txt(file)
    assert str(caught.value.place) == f"{file}:1:1"
    assert "s3cret" not in f"{caught.value} {caught.value.hints} {caught.value.place!r}"


@pytest.mark.parametrize("secret", ["hunter2\n", "# mine\nhorse-staple\n", "ab12\ncd34\n\nef56"])
def test_words_alone_are_not_included_from_a_file_that_says_nothing_of_its_kind(
    tmp_path: Path, secret: str
) -> None:
    """They would be asked for at the index, as names of packages."""
    (tmp_path / "password").write_text(secret)
    file = tmp_path / "r.txt"
    file.write_text("attrs\n-r password\n")
    with pytest.raises(ManifestError, match="may as well be a secret") as caught:
        read_requirements_txt(file)
    assert str(caught.value.place) == f"{file}:2:1"
    (tmp_path / "password").rename(tmp_path / "password.txt")
    file.write_text("attrs\n-r password.txt\n")
    assert len(read_requirements_txt(file).pypi) == 1 + len(re.findall(r"(?m)^\w", secret))


@pytest.mark.parametrize("name", [".env", ".ssh/id", "link", "folder/id", "../id", "a/../../id"])
def test_nothing_hidden_or_outside_is_included(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "w"
    (folder / ".ssh").mkdir(parents=True)
    (folder / "a").mkdir()
    for one in (folder / ".env", folder / ".ssh" / "id", tmp_path / "id"):
        one.write_text("s3cret\n")
    (folder / "link").symlink_to(".env")
    (folder / "folder").symlink_to(".ssh")
    (folder / "file").write_text(f"-r {name}\n")
    with pytest.raises(ManifestError, match="hidden or lies in another folder"):
        read_requirements_txt(folder / "file")


def test_a_link_without_end_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    file = tmp_path / "r.txt"
    file.write_text("six\n-r loop.txt\n")
    with pytest.raises(ManifestError, match=r"loop\.txt") as caught:
        read_requirements_txt(file)
    assert str(caught.value.place) == f"{file}:2:1"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("numpy=1.2", "Did you mean 'numpy==1.2'?"),
        ("numpy =>1.2", "Did you mean 'numpy >=1.2'?"),
        ("numpy^1.2", "Did you mean 'numpy>=1.2,<2'?"),
        ("numpy>=1 <2", "Did you mean 'numpy>=1,<2'?"),
    ],
)
def test_a_mistyped_requirement_is_told_with_what_may_be_meant(
    tmp_path: Path, line: str, told: str
) -> None:
    (tmp_path / "r.txt").write_text(f"six\n{line}\n")
    with pytest.raises(ManifestError) as caught:
        read_requirements_txt(tmp_path / "r.txt")
    assert caught.value.hints == (told,)
    assert caught.value.place is not None
    assert caught.value.place.line == 2


@pytest.mark.parametrize("line", ["-e", "-r", "--constraint", "--editable  # nothing"])
def test_an_option_without_what_it_needs_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "r.txt").write_text(f"six\n{line}\n")
    with pytest.raises(ManifestError, match="has nothing behind it, expected") as caught:
        read_requirements_txt(tmp_path / "r.txt")
    assert caught.value.place is not None
    assert caught.value.place.line == 2


def test_an_included_link_to_itself_is_told_as_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "ring.txt").symlink_to(tmp_path / "ring.txt")
    (tmp_path / "r.txt").write_text("-r ring.txt\n")
    with pytest.raises(ManifestError, match=r"could not read .*ring\.txt"):
        read_requirements_txt(tmp_path / "r.txt")


@pytest.mark.parametrize("address", ["https://example.com/r.txt", "file:///etc/r.txt"])
def test_an_address_is_not_taken_for_a_file(tmp_path: Path, address: str) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text(f"rich\n-r {address}\n")
    with pytest.raises(ManifestError, match="only files of this machine are") as caught:
        read_requirements_txt(file)
    assert caught.value.place is not None
    assert (caught.value.place.file, caught.value.place.line) == (str(file), 2)
