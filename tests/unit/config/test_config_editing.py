from __future__ import annotations

from pathlib import Path

import pytest
import tomli

from wisp.api.configuring import ConfigScope, grow_config, list_config, set_config
from wisp.config.editing import changed, supported_keys, target_file
from wisp.config.places import Places
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
        ("detached-environments", "true", True),
        ("detached-environments", "relative", "relative"),
        ("cache.root", "~/x", "~/x"),
        ("mirrors", '{"https://a.org": ["https://b.org"]}', {"https://a.org/": ["https://b.org/"]}),
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
    inside = Places(Path("/s"), user, Path("/w"))
    outside = Places(Path("/s"), user)

    def none(path: Path) -> bool:
        return False

    assert target_file(inside, level=None, exists=none) == Path("/w")
    assert target_file(outside, level=None, exists=none) == Path("/u/b")
    assert target_file(inside, level="global", exists=lambda path: True) == Path("/u/a")
    assert target_file(inside, level="system", exists=none) == Path("/s")
    with pytest.raises(ConfigError, match="--local flag"):
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
    assert file.read_text() == list_config(scope).text
    set_config(scope, "default-channels", None)
    assert list_config(scope).text == ""


def test_only_two_lists_grow(scope: ConfigScope) -> None:
    with pytest.raises(ConfigError, match="Unknown key: mirrors"):
        grow_config(scope, "mirrors", "x", at_end=True)


def test_values_of_lower_levels_are_stored_too(scope: ConfigScope) -> None:
    everywhere = ConfigScope(environ=scope.environ, root=scope.root, level="global")
    set_config(everywhere, "offline", "true")
    file = set_config(scope, "shell.change-ps1", "false")
    assert tomli.loads(file.read_text()) == {"offline": True, "shell": {"change-ps1": False}}


def test_a_listing_can_be_narrowed_to_some_keys(scope: ConfigScope) -> None:
    set_config(scope, "offline", "true")
    assert list_config(scope, "mirrors").data == {}
    assert list_config(scope, "offline").data == {"offline": True}
    with pytest.raises(ConfigError, match="key must be one of"):
        list_config(scope, "cache")
