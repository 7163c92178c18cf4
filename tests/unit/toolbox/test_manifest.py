"""`pixi-global.toml` as values, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from wisp.errors import ManifestError
from wisp.toolbox.manifest import Toolbox, check_apart, read_toolbox
from wisp.toolbox.names import Mapping, executable_name, exposed_fault, read_mapping

PATH = Path("/home/me/.pixi/manifests/pixi-global.toml")


def read(text: str) -> Toolbox:
    return read_toolbox(text, PATH)


def test_an_empty_manifest_has_no_environments() -> None:
    assert read("").environments == {}


def test_all_that_an_environment_may_say() -> None:
    box = read("""\
version = 1
[envs.my-tools]
channels = ["one", { channel = "https://c.org/two", priority = 3 }]
platform = "osx-64"
dependencies = { Git = "*", vim = { version = ">=9", build = "py*" } }
exposed = { g = "git", vim = "vim" }
shortcuts = ["vim"]
""")
    one = box.environment("my-tools")
    assert [(entry.channel, entry.priority) for entry in one.channels] == [
        ("one", None),
        ("https://c.org/two", 3),
    ]
    assert one.platform == "osx-64"
    assert [(d.name, d.source_name, d.spec.version) for d in one.dependencies] == [
        ("git", "Git", "*"),
        ("vim", "vim", ">=9"),
    ]
    assert one.exposed == (Mapping("g", "git"), Mapping("vim", "vim"))
    assert one.shortcuts == ("vim",)


def test_tables_may_have_headers_of_their_own() -> None:
    text = '[envs.a]\nchannels = []\n[envs.a.dependencies]\nx = "1"\n[envs.a.exposed]\ny = "x"\n'
    one = read(text).environment("a")
    assert [d.name for d in one.dependencies] == ["x"]
    assert one.exposed == (Mapping("y", "x"),)


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("version = 2\n", "version 2", 1),
        ("colour = 1\n", "Unexpected keys", 1),
        ("[envs.a]\ncolour = 1\n", "Unexpected keys", 2),
        ("[envs.'A b']\n", "no name for an environment", 1),
        ('[envs.a]\nexposed = { pixi = "x" }\n', "'pixi' cannot be exposed", 2),
        ("[envs.a]\nexposed = { 'a/b' = \"x\" }\n", "no file name", 2),
        ('[envs.a]\nplatform = "amiga"\n', "Expected one of", 2),
        ('[envs.a]\ndependencies = { x = ">=x=" }\n', "version", 2),
        (
            '[envs.a]\nexposed = { x = "x" }\n[envs.b]\nexposed = { x = "y" }\n',
            "claimed by the environments 'a' and 'b'",
            4,
        ),
        (
            '[envs.a]\nshortcuts = ["x"]\n[envs.b]\nshortcuts = ["x"]\n',
            "the shortcut 'x' is claimed",
            4,
        ),
        ("[envs.a\n", "TOML syntax error", 1),
    ],
)
def test_faults_are_told_with_their_place(text: str, message: str, line: int) -> None:
    with pytest.raises(ManifestError, match=message) as caught:
        read(text)
    place = caught.value.place
    assert place is not None
    assert (place.file, place.line) == (str(PATH), line)


def test_an_unknown_environment_is_refused() -> None:
    with pytest.raises(ManifestError, match="Environment b doesn't exist") as caught:
        read("[envs.a]\n").environment("b")
    assert caught.value.hints == ("there are: a",)


def test_words_become_mappings() -> None:
    assert read_mapping("x") == Mapping("x", "x")
    assert read_mapping("x=y-1.2") == Mapping("x", "y-1.2")
    assert [str(read_mapping(word)) for word in ("x=x", "x=y")] == ["x", "x -> y"]


@pytest.mark.parametrize(
    "word", ["", "=x", "x=", "a/b=x", "..=x", "pixi=x", "-rf=x", "a\u202eb=x", "\x9b"]
)
def test_other_words_are_refused(word: str) -> None:
    with pytest.raises(ManifestError):
        read_mapping(word)


def test_executables_lose_their_ending_on_windows_only() -> None:
    assert executable_name("Library/bin/x.EXE", windows=True) == "x"
    assert executable_name("bin/python3.12", windows=True) == "python3.12"
    assert executable_name("bin/x.exe", windows=False) == "x.exe"
    assert exposed_fault("python3.12") is None
    assert exposed_fault("trampoline_configuration") is not None  # the folder there


def test_packages_of_pypi_stand_in_the_other_manifest_only() -> None:
    text = '[envs.e]\nchannels = ["c"]\npypi-dependencies = { Tell = ">=1" }\n'
    box = read_toolbox(text, PATH, pypi=True)
    assert box.environment("e").direct == ("tell",)
    with pytest.raises(ManifestError, match="Unexpected keys"):
        read(text)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('[envs.e]\nchannels = ["c"]\n', "environment e in 'pixi-global.toml' already"),
        ('[envs.f]\nchannels = ["c"]\nexposed = { x = "y" }\n', "'x' is claimed"),
    ],
)
def test_what_one_toolbox_has_the_other_may_not(text: str, wrong: str) -> None:
    first = read('[envs.e]\nchannels = ["c"]\nexposed = { x = "x" }\n')
    with pytest.raises(ManifestError, match=wrong):
        check_apart(read_toolbox(text, PATH.with_name("other.toml"), pypi=True), first)
    check_apart(read_toolbox("", PATH.with_name("other.toml"), pypi=True), first)
