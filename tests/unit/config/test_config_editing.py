from __future__ import annotations

from pathlib import Path

import pytest
import tomli

from wisp.api.configuring import ConfigScope, grow_config, list_config, set_config
from wisp.config.editing import changed, supported_keys, target_file
from wisp.config.files import ConfigFiles
from wisp.config.toml import dump, nested
from wisp.errors import ConfigError


@pytest.fixture
def scope(tmp_path: Path) -> ConfigScope:
    return ConfigScope(environ={"HOME": str(tmp_path / "home")}, root=tmp_path / "work")


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("offline", "true", True),
        ("default-channels", '["a", "b"]', ["a", "b"]),
        ("shell.change-ps1", "false", False),
        ("concurrency.solves", "0", 0),
        ("concurrency.downloads", "4611686018427387904", 1 << 62),
        ("detached-environments", "true", True),
        ("detached-environments", "/srv/envs", "/srv/envs"),
        ("cache.root", "~/x", "~/x"),
        ("mirrors", '{"https://a.org": ["https://b.org"]}', {"https://a.org/": ["https://b.org/"]}),
        (
            "mirrors",
            '{"https://A.org": ["https://Me:SeCret@B.org"]}',
            {"https://a.org/": ["https://Me:SeCret@b.org/"]},
        ),
        ("s3-options.bucket.region", "eu", "eu"),
        ("tls-root-certs", "native", "system"),
    ],
)
def test_a_text_becomes_the_value_of_its_key(key: str, text: str, value: object) -> None:
    assert changed({}, key, text) == {tuple(key.split(".")): value}


