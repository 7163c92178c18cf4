"""`global` with packages of PyPI: beside what Pixi knows, in environments of their own."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.toolchannel import tool_channel
from tests.sandbox import CommandLine, Result
from tests.trees import content, differences
from tests.unit.wheelhouse import make_wheel
from tools.forge.build import Forge
from tools.forge.pins import Pin
from tools.forge.serve import Server
from tools.forge.simple import write_index

pytestmark = [pytest.mark.slow, pytest.mark.forked]

CODE = "import sys\n\ndef main():\n    print('tell {version}', *sys.argv[1:])\n"


class User:
    """Somebody with an index whose `tell` has one version, and later two."""

    def __init__(self, wisp: CommandLine, channel: str, scratch: Path) -> None:
        self.wisp, self.channel, self.wheels = wisp, channel, scratch / "wheels"
        self.index = scratch / "simple"
        self.home = wisp.home.path / ".pixi"
        self.publish("1.0")

    def publish(self, *versions: str) -> None:
        rows = []
        for version in versions:
            wheel = self.wheels / f"tell-{version}-py3-none-any.whl"
            names = ["tell", "told"] if version == "2.0" else ["tell"]
            if not wheel.exists():
                make_wheel(
                    self.wheels,
                    "tell",
                    version,
                    text=CODE.format(version=version),
                    scripts=[f"{name} = tell:main" for name in names],
                )
            rows.append((Pin("tell", version, 1_600_000_000_000, True), wheel))
        shutil.rmtree(self.index, ignore_errors=True)
        write_index(self.index, rows)

    def __call__(self, *words: str) -> Result:
        channel = ["-c", self.channel] if words[0] == "install" else []
        return self.wisp("global", words[0], *channel, *words[1:], cwd=self.wisp.home.path)

    def run(self, name: str, *words: str) -> str:
        command = [str(self.home / "bin" / name), *words]
        environ = self.wisp.environment()
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
        return done.stdout

    def names(self) -> set[str]:
        return {path.name for path in (self.home / "bin").iterdir() if path.is_file()}


@pytest.fixture
def user(wisp: CommandLine, forge: Forge, tmp_path: Path) -> Iterator[User]:
    somebody = User(wisp, forge.url, tmp_path)
    configuration = wisp.home.path / ".config" / "pixi" / "config.toml"
    configuration.parent.mkdir(parents=True)
    with Server(tmp_path) as server:
        configuration.write_text(f'[pypi-config]\nindex-url = "{server.url}/simple"\n')
        yield somebody


def test_a_package_of_pypi_is_a_tool_and_pixi_reads_its_own_manifest_as_before(user: User) -> None:
    user("install", "greeter").success()
    before = content(user.home / "manifests")
    done = user("install", "--pypi", "tell").success()
    assert done.stdout == "└── tell: 1.0 (installed)\n    └─ exposes: tell\n"
    assert user.run("tell", "a b") == "tell 1.0 a b\n"
    assert user.run("greeter") == "hello 2.0 \n"
    after = content(user.home / "manifests")
    assert after.pop("wisp-global.toml")
    assert not differences(before, after)
    assert "again" in user("install", "--pypi", "tell").stdout.replace("already", "again")
    listed = user("list").success().stdout
    assert "├── greeter: 2.0" in listed
    assert "└── tell: 1.0" in listed
    assert [row["name"] for row in json.loads(user("list", "--json").stdout)] == ["greeter", "tell"]


def test_it_is_updated_repaired_and_gone_without_a_trace(user: User) -> None:
    user("install", "greeter").success()
    before = content(user.home)
    user("install", "--pypi", "tell").success()
    user.publish("1.0", "2.0")
    done = user("update").success()
    assert "Updated package tell 1.0 -> 2.0 in environment tell." in done.stderr
    assert user.run("told", "x") == "tell 2.0 x\n"
    (user.home / "pypi-envs" / "tell" / "bin" / "tell").unlink()
    (user.home / "bin" / "told").unlink()
    assert "environments that are not what the manifest says: tell" in user("list").stderr
    user("sync").success()
    assert user.run("tell") == "tell 2.0\n"
    assert user.run("told") == "tell 2.0\n"
    assert "Nothing to do" in user("sync").success().stderr
    user("uninstall", "tell").success()
    (user.home / "manifests" / "wisp-global.toml").unlink()
    (user.home / "pypi-envs").rmdir()
    assert not differences(before, content(user.home))


def test_an_environment_may_hold_both_and_names_are_chosen(user: User) -> None:
    words = ["-e", "mixed", "--pypi", "tell==1.0", "greeter", "--expose", "say=tell"]
    user("install", *words, "--expose", "greeter").success()
    assert user.names() == {"say", "greeter"}
    assert user.run("say") == "tell 1.0\n"
    user("expose", "add", "-e", "mixed", "t=tell").success()
    user("expose", "remove", "say").success()
    assert user.names() == {"t", "greeter"}
    user("remove", "-e", "mixed", "greeter").success()
    assert user.names() == {"t"}


@pytest.mark.parametrize(
    "words",
    [
        ("install", "--pypi", "no-such-package"),
        ("install", "--pypi", "tell", "-e", "greeter"),
        ("install", "--pypi", "tell", "--expose", "greeter=tell"),
        ("install", "--pypi", "tell", "greeter", "--with", "six"),
        ("install", "--pypi", "tell>9"),
    ],
)
def test_what_cannot_be_done_leaves_no_environment(user: User, words: tuple[str, ...]) -> None:
    user("install", "greeter").success()
    done = user(*words)
    assert done.code == 1
    assert done.stderr
    assert user.names() == {"greeter"}
    folder = user.home / "pypi-envs"
    assert not folder.exists() or not any(path.is_dir() for path in folder.iterdir())


def test_a_name_that_is_taken_there_is_refused_here(user: User, tmp_path: Path) -> None:
    user("install", "--pypi", "tell", "--expose", "say=tell").success()
    user.channel = tool_channel(tmp_path / "channel")
    refused = user("install", "say")
    assert refused.code == 1
    assert "the exposed name 'say' is claimed" in refused.stderr
    assert user.run("say") == "tell 1.0\n"


def test_what_is_newer_is_told_and_what_the_manifest_keeps_back(user: User) -> None:
    user("install", "--pypi", "tell==1.0").success()
    user("install", "greeter=1").success()
    user.publish("1.0", "2.0")
    rows = json.loads(user("outdated", "--json").success().stdout)
    assert [(row["name"], row["installed"], row["allowed"], row["newest"]) for row in rows] == [
        ("greeter", "1.1", "1.1", "2.0"),
        ("tell", "1.0", "1.0", "2.0"),
    ]
    lines = user("outdated", "tell").success().stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["Environment", "Package", "Installed", "Allowed", "Newest"],
        ["tell", "tell", "1.0", "1.0", "2.0"],
    ]
    assert user("outdated", "--exit-code").code == 1
    user("install", "--pypi", "tell", "--force-reinstall").success()
    assert "nothing newer" in user("outdated", "tell", "--exit-code").success().stderr
    assert user("outdated", "nope").code == 1


def test_a_toolbox_moves_to_another_home_with_its_lock(
    user: User, forge: Forge, tmp_path: Path
) -> None:
    user("install", "--pypi", "tell").success()
    user("install", "greeter").success()
    assert "Locked 2 environments" in user("lock").success().stderr
    lock = user.home / "manifests" / "pixi-global.lock"
    text = lock.read_text()
    assert "Nothing to do" in user("lock").success().stderr
    user.publish("1.0", "2.0")
    moved = tmp_path / "moved"
    shutil.copytree(user.home / "manifests", moved / "manifests")
    user.home = moved
    user.wisp.variables["PIXI_HOME"] = str(moved)
    user("sync", "--locked").success()
    assert user.run("tell") == "tell 1.0\n"
    assert user.run("greeter") == "hello 2.0 \n"
    assert "Nothing to do" in user("sync", "--locked").success().stderr
    assert "Nothing to do" in user("sync").success().stderr
    user("update", "tell").success()
    assert user.run("tell") == "tell 2.0\n"
    user("expose", "remove", "told").success()  # the locked version has none
    user("sync", "--locked").success()
    assert user.run("tell") == "tell 1.0\n"
    assert (moved / "manifests" / "pixi-global.lock").read_text() == text


def test_a_lock_that_does_not_fit_or_is_not_there_is_refused(user: User) -> None:
    user("install", "greeter").success()
    missing = user("sync", "--locked")
    assert (missing.code, "there is no lock file" in missing.stderr) == (1, True)
    user("lock", "--platform", "osx-arm64", "--platform", "linux-64").success()
    assert "name: osx-arm64" in (user.home / "manifests" / "pixi-global.lock").read_text()
    user("install", "hello", "-e", "more", "--pypi", "tell")
    manifest = user.home / "manifests" / "pixi-global.toml"
    manifest.write_text(manifest.read_text().replace('greeter = "*"', 'greeter = "1.*"'))
    refused = user("sync", "--locked")
    assert refused.code == 1
    assert "wisp global lock" in refused.stderr
    assert user.run("greeter") == "hello 2.0 \n"
