"""`global`: tools of the user, installed, exposed, changed, and gone without a trace."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commands.toolchannel import ODD, tool_channel
from tests.kills import KILLS
from tests.sandbox import CommandLine, Result
from tests.trees import content, differences

pytestmark = [pytest.mark.slow, pytest.mark.forked]


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> str:
    return tool_channel(tmp_path_factory.mktemp("channel"))


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with global tools from one channel."""

    wisp: CommandLine
    channel: str

    def __call__(self, *words: str, **more: str) -> Result:
        channel = ["-c", self.channel] if words[0] == "install" else []
        return self.wisp("global", words[0], *channel, *words[1:], cwd=self.wisp.home.path, **more)  # type: ignore[arg-type]

    @property
    def home(self) -> Path:
        return self.wisp.home.path / ".pixi"

    @property
    def manifest(self) -> Path:
        return self.home / "manifests" / "pixi-global.toml"

    def run(self, name: str, *words: str, env: dict[str, str] | None = None) -> str:
        command = [str(self.home / "bin" / name), *words]
        done = subprocess.run(
            command, env=self.wisp.environment(env), capture_output=True, text=True, check=False
        )
        return done.stdout

    def names(self) -> set[str]:
        return {path.name for path in (self.home / "bin").iterdir() if path.is_file()}


@pytest.fixture
def user(wisp: CommandLine, tools: str) -> User:
    return User(wisp, tools)


def test_a_tool_is_installed_and_gone_without_a_trace(user: User) -> None:
    user("install", "voice").success()
    before = content(user.home)
    done = user("install", "say", "show").success()
    assert done.stdout == (
        "├── say: 2.0 (installed)\n│   └─ exposes: new-say, say\n"
        "└── show: 1.0 (installed)\n    └─ exposes: show\n"
    )
    assert user.run("say", "a b", "") == "say 2.0 a b \n"
    assert user.names() == {"say", "new-say", "show", "voice"}
    assert (user.home / "completions" / "bash" / "show").is_symlink()
    again = user("install", "say").success()
    assert "(already installed)" in again.stdout
    user("uninstall", "say", "show").success()
    assert differences(before, content(user.home)) == ["completions", "completions/bash"]


def test_a_tool_starts_in_its_environment_and_no_python_in_the_way(user: User) -> None:
    user("install", "show").success()
    text = user.run("show", env={"MINE": ODD, "CONDA_PREFIX": "/other", "CONDA_SHLVL": "1"})
    seen = dict(row.partition("=")[::2] for row in text.split("\0") if row)
    assert (seen["TOOL_ODD"], seen["MINE"]) == (ODD, ODD)
    assert seen["CONDA_PREFIX"] == str(user.home / "envs" / "show")
    assert seen["PATH"].startswith(f"{user.home}/envs/show/bin:")
    assert seen["CONDA_SHLVL"] == "1"
    configuration = user.home / "bin" / "trampoline_configuration"
    assert json.loads((configuration / "show.json").read_text())["exe"] == str(
        user.home / "envs" / "show" / "bin" / "show"
    )
    one = (user.home / "bin" / "show").stat()
    assert one.st_ino == (configuration / "trampoline_bin").stat().st_ino
    assert (user.home / "bin" / "show").read_bytes().startswith(b"#!/bin/sh\n")


def test_one_environment_for_several_with_chosen_names(user: User) -> None:
    words = ["say=1", "voice", "-e", "mixed", "--expose", "s=say", "--expose", "voice"]
    done = user("install", *words).success()
    assert done.stdout == (
        "└── mixed (installed)\n    ├─ dependencies: say 1.0, voice 1.0\n"
        "    └─ exposes: s -> say, voice\n"
    )
    assert user.names() == {"s", "voice"}
    rows = json.loads(user("list", "--json").success().stdout)
    assert rows[0]["exposed"] == [
        {"exposed_name": "s", "executable": "say"},
        {"exposed_name": "voice", "executable": "voice"},
    ]


def test_what_comes_beside_is_not_exposed(user: User) -> None:
    user("install", "show", "--with", "say").success()
    assert user.names() == {"show"}
    assert 'dependencies = { show = "*", say = "*" }' in user.manifest.read_text()


