"""Packages that are not where they were looked for: near names, the other index, who asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from tools.forge.archive import Package
from tools.forge.build import Forge
from tools.forge.serve import Server

pytestmark = pytest.mark.forked


def manifest(folder: Path, channel: str, rest: str, more: str = "") -> Path:
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{channel}"]\nplatforms = ["linux-64"]\n{more}{rest}'
    )
    return folder


def test_a_misspelt_name_gets_the_near_ones_of_the_channels(
    tmp_path: Path, wisp: CommandLine
) -> None:
    source = channel(tmp_path / "chan", [tiny("greeter"), tiny("other")])
    result = wisp(
        "lock", "--offline", cwd=manifest(tmp_path, str(source), '[dependencies]\ngreter = "*"\n')
    )
    assert result.code == 1
    assert "did you mean 'greeter'?" in result.stderr
    assert "PyPI" not in result.stderr


def test_a_version_that_is_not_there_is_no_misspelling(tmp_path: Path, wisp: CommandLine) -> None:
    source = channel(tmp_path / "chan", [tiny("greeter"), tiny("greeters")])
    folder = manifest(tmp_path, str(source), '[dependencies]\ngreeter = "9.*"\n')
    assert "did you mean" not in wisp("lock", "--offline", cwd=folder).stderr


def test_what_this_machine_alone_has_is_asked_for_there(tmp_path: Path, wisp: CommandLine) -> None:
    quick = Package(name="quick", version="1.0", subdir="linux-64")
    source = channel(tmp_path / "chan", [tiny("other"), quick])
    linux = {"PIXI_OVERRIDE_PLATFORM": "linux-64"}
    manifest(tmp_path, source.as_uri(), '[dependencies]\nquick = "*"\n')
    file = tmp_path / "pixi.toml"
    file.write_text(file.read_text().replace('"linux-64"]', '"linux-64", "win-64"]'))
    told = wisp("lock", cwd=tmp_path, env=linux).stderr
    assert "the channels have 'quick' for linux-64: ask for it there alone, by " in told
    assert "`wisp remove quick` and `wisp add --platform linux-64 quick`" in told
    wisp("remove", "quick", cwd=tmp_path, env=linux).success()
    wisp("add", "--platform", "linux-64", "quick", cwd=tmp_path, env=linux).success()


def test_what_only_pypi_has_is_found_there(
    tmp_path: Path, wisp: CommandLine, forge: Forge, forge_server: Server
) -> None:
    options = f'[pypi-options]\nindex-url = "{forge_server.url}/simple"\n'
    folder = manifest(tmp_path, forge.url, '[dependencies]\nforge-extras = "*"\n', options)
    assert (
        "PyPI has 'forge-extras': `wisp add --pypi forge-extras`" in wisp("lock", cwd=folder).stderr
    )


def test_what_only_the_channels_have_is_found_there(
    tmp_path: Path, wisp: CommandLine, forge: Forge, forge_server: Server
) -> None:
    folder = manifest(
        tmp_path,
        forge.url,
        f'[dependencies]\npython = "{forge.minor}.*"\n[pypi-dependencies]\ngreeter = "*"\n',
        f'[pypi-options]\nindex-url = "{forge_server.url}/simple"\n',
    )
    assert "the channels have 'greeter': `wisp add greeter`" in wisp("lock", cwd=folder).stderr


def test_a_misspelt_name_of_pypi_gets_those_that_it_has(
    tmp_path: Path, wisp: CommandLine, forge: Forge, forge_server: Server
) -> None:
    options = f'[pypi-options]\nindex-url = "{forge_server.url}/simple"\n'
    folder = manifest(tmp_path, forge.url, f'[dependencies]\npython = "{forge.minor}.*"\n', options)
    assert "did you mean 'requests'?" in wisp("add", "--pypi", "requets", cwd=folder).stderr
    # The channels have a `greeter`, but PyPI does not.
    assert "did you mean" not in wisp("add", "--pypi", "greter", cwd=folder).stderr


@pytest.mark.parametrize("listed", [True, False])
def test_the_feature_that_brought_a_platform_is_named(
    tmp_path: Path, wisp: CommandLine, listed: bool
) -> None:
    source = channel(tmp_path / "chan", [tiny("base")])
    folder = manifest(
        tmp_path,
        str(source),
        '[feature.wide]\nplatforms = ["linux-64", "osx-arm64"]\n'
        '[feature.ide.dependencies]\nnosuch = "*"\n[environments]\nide = ["ide"]\nw = ["wide"]\n',
    )
    file = folder / "pixi.toml"
    text = file.read_text().replace("[feature.ide.", "[feature.ide]\n[feature.ide.")
    if listed:
        text = text.replace('["linux-64"]', '["linux-64", "osx-arm64"]', 1)
    else:
        text = text.replace("[feature.ide]", '[feature.ide]\nplatforms = ["osx-arm64"]')
    file.write_text(text)
    result = wisp("lock", "--offline", cwd=folder)
    assert result.code == 1
    named = "since the feature 'wide' and 'ide' lists it" in result.stderr
    assert named is not listed


@pytest.mark.parametrize(
    ("word", "told"), [("gretter", "did you mean 'greeter'?"), ("zzz", "Try glob patterns")]
)
def test_a_search_offers_near_names(
    tmp_path: Path, wisp: CommandLine, word: str, told: str
) -> None:
    source = channel(tmp_path / "chan", [tiny("greeter"), tiny("other")])
    found = wisp("search", word, cwd=manifest(tmp_path, str(source), ""))
    assert found.code == 1
    assert told in found.stderr
    assert ("did you mean" in found.stderr) == ("did you mean" in told)


def test_a_locked_file_that_is_gone_is_told_with_the_way_out(
    tmp_path: Path, cold_wisp: CommandLine
) -> None:
    source = channel(tmp_path / "chan", [tiny("greeter")])
    with Server(source) as server:
        folder = manifest(tmp_path, server.url, '[dependencies]\ngreeter = "*"\n')
        cold_wisp("lock", cwd=folder).success()
        server.troubles["noarch/greeter-1.0-0.conda"] = 404
        failed = cold_wisp("install", cwd=folder)
    assert failed.code == 1
    assert "`wisp update` locks what there is now" in failed.stderr


@pytest.mark.parametrize("look", ["list", "tree"])
def test_a_look_at_what_is_not_locked_offers_near_names(
    tmp_path: Path, wisp: CommandLine, look: str
) -> None:
    source = channel(tmp_path / "chan", [tiny("greeter")])
    folder = manifest(tmp_path, str(source), '[dependencies]\ngreeter = "*"\n')
    wisp("lock", "--offline", cwd=folder).success()
    assert "did you mean `greeter`?" in wisp(look, "gretter", cwd=folder).stderr
    assert f"`wisp list` {'lists' if look == 'list' else 'shows'}" in (
        wisp(look, "zzz", cwd=folder).stderr
    )


@pytest.mark.parametrize(
    ("dependencies", "options"), [('greeter = "*"\n', ("--platform", "osx-64")), ("", ())]
)
def test_a_list_of_nothing_claims_no_more_than_it_knows(
    tmp_path: Path, wisp: CommandLine, dependencies: str, options: tuple[str, ...]
) -> None:
    source = channel(tmp_path / "chan", [tiny("greeter")])
    folder = manifest(tmp_path, str(source), f"[dependencies]\n{dependencies}")
    wisp("lock", "--offline", cwd=folder).success()
    found = wisp("list", *options, cwd=folder)
    assert found.code == 1
    assert "asks for no package there, or does not support the platform" in found.stderr


@pytest.mark.parametrize(("name", "is_offered"), [("1", False), ("3.11", False), ("7zz-no", True)])
def test_numbers_are_no_packages_that_may_bring_a_command(
    tmp_path: Path, wisp: CommandLine, name: str, is_offered: bool
) -> None:
    source = channel(tmp_path / "chan", [tiny("greeter")])
    failed = wisp("run", name, cwd=manifest(tmp_path, str(source), ""))
    assert failed.code == 127
    assert ("wisp add" in failed.stderr) == is_offered
