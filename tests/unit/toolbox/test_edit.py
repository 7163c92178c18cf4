"""Edits of `pixi-global.toml`, in the spelling that Pixi writes."""

from __future__ import annotations

from wisp.manifest.channel_entry import ChannelEntry
from wisp.manifest.edit.text import TomlText
from wisp.toolbox import edit
from wisp.toolbox.manifest import ToolEnvironment

CHANNELS = (ChannelEntry("conda-forge"), ChannelEntry("https://c.org/x", 2))
WRITTEN = """\
# mine
version = 1

[envs.a] # tools
channels = ["x"]
dependencies = { one = "1.*" } # why
exposed = { one = "one" }
"""


def test_the_first_environment_begins_the_manifest() -> None:
    toml = edit.put_environment(TomlText(""), ToolEnvironment(name="a", channels=CHANNELS))
    toml = edit.put_dependency(toml, "a", "git", "*")
    toml = edit.put_dependency(toml, "a", "vim", {"version": "9.*", "build": "py*"})
    toml = edit.put_exposed(toml, "a", "g", "git")
    toml = edit.put_shortcuts(toml, "a", ["vim"])
    assert (
        toml.text
        == """\
version = 1

[envs.a]
channels = ["conda-forge", { channel = "https://c.org/x", priority = 2 }]
dependencies = { git = "*", vim = { version = "9.*", build = "py*" } }
exposed = { g = "git" }
shortcuts = ["vim"]
"""
    )


def test_another_environment_follows_the_others() -> None:
    other = ToolEnvironment(name="b", channels=CHANNELS[:1], platform="osx-64")
    toml = edit.put_environment(TomlText(WRITTEN), other)
    added = '\n[envs.b]\nchannels = ["conda-forge"]\nplatform = "osx-64"\n'
    assert toml.text == WRITTEN + added
    assert edit.remove_environment(toml, "b").text == WRITTEN


def test_comments_stay_where_keys_come_and_go() -> None:
    toml = edit.put_dependency(TomlText(WRITTEN), "a", "two", "*")
    assert 'dependencies = { one = "1.*", two = "*" } # why\n' in toml.text
    toml = edit.remove_dependency(toml, "a", "two")
    assert 'dependencies = { one = "1.*"} # why\n' in toml.text
    toml = edit.put_dependency(toml, "a", "two", "*")
    assert toml.text == WRITTEN.replace('"1.*" }', '"1.*", two = "*" }')


def test_a_key_in_front_goes_without_a_trace() -> None:
    toml = edit.put_exposed(TomlText(WRITTEN), "a", "zwei", "two")
    assert 'exposed = { zwei = "two" }' in edit.remove_exposed(toml, "a", "one").text


def test_the_last_key_leaves_an_empty_table() -> None:
    assert "exposed = {}\n" in edit.remove_exposed(TomlText(WRITTEN), "a", "one").text


def test_a_value_that_is_there_is_replaced() -> None:
    toml = edit.put_dependency(TomlText(WRITTEN), "a", "one", ">=2")
    assert toml.text == WRITTEN.replace("1.*", ">=2")


def test_tables_with_a_header_grow_by_lines() -> None:
    text = '[envs.a]\nchannels = []\n\n[envs.a.exposed]\n# first\nx = "x"\n'
    toml = edit.put_exposed(TomlText(text), "a", "y", "z")
    assert toml.text == text + 'y = "z"\n'
    assert edit.remove_exposed(toml, "a", "y").text == text


def test_without_shortcuts_the_key_goes() -> None:
    toml = edit.put_shortcuts(TomlText(WRITTEN), "a", ["one"])
    assert edit.put_shortcuts(toml, "a", []).text == WRITTEN
    assert edit.put_shortcuts(TomlText(WRITTEN), "a", []).text == WRITTEN