def test_one_failure_stops_no_other_and_leaves_nothing(user: User) -> None:
    done = user("install", "no-such-tool", "say", "wants-nothing")
    assert done.code == 1
    assert done.stdout.startswith("└── say: 2.0 (installed)\n")
    assert "no-such-tool, wants-nothing" in done.stderr
    assert [path.name for path in (user.home / "envs").iterdir()] == ["say"]
    assert user.manifest.read_text().count("[envs.") == 1


def test_a_name_that_another_environment_has_is_refused(user: User) -> None:
    user("install", "say").success()
    before = content(user.home)
    clash = user("install", "say=1", "-e", "other")
    assert clash.code == 1
    assert "claimed" in clash.stderr
    assert not differences(before, content(user.home))


def test_packages_come_and_go_with_their_executables(user: User) -> None:
    user("install", "show").success()
    done = user("add", "-e", "show", "voice", "say=1").success()
    assert "Added package voice=1.0 to environment show." in done.stderr
    assert user.names() == {"show"}
    user("expose", "add", "-e", "show", "say", "alt=old-say").success()
    assert user.run("alt") == "old-say 1.0\n"
    user("remove", "-e", "show", "say").success()
    assert user.names() == {"show"}
    user("expose", "remove", "show").success()
    assert user.names() == set()
    assert "exposes: Nothing" in user("list").success().stdout


@pytest.mark.parametrize(
    "words",
    [
        ["add", "-e", "nope", "voice"],
        ["add", "-e", "say", "no-such-tool"],
        ["remove", "-e", "say", "voice"],
        ["remove", "say"],
        ["expose", "add", "-e", "say", "x=no-such-executable"],
        ["expose", "add", "-e", "say", "pixi=say"],
        ["expose", "remove", "nope"],
        ["uninstall", "nope"],
        ["update", "nope"],
        ["tree", "-e", "nope"],
        ["shortcut", "add", "-e", "say", "say"],
        ["shortcut", "remove", "say"],
        ["upgrade"],
        ["upgrade-all"],
        ["install", "--git", "https://h.org/x"],
    ],
)
def test_what_cannot_be_done_changes_nothing(user: User, words: list[str]) -> None:
    user("install", "say").success()
    before = content(user.home)
    done = user(*words)
    assert (done.code, done.stdout) == (1, "")
    assert done.stderr
    assert not differences(before, content(user.home))


def test_a_wish_that_is_fulfilled_changes_no_manifest(user: User) -> None:
    user("install", "say=1").success()
    before = user.manifest.read_text()
    assert "say: 1.0 (already installed)" in user("install", "say").success().stdout
    assert user.manifest.read_text() == before


def test_names_before_an_unknown_one_are_taken_away(user: User) -> None:
    user("install", "say").success()
    assert user("expose", "remove", "say", "nope", "new-say").code == 1
    assert user.names() == {"new-say"}


def test_menu_entries_come_and_go_with_their_tool(user: User) -> None:
    folder = user.wisp.home.path / ".local" / "share" / "applications"
    user("install", "say").success()
    user("install", "desk").success()
    assert [file.name for file in folder.iterdir()] == ["tools_desk.desktop"]
    assert f"Exec={user.home}/envs/desk/bin/desk\n" in (folder / "tools_desk.desktop").read_text()
    assert "shortcuts: desk" in user("list").success().stdout
    done = user("shortcut", "remove", "desk", "say").success()
    assert "desk" in done.stderr
    assert not [*folder.iterdir()]
    assert "shortcuts" not in user.manifest.read_text()
    assert user("shortcut", "remove").code == 1
    user("shortcut", "add", "-e", "desk", "desk").success()
    (folder / "tools_desk.desktop").unlink()
    user("sync").success()
    assert [file.name for file in folder.iterdir()] == ["tools_desk.desktop"]
    user("uninstall", "desk").success()
    assert not [*folder.iterdir()]


def test_as_data_all_environments_are_told_whatever_is_named(user: User) -> None:
    user("install", "say", "show").success()
    rows = json.loads(user("list", "--json", "--environment", "say").success().stdout)
    assert [row["name"] for row in rows] == ["say", "show"]


def test_what_is_no_platform_is_refused_before_anything_is_done(user: User) -> None:
    done = user("install", "say", "--platform", "nonsense")
    assert (done.code, done.stdout) == (2, "")
    assert "'nonsense' is no platform" in done.stderr


