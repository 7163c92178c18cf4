"""`workspace exclude-newer` and `global exclude-newer`: cut-offs, exemptions, and what follows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.toolchannel import dated_channel
from tests.sandbox import CommandLine, Result

pytestmark = pytest.mark.forked


@pytest.fixture
def dated(tmp_path: Path) -> str:
    """A channel whose `say` and `see` have a version of 2020 and one of 2023."""
    return dated_channel(tmp_path / "dated", "say", "see")


@pytest.fixture
def folder(tmp_path: Path, dated: str) -> Path:
    here = tmp_path / "workspace"
    here.mkdir()
    (here / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{dated}"]\nplatforms = ["linux-64"]\n'
        'exclude-newer = "2021-06-01"  # ask Eve\n\n[dependencies]\nsay = "*"\nsee = "*"\n'
    )
    return here


def locked(folder: Path) -> dict[str, str]:
    lines = (folder / "pixi.lock").read_text().splitlines()
    files = {line.rpartition("/")[2] for line in lines if "conda: " in line}
    return {file.split("-")[0]: file.split("-")[1] for file in files}


def test_what_is_exempted_comes_in_and_leaves_with_the_exemption(
    wisp: CommandLine, folder: Path
) -> None:
    def change(*words: str) -> Result:
        return wisp("workspace", "exclude-newer", *words, cwd=folder).success()

    wisp("lock", cwd=folder).success()
    assert locked(folder) == {"say": "1.0", "see": "1.0"}
    change("exempt", "say")
    wisp("update", "say", cwd=folder).success()
    assert locked(folder) == {"say": "2.0", "see": "1.0"}
    assert 'cutoff = "2021-06-01"  # ask Eve\n' in (folder / "pixi.toml").read_text()
    wisp("install", "--locked", cwd=folder).success()
    change("exempt", "see", "--cutoff", "2021-12-31")
    assert change("prune", "--dry-run").stderr == "✔ Would remove the exemption of see\n"
    assert change("prune").stderr == "✔ Removed the exemption of see\n"
    assert change("get").stdout == '2021-06-01\n- say = "*"\n'
    change("unexempt", "say")
    assert locked(folder) == {"say": "1.0", "see": "1.0"}
    assert change("get", "--json").stdout == '{\n  "cutoff": "2021-06-01",\n  "exemptions": {}\n}\n'


def test_a_lock_that_is_too_new_is_refused_until_it_is_exempted(
    wisp: CommandLine, folder: Path
) -> None:
    manifest = folder / "pixi.toml"
    strict = manifest.read_text()
    manifest.write_text(strict.replace("2021-06-01", "1d"))
    wisp("lock", cwd=folder).success()
    manifest.write_text(strict)
    assert wisp("lock", "--check", cwd=folder).code == 1
    assert wisp("install", "--locked", cwd=folder).code == 1
    table = '{ cutoff = "2021-06-01", exemptions = { say = "2.0", see = { build = "0" } } }'
    manifest.write_text(strict.replace('"2021-06-01"  # ask Eve', table))
    wisp("lock", "--check", cwd=folder).success()
    wisp("install", "--locked", cwd=folder).success()
    manifest.write_text(strict.replace('"2021-06-01"  # ask Eve', table.replace("2.0", "1.0")))
    refused = wisp("-v", "lock", "--check", cwd=folder)
    assert "'say' has timestamp 2023-11-14" in refused.stderr


def test_a_word_with_a_version_is_exempted_up_to_now(wisp: CommandLine, folder: Path) -> None:
    def exempt(*words: str) -> str:
        done = wisp("workspace", "exclude-newer", "exempt", "--no-install", *words, cwd=folder)
        return done.success().stderr

    assert exempt("say=2").startswith('✔ Exempted say = { version = "2.*", cutoff = "20')
    assert exempt("say=2", "--no-cutoff") == '✔ Exempted say = "2.*"\n'
    assert exempt("say=2", "--cutoff", "7d").endswith('cutoff = "7d" }\n')
    assert exempt("--pypi", "Click") == '✔ Exempted click = "*"\n'


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("set", "soon"), "'soon' is neither a date, a time nor a duration"),
        (("exempt", "say=1", "say=2"), "say is exempted twice"),
        (("exempt", "say[extras=[a]]"), "has neither extras nor conditions"),
        (("exempt", "--pypi", "click>=8"), "holds for all versions of a package"),
        (("exempt", "--pypi", "click", "--cutoff", "7d"), "has no cut-off of its own"),
        (("unexempt", "say"), "there is no exemption of say"),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    wisp: CommandLine, folder: Path, words: tuple[str, ...], told: str
) -> None:
    before = (folder / "pixi.toml").read_text()
    refused = wisp("workspace", "exclude-newer", *words, cwd=folder)
    assert refused.code in (1, 2)
    assert told in refused.stderr
    assert (folder / "pixi.toml").read_text() == before


def test_tools_follow_the_cut_off_of_their_manifest(
    cold_wisp: CommandLine, dated: str, tmp_path: Path
) -> None:
    def tools(*words: str) -> Result:
        return cold_wisp("global", *words, cwd=tmp_path)

    manifest = cold_wisp.home.path / ".pixi/manifests/pixi-global.toml"
    tools("install", "-c", dated, "say", "see").success()
    told = tools("exclude-newer", "set", "2021-06-01").success().stderr
    assert "say" in told
    assert '[global]\nexclude-newer = "2021-06-01"\n' in manifest.read_text()
    assert "say 1.0" in tools("list").success().stdout.replace(":", "")
    tools("exclude-newer", "exempt", "say").success()
    tools("update").success()
    found = {row["name"]: row for row in json.loads(tools("list", "--json").stdout)}
    assert found["say"]["dependencies"][0]["version"] == "2.0"
    assert found["see"]["dependencies"][0]["version"] == "1.0"
    assert tools("exclude-newer", "prune").success().stderr == "✔ All exemptions are needed\n"
    tools("exclude-newer", "unexempt", "say", "--no-sync").success()
    assert json.loads(tools("exclude-newer", "get", "--json").stdout)["exemptions"] == {}

    before = manifest.read_text()
    refused = tools("exclude-newer", "set", "2019-01-01")
    assert refused.code == 1
    assert manifest.read_text() == before


def test_a_cut_off_outside_of_global_is_told_where_it_belongs(
    cold_wisp: CommandLine, tmp_path: Path
) -> None:
    manifest = cold_wisp.home.path / ".pixi/manifests/pixi-global.toml"
    manifest.parent.mkdir(parents=True)
    manifest.write_text('version = 1\nexclude-newer = "7d"\n')
    refused = cold_wisp("global", "list", cwd=tmp_path)
    assert refused.code == 1
    assert "the cut-off of all environments stands below `[global]`" in refused.stderr


def test_exemptions_of_the_configuration_keep_its_layout(
    cold_wisp: CommandLine, tmp_path: Path
) -> None:
    def change(*words: str) -> str:
        cold_wisp("config", words[0], "--global", *words[1:], cwd=tmp_path).success()
        return file.read_text()

    file = cold_wisp.home.path / ".config/pixi/config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('# mine\nexclude-newer = "7d"  # a week\n\n[shell]\nchange-ps1 = false\n')
    rest = "\n[shell]\nchange-ps1 = false\n"
    head = '# mine\n[exclude-newer]\ncutoff = "7d"  # a week\n'
    table = '\n[exclude-newer.exemptions]\nnumpy = { build = "py313*" }\n'
    spared = "exclude-newer.exemptions"
    assert change("set", f"{spared}.numpy.build", "py313*") == head + table + rest
    assert '"ruamel.yaml" = "*"\n' in change("set", f"{spared}.ruamel.yaml", "*")
    assert "numpy" not in change("unset", f"{spared}.numpy.build")
    assert "ruamel" not in change("unset", f"{spared}.ruamel.yaml")
    assert file.read_text().startswith(head)


def test_the_configuration_exempts_for_one_off_commands(
    cold_wisp: CommandLine, dated: str, tmp_path: Path
) -> None:
    def say() -> str:
        return cold_wisp("exec", "-c", dated, "say", cwd=tmp_path).success().stdout

    def configure(*words: str) -> None:
        cold_wisp("config", "set", "--global", *words, cwd=tmp_path).success()

    configure("exclude-newer.cutoff", "2021-06-01")
    assert say() == "say 1.0\n"
    configure("exclude-newer.exemptions.say", "2.*")
    assert say() == "say 2.0\n"
    configure("exclude-newer.exemptions.say.cutoff", "2021-12-31")
    assert say() == "say 1.0\n"
    listed = cold_wisp("config", "list", "--json", cwd=tmp_path).success().stdout
    spared = {"say": {"version": "2.*", "cutoff": "2021-12-31"}}
    assert json.loads(listed)["exclude-newer"]["exemptions"] == spared
    cold_wisp("config", "unset", "--global", "exclude-newer.exemptions.say", cwd=tmp_path).success()
    cold_wisp("init", "new", cwd=tmp_path, env={"WISP_PIXI_COMPAT": "0.85"}).success()
    assert 'exclude-newer = "2021-06-01"\n' in (tmp_path / "new/pixi.toml").read_text()