@pytest.mark.parametrize(
    ("key", "text", "message"),
    [
        ("nope", "1", "Unknown key: nope"),
        ("shell.nope", "1", "Unknown key: shell.nope"),
        ("offline", "yes", "not `true` or `false`"),
        ("cache.root", "relative", "not an absolute path"),
        ("detached-environments", "relative/path", "not an absolute path"),
        ("default-channels", "conda-forge", "not valid JSON"),
        ("pinning-strategy", "loose", "expected one of"),
        ("concurrency.solves", "many", "not a number"),
        ("shell", '{"nope": true}', "Unknown key: shell.nope"),
    ],
)
def test_a_wrong_key_or_text_is_refused(key: str, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        changed({}, key, text)


def test_a_table_is_set_and_taken_away_as_a_whole() -> None:
    values = changed({("offline",): True}, "shell", '{"change-ps1": false}')
    assert values == {("offline",): True, ("shell", "change-ps1"): False}
    assert changed(values, "shell", None) == {("offline",): True}


def test_unsetting_what_is_not_set_changes_nothing() -> None:
    assert changed({("offline",): True}, "mirrors", None) == {("offline",): True}


def test_all_supported_keys_can_be_unset() -> None:
    for key in supported_keys():
        assert changed({}, key.replace("<bucket>", "b"), None) == {}


def test_the_file_is_chosen_by_level_and_existence() -> None:
    user = (Path("/u/a"), Path("/u/b"))
    inside = ConfigFiles(Path("/s"), user, Path("/w"))
    outside = ConfigFiles(Path("/s"), user)

    def none(path: Path) -> bool:
        return False

    assert target_file(inside, level=None, exists=none) == Path("/w")
    assert target_file(outside, level=None, exists=none) == Path("/u/b")
    assert target_file(inside, level="global", exists=lambda path: True) == Path("/u/a")
    assert target_file(inside, level="system", exists=none) == Path("/s")
    with pytest.raises(ConfigError, match="`--local` is about"):
        target_file(outside, level="local", exists=none)


def test_what_is_written_is_what_is_meant() -> None:
    values = {
        ("mirrors",): {"https://a.org/": ["x"]},
        ("s3-options", "my.bucket", "region"): "eu",
        ("default-channels",): ["one", 'with "quotes"'],
        ("offline",): True,
        ("concurrency", "solves"): 3,
    }
    text = dump(values)
    assert tomli.loads(text) == nested(values)
    assert text.index("offline") < text.index("[mirrors]")


def test_setting_growing_and_listing_go_through_the_file(scope: ConfigScope) -> None:
    file = set_config(scope, "default-channels", '["b"]')
    assert scope.root is not None
    assert file == scope.root / ".pixi" / "config.toml"
    grow_config(scope, "default-channels", "c", at_end=True)
    grow_config(scope, "default-channels", "a", at_end=False)
    assert list_config(scope).data == {"default-channels": ["a", "b", "c"]}
    assert file.read_text() == 'default-channels = ["a", "b", "c"]\n'
    set_config(scope, "default-channels", None)
    assert list_config(scope).text == ""


def test_only_two_lists_grow(scope: ConfigScope) -> None:
    with pytest.raises(ConfigError, match="append is only supported for list keys: default-"):
        grow_config(scope, "mirrors", "x", at_end=True)


def test_only_what_is_set_goes_into_the_file(scope: ConfigScope) -> None:
    everywhere = ConfigScope(environ=scope.environ, root=scope.root, level="global")
    set_config(everywhere, "offline", "true")
    file = set_config(scope, "shell.change-ps1", "false")
    assert file.read_text() == "[shell]\nchange-ps1 = false\n"


def test_a_list_that_grows_begins_as_what_is_in_force(scope: ConfigScope) -> None:
    everywhere = ConfigScope(environ=scope.environ, root=scope.root, level="global")
    set_config(everywhere, "default-channels", '["a"]')
    file = grow_config(scope, "default-channels", "b", at_end=True)
    assert file.read_text() == 'default-channels = ["a", "b"]\n'


#: A file with all that a rewriting of known values would lose.
LIVED_IN = """\
# ours
pinning-strategy = "semverr" # a slip
change-ps1 = false           # the old name
future-key = [1, 2]

[mirrors] # behind the wall
"https://a.org" = ["https://b.org"] # b

[repodata-config]
disable-jlap = true
disable-zstd = true # slow here
"""


@pytest.mark.parametrize(
    ("key", "value", "before", "after"),
    [
        ("offline", "true", "\n[mirrors]", "offline = true\n\n[mirrors]"),
        ("shell.change-ps1", "true", "= false           #", "= true           #"),
        ("pinning-strategy", "minor", '"semverr" #', '"minor" #'),
        ("repodata-config.disable-zstd", "false", "true # slow", "false # slow"),
        ("repodata-config.disable-zstd", None, "disable-zstd = true # slow here\n", ""),
        ("repodata-config.disable-jlap", None, "disable-jlap = true\n", ""),
        ("future-key", None, "future-key = [1, 2]\n", ""),
        ("pinning-strategy", None, 'pinning-strategy = "semverr" # a slip\n', ""),
        (
            "mirrors",
            '{"https://a.org/": ["https://c.org"]}',
            '["https://b.org"]',
            '["https://c.org/"]',
        ),
        (
            "mirrors",
            '{"https://a.org": ["https://b.org"], "https://x.y": ["https://z.y"]}',
            "# b\n",
            '# b\n"https://x.y/" = ["https://z.y/"]\n',
        ),
        ("shell.change-ps1", None, "change-ps1 = false           # the old name\n", ""),
        ("concurrency.solves", "3", "slow here\n", "slow here\n\n[concurrency]\nsolves = 3\n"),
    ],
)
def test_a_change_touches_nothing_but_its_key(
    scope: ConfigScope, key: str, value: str | None, before: str, after: str
) -> None:
    file = scope.file()
    file.parent.mkdir(parents=True)
    file.write_text(LIVED_IN)
    set_config(scope, key, value)
    expected = LIVED_IN.replace(before, after, 1)
    if before.startswith("pinning"):
        expected = expected.removeprefix("# ours\n")  # a comment goes with the key below it
    assert file.read_text() == expected


@pytest.mark.parametrize(
    "text", ["offline = yes\n", "[shell\n", "a = 1\na = 2\n", 'x = "\\q"\n', "<<<<<<< HEAD\n"]
)
def test_what_cannot_be_read_is_not_written_over(scope: ConfigScope, text: str) -> None:
    file = scope.file()
    file.parent.mkdir(parents=True)
    file.write_text(text)
    with pytest.raises(ConfigError, match="failed to parse"):
        set_config(scope, "offline", "true")
    with pytest.raises(ConfigError, match="failed to parse"):
        set_config(scope, "offline", None)
    with pytest.raises(ConfigError, match="failed to parse"):
        grow_config(scope, "default-channels", "a", at_end=True)
    assert file.read_text() == text


def test_bytes_that_are_no_text_are_not_written_over(scope: ConfigScope) -> None:
    file = scope.file()
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\xff\xfeo")
    with pytest.raises(ConfigError, match="so it is not changed"):
        set_config(scope, "offline", "true")
    assert file.read_bytes() == b"\xff\xfeo"


def test_line_breaks_and_mark_of_a_file_stay(scope: ConfigScope) -> None:
    file = scope.file()
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\xef\xbb\xbf# x\r\noffline = true\r\n")
    set_config(scope, "offline", "false")
    assert file.read_bytes() == b"\xef\xbb\xbf# x\r\noffline = false\r\n"


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("default-chanels", "`default-channels`"),
        ("concurency.solves", "`concurrency.solves`"),
        ("mirror", "`mirrors`"),
        ("conda-enviroments-txt", "`conda-environments-txt`"),
        ("repodata-config.disable-ztsd", "`repodata-config.disable-zstd`"),
    ],
)
def test_a_misspelled_key_is_answered_with_the_near_ones(
    scope: ConfigScope, key: str, near: str
) -> None:
    for ask in (lambda: set_config(scope, key, "1"), lambda: list_config(scope, key)):
        with pytest.raises(ConfigError, match=f"Unknown key: {key}$") as caught:
            ask()
        assert near in caught.value.hints[0]


@pytest.mark.parametrize(
    ("key", "data"),
    [
        ("mirrors", {}),
        ("offline", {"offline": True}),
        ("cache", {"cache": {"root": "/c"}}),
        ("shell.change-ps1", {"shell": {"change-ps1": False}}),
        ("s3-options", {}),
    ],
)
def test_a_listing_can_be_narrowed_to_any_key(
    scope: ConfigScope, key: str, data: dict[str, object]
) -> None:
    set_config(scope, "offline", "true")
    set_config(scope, "cache.root", "/c")
    set_config(scope, "shell.change-ps1", "false")
    assert list_config(scope, key).data == data