def test_updating_takes_the_newest_and_exposes_what_is_new(user: User) -> None:
    user("install", "say=1.0").success()
    assert user.names() == {"say", "old-say"}
    user.manifest.write_text(user.manifest.read_text().replace("1.0.*", "*"))
    done = user("update", "say").success()
    assert "Updated package say 1.0 -> 2.0" in done.stderr
    assert {"say", "new-say"} <= user.names()
    assert "old-say" not in user.names()
    assert "up-to-date" in user("update").success().stderr


def test_updating_keeps_names_that_were_chosen(user: User) -> None:
    user("install", "say=1", "-e", "e", "--expose", "s=say").success()
    user.manifest.write_text(user.manifest.read_text().replace('"1.*"', '"*"'))
    user("update").success()
    assert user.run("s") == "say 2.0\n"
    assert user.names() == {"s"}


def test_a_tool_that_runs_while_it_is_updated_goes_on(user: User) -> None:
    user("install", "slow=1").success()
    with subprocess.Popen(
        [str(user.home / "bin" / "slow")],
        env=user.wisp.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "begun 1.0\n"
        user.manifest.write_text(user.manifest.read_text().replace('"1.*"', '"*"'))
        user("update").success()
        out, _ = running.communicate("after all\n")
    assert out == "ended 1.0 after all\n"
    assert user.run("slow") == "slow 2.0\n"


def test_syncing_makes_all_equal_to_the_manifest(user: User, tools: str) -> None:
    user("install", "voice").success()
    user.manifest.write_text(
        f'[envs.t]\nchannels = ["{tools}"]\ndependencies = {{ say = "1.*" }}\n'
        'exposed = { talk = "say" }\n'
    )
    done = user("sync").success()
    assert "Removed environment voice." in done.stderr
    assert (user.names(), user.run("talk")) == ({"talk"}, "say 1.0\n")
    assert "Nothing to do" in user("sync").success().stderr


def test_syncing_repairs_what_is_damaged(user: User) -> None:
    user("install", "say", "show").success()
    before = content(user.home)
    bin_ = user.home / "bin"
    (bin_ / "say").write_text("overwritten, and with it all names")
    (bin_ / "new-say").unlink()
    (bin_ / "trampoline_configuration" / "show.json").write_text("{")
    (user.home / "envs" / "show" / "bin" / "show").unlink()
    (user.home / "envs" / "show" / "conda-meta" / "show-1.0-0.json").unlink()
    assert "not what the manifest says: show" in user("list").success().stderr
    user("sync").success()
    assert not differences(before, content(user.home))


def test_an_older_version_may_lack_what_was_exposed(user: User) -> None:
    user("install", "say").success()
    done = user("install", "say==1.0").success()
    assert "old-say" in done.stdout
    assert user.names() == {"say", "old-say"}
    assert user.run("say") == "say 1.0\n"
    assert "Nothing to do" in user("sync").success().stderr


def test_what_fails_leaves_the_version_that_was_there(user: User) -> None:
    user("install", "say>=1,<3").success()
    before = content(user.home)
    for words in (
        ("install", "say==1.0", "--expose", "x=nowhere"),
        ("add", "-e", "say", "say==1.0", "--expose", "x=nowhere"),
    ):
        failed = user(*words)
        assert (failed.code, "put in order" in failed.stderr) == (1, False)
        assert user.run("say") == "say 2.0\n"
        assert not differences(before, content(user.home))


def test_what_a_killed_command_has_replaced_comes_back(user: User) -> None:
    """The manifest is the old one, the packages are new, and lack what is exposed."""
    user("install", "say").success()
    text = user.manifest.read_text()
    user("install", "say==1.0").success()
    user.manifest.write_text(text)
    user("sync").success()
    assert user.run("new-say") == "new-say 2.0\n"


def test_a_copy_of_the_launcher_that_starts_nothing_goes(user: User) -> None:
    user("install", "say").success()
    copy = user.home / "bin" / "other"
    copy.write_bytes((user.home / "bin" / "say").read_bytes())
    (user.home / "bin" / "mine").write_text("#!/bin/sh\n")
    assert str(copy) in user("sync").success().stderr
    assert user.names() == {"say", "new-say", "mine"}


def test_a_file_of_the_users_own_is_kept_and_named(user: User) -> None:
    mine = user.home / "bin" / "say"
    mine.parent.mkdir(parents=True)
    mine.write_text("#!/bin/sh\necho mine\n")
    done = user("install", "say").success()
    assert "somebody else's file" in done.stderr
    assert mine.read_text() == "#!/bin/sh\necho mine\n"
    assert user.run("new-say") == "new-say 2.0\n"
    user("uninstall", "say").success()
    assert user.names() == {"say"}


def test_a_lost_manifest_is_written_again(user: User) -> None:
    user("install", "say").success()
    user("install", "show", "-e", "other", "--expose", "s=show").success()
    user.manifest.unlink()
    listed = user("list").success().stdout
    assert "├── other \n" in listed
    assert "exposes: s -> show" in listed
    assert "└── say: 2.0" in listed
    assert "Nothing to do" in user("sync").success().stderr


def test_views(user: User) -> None:
    user("install", "say").success()
    assert user("tree", "-e", "say").success().stdout == "└── say 2.0 \n    └── voice 1.0 \n"
    inverted = user("tree", "-e", "say", "-i", "voice").success().stdout
    assert inverted == "\nvoice 1.0 \n└── say 2.0 \n"
    user("install", "voice", "-e", "all", "--with", "show").success()
    lines = user("list").success().stdout.splitlines()[1:]
    assert [line for line in lines if line[0] in "├└"] == ["├── all ", "└── say: 2.0 "]
    assert "dependencies: voice 1.0, show 1.0" in lines[1]
    assert user("list", "-e", "nope").code == 1
    chosen = user("list", "-e", "say", "voi").success().stdout.splitlines()
    assert chosen[0] == "The say environment has 1 packages filtered by regex `voi`:"
    assert user("list", "nothing-like-it").success().stdout == "No global environments found.\n"


def test_a_change_keeps_all_that_hangs_on_the_manifest(user: User) -> None:
    user("install", "say").success()
    other = user.home / "same.toml"
    other.hardlink_to(user.manifest)
    user("install", "show").success()
    assert other.samefile(user.manifest)
    assert "[envs.show]" in other.read_text()


def test_an_environment_of_nothing_is_left_out_of_the_list(user: User, tools: str) -> None:
    user("install", "say").success()
    text = user.manifest.read_text()
    user.manifest.write_text(f'{text}\n[envs.bare]\nchannels = ["{tools}"]\n')
    listed = user("list").success()
    assert "bare" not in listed.stdout
    assert "environment bare has no dependencies" in listed.stderr


def test_a_forced_installation_begins_from_nothing(user: User) -> None:
    user("install", "say", "--with", "show", "--expose", "s=say").success()
    done = user("install", "say=1", "--force-reinstall").success()
    assert "say: 1.0 (installed)" in done.stdout
    assert user.names() == {"say", "old-say"}
    assert "show" not in user.manifest.read_text()
    failed = user("install", "say=9", "--force-reinstall")
    assert failed.code == 1
    assert user.run("say") == "say 1.0\n"


def test_the_manifest_opens_in_an_editor(user: User) -> None:
    done = user("edit", "cat", env={"EDITOR": "false"})  # type: ignore[arg-type]
    assert done.code == 0
    assert user("edit", env={"EDITOR": "false"}).code == 1  # type: ignore[arg-type]


def test_two_at_once_are_safe(user: User) -> None:
    names = ["say", "show", "voice", "slow"]
    words = [["global", "install", "-c", user.channel, name] for name in names]
    running = [user.wisp.start(*one, cwd=user.wisp.home.path) for one in words]
    for one in running:
        _, said = one.communicate(timeout=120)
        assert one.returncode == 0, said
    assert "Nothing to do" in user("sync").success().stderr
    assert user.names() == {"say", "new-say", "show", "voice", "slow"}


@pytest.mark.alone
@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_installation_is_mended_by_the_next_command(user: User, seed: int) -> None:
    """Killed at a moment that differs each time, from the first file to the last."""
    user("install", "voice").success()
    before = content(user.home)
    chance = random.Random(seed)
    watched = user.home / "envs" / "many"
    process = user.wisp.start(
        "global", "install", "-c", user.channel, "many", cwd=user.wisp.home.path, group=True
    )
    while process.poll() is None and not watched.exists():
        time.sleep(0.002)
    time.sleep(chance.uniform(0, 0.25))
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    if seed % 2:
        user("install", "many").success()
        assert user.run("many", "x") == "many 1.0 x\n"
        assert "Nothing to do" in user("sync").success().stderr
    else:
        user("sync").success()
    if "many" in user.manifest.read_text():
        user("uninstall", "many").success()
    assert not differences(before, content(user.home))
