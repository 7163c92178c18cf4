from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from wisp.config import Config, ConfigRequest, config_files, read_config
from wisp.errors import ConfigError, UsageError

CPUS = 4
#: A release to which a broken file is none.
LENIENT = {"WISP_PIXI_COMPAT": "0.77"}


class Levels:
    """A home and a workspace whose configuration files tests write."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.root = folder / "work"
        self.environ = {"HOME": str(self.home)}

    def write(self, level: str, text: str) -> Path:
        file = {
            "user": self.home / ".config" / "pixi" / "config.toml",
            "home": self.home / ".pixi" / "config.toml",
            "workspace": self.root / ".pixi" / "config.toml",
        }[level]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def read(self, **more: Any) -> Config:
        wanted: dict[str, Any] = {"environ": self.environ, "workspace": self.root, "cpus": CPUS}
        return read_config(ConfigRequest(**wanted | more))


@pytest.fixture
def levels(tmp_path: Path) -> Levels:
    return Levels(tmp_path)


def test_without_files_everything_has_its_default(levels: Levels) -> None:
    config = levels.read()
    assert config.default_channels == ("conda-forge",)
    assert config.files == ()
    assert not config.offline
    assert config.change_prompt
    assert config.pinning_strategy is None


def test_higher_levels_win_and_the_origin_is_known(levels: Levels) -> None:
    levels.write("user", "tls-no-verify = true\npinning-strategy = 'minor'\n")
    home = levels.write("home", "pinning-strategy = 'major'\n")
    workspace = levels.write("workspace", "[shell]\nchange-ps1 = false\n")
    config = levels.read()
    assert config.pinning_strategy == "major"
    assert config.origin("pinning-strategy") == home
    assert config.origin("shell.change-ps1") == workspace
    assert config.get("tls-no-verify") is True
    assert config.files[:2] == (workspace, home)


def test_lists_of_channels_are_replaced_unless_empty(levels: Levels) -> None:
    levels.write("home", "default-channels = ['a', 'b']\n")
    levels.write("workspace", "default-channels = []\n")
    assert levels.read().default_channels == ("a", "b")
    levels.write("workspace", "default-channels = ['c']\n")
    assert levels.read().default_channels == ("c",)


def test_tables_of_urls_merge_by_normal_spelling(levels: Levels) -> None:
    levels.write(
        "home", "[mirrors]\n'https://A.org' = ['https://one.org']\n'https://b.org/' = []\n"
    )
    levels.write("workspace", "[mirrors]\n'https://a.org/' = ['https://two.org/x']\n")
    config = levels.read(overrides={"trust.workspace": True})
    network = config.engine_settings(is_remote=lambda path: False).network
    assert network.mirrors == {"https://a.org/": ("https://two.org/x",), "https://b.org/": ()}


def test_extra_indexes_grow_from_low_to_high(levels: Levels) -> None:
    levels.write("home", "pypi-config.extra-index-urls = ['https://low.org']\n")
    levels.write("workspace", "pypi-config.extra-index-urls = ['https://high.org']\n")
    config = levels.read()
    assert config.get("pypi-config.extra-index-urls") == ["https://low.org/", "https://high.org/"]


def test_the_lower_file_wins_for_the_tool_platform(levels: Levels) -> None:
    levels.write("home", "tool-platform = 'linux-64'\n")
    levels.write("workspace", "tool-platform = 'osx-arm64'\n")
    assert levels.read().get("tool-platform") == "linux-64"


def test_a_count_equal_to_its_default_says_nothing(levels: Levels) -> None:
    levels.write("home", "[concurrency]\nsolves = 1\ndownloads = 7\n")
    levels.write("workspace", f"[concurrency]\nsolves = {CPUS}\ndownloads = 50\n")
    network = levels.read().engine_settings(is_remote=lambda path: False).network
    assert (network.concurrent_solves, network.concurrent_downloads) == (1, 7)


def test_counts_are_brought_to_what_engines_can_do_at_once(levels: Levels) -> None:
    levels.write("home", f"[concurrency]\nsolves = 0\ndownloads = {1 << 62}\n")
    network = levels.read().engine_settings(is_remote=lambda path: False).network
    assert (network.concurrent_solves, network.concurrent_downloads) == (1, 1 << 16)


def test_command_line_beats_variables_beat_files(levels: Levels) -> None:
    levels.write("workspace", "offline = false\nallow-hard-links = true\n")
    levels.environ |= {"PIXI_OFFLINE": "true", "PIXI_NO_HARD_LINKS": "1"}
    config = levels.read()
    assert config.offline
    assert config.get("allow-hard-links") is False
    assert not levels.read(overrides={"offline": False}).offline


def test_unknown_keys_are_told_once_per_file_and_the_rest_is_used(levels: Levels) -> None:
    file = levels.write("home", "nope = 1\noffline = true\n[shell]\nwhat = 2\n")
    config = levels.read()
    assert config.warnings == (f"Ignoring 'nope, shell.what' in {file}",)
    assert config.offline


def test_old_spellings_are_understood(levels: Levels) -> None:
    levels.write("home", "default_channels = ['x']\ntls_no_verify = true\nchange-ps1 = false\n")
    config = levels.read()
    assert config.default_channels == ("x",)
    assert config.get("tls-no-verify") is True
    assert not config.change_prompt
    assert len(config.warnings) == 1
    assert "deprecated" in config.warnings[0]


@pytest.mark.parametrize("text", ["not toml", "offline = 'yes'", "mirrors = 3"])
def test_a_broken_file_of_the_user_is_an_error_once_it_was_told_and_skipped(
    levels: Levels, text: str
) -> None:
    file = levels.write("user", text)
    levels.write("home", "pinning-strategy = 'minor'\n")
    with pytest.raises(ConfigError, match=str(file)):
        levels.read()
    config = levels.read(environ=levels.environ | LENIENT)
    assert config.pinning_strategy == "minor"
    assert len(config.warnings) == 1
    assert str(file) in config.warnings[0]


def test_a_wrong_value_is_told_wherever_it_stands_and_voids_nothing_else(levels: Levels) -> None:
    levels.write(
        "workspace", "offline = 'yes'\ndefault-channels = ['a']\n[shell]\nchange-ps1 = 1\n"
    )
    config = levels.read(environ=levels.environ | LENIENT)
    first, second = config.warnings
    assert "`offline` in" in first
    assert "`shell.change-ps1` in" in second
    assert (config.default_channels, config.offline) == (("a",), False)


def test_a_file_that_is_no_toml_is_told_with_its_place(levels: Levels) -> None:
    levels.write("workspace", "offline = true\nmirrors = {\n[")
    with pytest.raises(ConfigError, match="failed to parse"):
        levels.read()
    config = levels.read(environ=levels.environ | LENIENT)
    assert config.warnings[0].endswith("config.toml:3:1); the file is ignored")
    assert not config.offline


def test_no_config_drops_all_but_the_workspace(levels: Levels) -> None:
    levels.write("home", "offline = true\n")
    workspace = levels.write("workspace", "tls-no-verify = true\n")
    for more in ({"no_config": True}, {"environ": levels.environ | {"PIXI_NO_CONFIG": "1"}}):
        config = levels.read(**more)
        assert not config.offline
        assert config.files == (workspace,)


def test_a_named_file_stands_in_for_the_others(levels: Levels, tmp_path: Path) -> None:
    levels.write("home", "offline = true\n")
    only = tmp_path / "only.toml"
    only.write_text("pinning-strategy = 'no-pin'\n")
    config = levels.read(config_file=only)
    assert not config.offline
    assert config.pinning_strategy == "no-pin"


def test_a_named_file_has_to_exist_and_to_be_sound(levels: Levels, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="failed to read"):
        levels.read(config_file=tmp_path / "missing.toml")
    broken = tmp_path / "broken.toml"
    broken.write_text("a = \n")
    with pytest.raises(ConfigError, match="failed to parse") as caught:
        levels.read(config_file=broken)
    assert caught.value.place is not None
    assert caught.value.place.line == 1


def test_both_ways_of_replacing_files_exclude_each_other(levels: Levels, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be used with"):
        levels.read(no_config=True, config_file=tmp_path / "x")


def test_an_unknown_override_is_a_usage_error(levels: Levels) -> None:
    with pytest.raises(UsageError):
        levels.read(overrides={"nope": 1})


def test_repodata_settings_of_a_url_stand_apart(levels: Levels) -> None:
    levels.write(
        "home",
        "[repodata-config]\ndisable-zstd = true\n"
        "[repodata-config.'https://x.org']\ndisable-sharded = true\n",
    )
    network = levels.read().engine_settings(is_remote=lambda path: False).network
    assert not network.repodata.zstd
    assert network.repodata.sharded
    assert not network.repodata_by_prefix["https://x.org"].sharded


def test_buckets_have_endpoint_and_region(levels: Levels) -> None:
    levels.write("home", "[s3-options.b]\nendpoint-url = 'https://s3.org'\nregion = 'r'\n")
    network = levels.read().engine_settings(is_remote=lambda path: False).network
    assert network.s3["b"].endpoint_url == "https://s3.org/"
    assert network.s3["b"].addressing == "virtual-host"


@pytest.mark.parametrize(
    ("keys", "style"),
    [
        ("force-path-style = true", "path"),
        ("addressing-style = 'path'", "path"),
        ("addressing-style = 'virtual-host'\nforce-path-style = true", "virtual-host"),
    ],
)
def test_buckets_are_part_of_the_host_or_of_the_path(levels: Levels, keys: str, style: str) -> None:
    levels.write("home", f"[s3-options.b]\nendpoint-url = 'https://s3.org'\nregion = 'r'\n{keys}")
    network = levels.read().engine_settings(is_remote=lambda path: False).network
    assert network.s3["b"].addressing == style


@pytest.mark.parametrize(
    ("below", "above", "style"),
    [
        ("addressing-style = 'path'", "force-path-style = false", "virtual-host"),
        ("addressing-style = 'virtual-host'", "force-path-style = true", "path"),
        ("force-path-style = true", "addressing-style = 'virtual-host'", "virtual-host"),
        ("addressing-style = 'path'", "region = 'other'", "path"),
    ],
)
def test_the_higher_level_says_where_a_bucket_is(
    levels: Levels, below: str, above: str, style: str
) -> None:
    place = "endpoint-url = 'https://s3.org'\nregion = 'r'\n"
    levels.write("user", f"[s3-options.b]\n{place}{below}")
    levels.write("home", f"[s3-options.b]\n{above}")
    network = levels.read().engine_settings(is_remote=lambda path: False).network
    assert network.s3["b"].addressing == style


def test_detached_environments_know_switch_and_folder(levels: Levels) -> None:
    def detached() -> Path | None:
        return levels.read().detached_folder(is_remote=lambda path: False)

    assert detached() is None
    levels.write("home", "detached-environments = true\n")
    assert detached() == levels.home / ".cache" / "rattler" / "cache" / "envs"
    levels.write("home", "detached-environments = '~/envs'\n")
    assert detached() == levels.home / "envs"


def test_configuration_files_follow_the_system() -> None:
    environ = {"HOME": "/h", "XDG_CONFIG_HOME": "/x", "PIXI_HOME": "/p"}
    linux = config_files(environ, Path("/w"), platform="linux")
    assert linux.user == (Path("/x/pixi/config.toml"), Path("/p/config.toml"))
    assert linux.workspace == Path("/w/.pixi/config.toml")
    mac = config_files({"HOME": "/h"}, platform="darwin")
    assert mac.user[0] == Path("/h/Library/Application Support/pixi/config.toml")
    assert mac.workspace is None


def test_files_of_all_tools_lie_below_those_of_pixi() -> None:
    environ = {"HOME": "/h", "RATTLER_HOME": "/r", "PIXI_HOME": "/p"}
    found = config_files(environ, platform="linux").everywhere(shared=True, system_only=False)
    assert [str(file).removesuffix("/config.toml") for file in found] == [
        "/etc/rattler",
        "/etc/pixi",
        "/h/.config/rattler",
        "/r",
        "/h/.config/pixi",
        "/p",
    ]
    system = config_files(environ, platform="linux").everywhere(shared=True, system_only=True)
    assert system == found[:2]
    assert config_files(environ).everywhere(shared=False, system_only=True) == found[1:2]


def test_a_file_of_pixi_that_all_tools_read_is_pixis() -> None:
    both = {"HOME": "/h", "RATTLER_HOME": "/p", "PIXI_HOME": "/p"}
    where = config_files(both, platform="linux")
    assert Path("/p/config.toml") not in where.shared


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("concurrency = 3\n", 1),
        ('# top\n[concurrency]\n\n  solves = "x"  # why\n', 4),
        ('default-channels = [\n  "a",\n  3,\n]\noffline = true\n', 1),
        ('default-channels = ["http://[x"]\n', 1),
        ('offline = true\ndefault-channels = ["a", " "]\n', 2),
        ('[proxy-config]\nhttps = "http://a:1"\nhttp = "no url"\n', 3),
        ('offline = true\n[mirrors]\n"https://a" = "x"\n', 2),
        ("\ufeffoffline = true\nshell.change-ps1 = 1\n", 2),
        ('[s3-options.b]\r\nregion = "eu"\r\nendpoint-url = "x"\r\n', 3),
    ],
)
def test_a_wrong_value_is_shown_in_its_line(levels: Levels, text: str, line: int) -> None:
    file = levels.write("workspace", text)
    with pytest.raises(ConfigError) as caught:
        levels.read()
    place = caught.value.place
    assert place is not None
    assert (place.file, place.line) == (str(file), line)
    levels.environ |= LENIENT
    assert f"(line {line})" in " ".join(levels.read().warnings)


def test_many_wrong_values_are_found_in_time(levels: Levels) -> None:
    """A stranger's file may have nothing else; to read it anew for each takes minutes."""
    tables = (f"[s3-options.b{n}]\nregion = 1\nendpoint-url = 2\n" for n in range(250))
    levels.write("workspace", "".join(tables))
    levels.environ |= LENIENT
    before = time.process_time()
    warnings = " ".join(levels.read().warnings)
    assert time.process_time() - before < 20
    assert "(line 749)" in warnings


@pytest.mark.parametrize("name", ["WISP_TRUST_WORKSPACE", "PIXI_OFFLINE", "PIXI_NO_HARD_LINKS"])
def test_a_switch_that_says_neither_yes_nor_no_is_told(levels: Levels, name: str) -> None:
    def warnings(text: str) -> tuple[str, ...]:
        return levels.read(environ=levels.environ | {name: text}).warnings

    (told,) = warnings("maybe")
    assert f"`{name}=maybe` is ignored" in told
    assert "`true`" in told
    assert "`0`" in told
    assert [warnings(text) for text in ("", "On", "0", "false")] == [()] * 4


def test_keys_that_do_not_count_are_told_with_their_lines(levels: Levels) -> None:
    levels.write("workspace", "offline = false\n\ntls-no-verify = true\n[trust]\ncaches = true\n")
    waiting, never = levels.read().warnings
    assert "`tls-no-verify` (line 3) in " in waiting
    assert "`trust.caches` (line 5) in " in never
