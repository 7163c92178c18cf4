"""Detectors of channels on the command line: who may run them, what is told, what they decide."""

from __future__ import annotations

import json
from pathlib import Path

import pexpect
import pytest

from tests.detectors import detector, named, quantum_channel, report, runs
from tests.sandbox import CommandLine
from tests.security.test_heavy_requirements import required
from tests.tiny import channel as made
from tests.tiny import tiny

pytestmark = pytest.mark.forked

NEW = {"WISP_PIXI_COMPAT": "0.85"}
CONSENT = "virtual-package-detectors.consent"


@pytest.fixture
def channel(tmp_path: Path) -> str:
    return quantum_channel(tmp_path / "chan").as_uri()


def workspace(folder: Path, channel: str, *, needs: str = ">=1", has: str = "1.0") -> Path:
    """A workspace for machines with a quantum computer, for an `app` that needs one."""
    folder.mkdir()
    (folder / "pixi.toml").write_text(
        f'[workspace]\nname = "w"\nchannels = ["{channel}"]\n'
        f'platforms = [{{ name = "q", subdir = "linux-64", __quantum = "{has}" }}]\n'
        f'[dependencies]\napp = "{needs}"\n'
    )
    return folder


def say(command: CommandLine, channel: str, word: str) -> None:
    """Let the user's configuration say whether the detectors of a channel may run."""
    file = command.home.path / ".config/rattler/config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f'[{CONSENT}]\n"{channel}/" = "{word}"\n')


def test_without_consent_nothing_runs_and_one_warning_tells_the_key(
    cold_wisp: CommandLine, tmp_path: Path, channel: str
) -> None:
    here = workspace(tmp_path / "w", channel)
    refused = cold_wisp("install", cwd=here, env=NEW)
    assert refused.code == 1
    assert "platform 'q' asks for __quantum >=1.0, which is not here" in refused.stderr
    assert refused.stderr.count("were not run") == 1
    hint = f"config set --shared {CONSENT}.{channel} allow"
    assert f"`wisp {hint}` lets them" in refused.stderr
    assert runs(cold_wisp.home.cache) == 0
    # The advice helps.
    cold_wisp(*hint.split(), cwd=tmp_path, env=NEW).success()
    done = cold_wisp("install", cwd=here, env=NEW).success()
    assert "detector" not in done.stderr
    assert runs(cold_wisp.home.cache) == 1
    cold_wisp("run", "true", cwd=here, env=NEW).success()
    cold_wisp("config", "unset", "--shared", f"{CONSENT}.{channel}", cwd=here, env=NEW).success()
    text = (cold_wisp.home.path / ".config/rattler/config.toml").read_text()
    assert channel not in text


def test_who_was_denied_is_not_told_of(
    cold_wisp: CommandLine, tmp_path: Path, channel: str
) -> None:
    say(cold_wisp, channel, "deny")
    done = cold_wisp("exec", "-c", channel, "--spec", "app", "true", cwd=tmp_path, env=NEW)
    assert done.code == 1
    assert "__quantum" in done.stderr
    assert "were not run" not in done.stderr


def test_what_a_detector_finds_decides_what_is_solved(
    cold_wisp: CommandLine, tmp_path: Path, channel: str
) -> None:
    say(cold_wisp, channel, "allow")
    request = ("--spec", "app", "--force-reinstall")

    def version(**more: str) -> str:
        words = ("exec", "-c", channel, *request, "sh", "-c", "cat $CONDA_PREFIX/share/app.txt")
        return cold_wisp(*words, cwd=tmp_path, env=NEW | more).success().stdout.strip()

    assert version() == "app 1.0"
    assert version(CONDA_OVERRIDE_QUANTUM="2") == "app 2.0"
    cold_wisp("global", "install", "-c", channel, "app", cwd=tmp_path, env=NEW).success()
    told = cold_wisp("global", "outdated", "--json", cwd=tmp_path, env=NEW).success()
    assert json.loads(told.stdout) == []


def test_a_variable_needs_no_consent(cold_wisp: CommandLine, tmp_path: Path, channel: str) -> None:
    here = workspace(tmp_path / "w", channel)
    done = cold_wisp("install", cwd=here, env=NEW | {"CONDA_OVERRIDE_QUANTUM": "1.5"}).success()
    assert "were not run" not in done.stderr
    wrong = cold_wisp("install", cwd=here, env=NEW | {"CONDA_OVERRIDE_QUANTUM": "%"})
    assert wrong.code == 1
    assert "CONDA_OVERRIDE_QUANTUM is not a version" in wrong.stderr


def test_a_locked_package_is_matched_as_it_asks(
    cold_wisp: CommandLine, tmp_path: Path, channel: str
) -> None:
    """The platform promises more than there is, which the locked package does not need."""
    say(cold_wisp, channel, "allow")
    cold_wisp("install", cwd=workspace(tmp_path / "w", channel, has="1.9", needs="1.0"), env=NEW)
    more = workspace(tmp_path / "v", channel, has="2.0", needs="2.0")
    refused = cold_wisp("install", cwd=more, env=NEW)
    assert refused.code == 1
    assert "__quantum >=2" in refused.stderr


def test_the_level_before_knows_no_detectors(
    cold_wisp: CommandLine, tmp_path: Path, channel: str
) -> None:
    say(cold_wisp, channel, "allow")
    old = {"WISP_PIXI_COMPAT": "0.82.1"}
    refused = cold_wisp("install", cwd=workspace(tmp_path / "w", channel), env=old)
    assert refused.code == 1
    assert runs(cold_wisp.home.cache) == 0
    told = cold_wisp("info", "--json", cwd=tmp_path, env=old).stdout
    assert "virtual_package_detectors" not in told


def test_info_runs_what_was_allowed_and_shows_it(
    cold_wisp: CommandLine, tmp_path: Path, channel: str
) -> None:
    here = workspace(tmp_path / "w", channel)

    def told() -> str:
        lines = cold_wisp("info", cwd=here, env=NEW).success().stdout.splitlines()
        (line,) = (one for one in lines if "Detectors" in one)
        return line.partition(": ")[2]

    assert told() == f"{channel} quantum-detector: skipped (not allowed to run)"
    assert runs(cold_wisp.home.cache) == 0
    say(cold_wisp, channel, "allow")
    assert told() == f"{channel} quantum-detector: ran, __quantum=1.2=0"
    assert told() == f"{channel} quantum-detector: cached, __quantum=1.2=0"
    data = json.loads(cold_wisp("info", "--json", cwd=here, env=NEW).success().stdout)
    assert data["virtual_package_detectors"] == [
        {
            "origin": channel,
            "detector": "quantum-detector",
            "state": "cached",
            "detail": None,
            "virtual_packages": ["__quantum=1.2=0"],
        }
    ]
    # Outside of a workspace the configured channels count.
    cold_wisp("config", "set", "--global", "default-channels", f'["{channel}"]', cwd=tmp_path)
    assert "quantum" in cold_wisp("info", cwd=tmp_path, env=NEW).success().stdout
    cold_wisp("clean", "cache", "--exec", "--yes", cwd=tmp_path, env=NEW).success()
    assert not (cold_wisp.home.cache / "virtual-package-detectors").exists()


def test_info_asks_no_channel_unless_allowed_and_answers_where_one_cannot_be_read(
    cold_wisp: CommandLine, tmp_path: Path, channel: str
) -> None:
    here = workspace(tmp_path / "w", channel)
    (tmp_path / "chan/noarch/repodata.json").write_text("no list")
    assert cold_wisp("info", cwd=here, env=NEW).success().stderr == ""
    say(cold_wisp, channel, "allow")
    done = cold_wisp("info", cwd=here, env=NEW).success()
    assert "it is not known which detectors there are: failed to read a channel" in done.stderr
    assert "Platform: linux-64" in done.stdout
    silent = cold_wisp("info", cwd=here, env=NEW | {"PIXI_OFFLINE": "1"}).success()
    assert silent.stderr == ""


def test_a_detector_that_fails_is_told_and_stops_nothing(
    cold_wisp: CommandLine, tmp_path: Path
) -> None:
    commands = f"echo no luck >&2\n{report({})}"
    channel = quantum_channel(tmp_path / "chan", commands).as_uri()
    say(cold_wisp, channel, "allow")
    here = workspace(tmp_path / "w", channel)
    refused = cold_wisp("install", cwd=here, env=NEW)
    assert f"the detector `quantum-detector` of {channel} failed" in refused.stderr
    assert "failed (" in cold_wisp("info", cwd=here, env=NEW).success().stdout
    cold_wisp("exec", "-c", channel, "--spec", "plain", "true", cwd=tmp_path, env=NEW).success()


def test_a_workspace_gives_no_consent_to_itself(
    cold_wisp: CommandLine, tmp_path: Path, channel: str
) -> None:
    here = workspace(tmp_path / "w", channel)
    own = here / ".pixi/config.toml"
    own.parent.mkdir()
    own.write_text(f'[{CONSENT}]\n"{channel}" = "allow"\n')
    refused = cold_wisp("install", cwd=here, env=NEW)
    assert refused.code == 1
    told = f"`{CONSENT}` (line 1) in {own} does not count without your consent"
    assert told in refused.stderr
    assert runs(cold_wisp.home.cache) == 0
    cold_wisp("trust", cwd=here, env=NEW).success()
    cold_wisp("install", cwd=here, env=NEW).success()
    assert runs(cold_wisp.home.cache) == 1


@pytest.mark.parametrize("place", ["nowhere", "workspace", "user"])
def test_who_sits_at_a_terminal_is_asked(
    cold_wisp: CommandLine, tmp_path: Path, channel: str, place: str
) -> None:
    here = workspace(tmp_path / "w", channel)
    words = [str(cold_wisp.executable), "install"]
    env = cold_wisp.environment(NEW)
    child = pexpect.spawn(
        words[0], words[1:], cwd=str(here), env=env, encoding="utf-8", timeout=120
    )
    child.expect_exact(f"Trust detectors from {channel}? [y/N] ")
    child.sendline("y")
    child.expect_exact("all tools of this [u]ser? [w/u/N] ")
    child.sendline(place[0])
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    local, shared = here / ".pixi/config.toml", cold_wisp.home.path / ".config/rattler/config.toml"
    line = f'"{channel}" = "allow"'
    assert (local.is_file() and line in local.read_text()) is (place == "workspace")
    assert (shared.is_file() and line in shared.read_text()) is (place == "user")
    again = cold_wisp("info", cwd=here, env=NEW).success().stdout
    assert ("cached, __quantum" in again) is (place != "nowhere")


@pytest.mark.parametrize("command", ["info", "install", "lock"])
def test_a_list_whose_files_lie_nowhere_is_refused_before_detectors_are_looked_for(
    cold_wisp: CommandLine, tmp_path: Path, channel: str, command: str
) -> None:
    say(cold_wisp, channel, "allow")
    here = workspace(tmp_path / "w", channel)
    for file in (tmp_path / "chan").glob("*/repodata.json"):
        whole = json.loads(file.read_bytes())
        whole["info"]["base_url"] = "x:y"
        file.write_text(json.dumps(whole))
    done = cold_wisp(command, cwd=here, env=NEW)
    assert done.stderr.lstrip("⚠️ ").startswith(("it is not known", "Error:")), done.stderr
    assert "where nothing can lie" in done.stderr


@pytest.mark.parametrize("whose", ["quantum-detector", "app"])
@pytest.mark.parametrize("kind", ["version", "chain"])
@pytest.mark.parametrize("command", ["info", "install", "exec"])
def test_what_ends_the_solver_is_refused_before_detectors_are_solved(
    cold_wisp: CommandLine, tmp_path: Path, whose: str, kind: str, command: str
) -> None:
    much = {whose: (required(kind),)}
    packages = [
        detector("quantum-detector", report(), *much.get("quantum-detector", ())),
        tiny("app", "1.0", "__quantum >=1", *much.get("app", ())),
        tiny("b", "1.0"),
    ]
    chan = named(made(tmp_path / "chan", packages), {"quantum-detector": ["__quantum"]}).as_uri()
    say(cold_wisp, chan, "allow")
    here = workspace(tmp_path / "w", chan)
    words = ("-c", chan, "--spec", "app", "true") if command == "exec" else ()
    done = cold_wisp(command, *words, cwd=here, env=NEW)
    assert done.code == (0 if command == "info" else 1), done
    if whose == "quantum-detector":
        told = done.stdout if command == "info" else done.stderr
        assert f"{chan}/noarch/quantum-detector-1.0-0.conda` requires what cannot be used" in told


def test_a_detector_sees_no_secret_of_the_users_variables(
    cold_wisp: CommandLine, tmp_path: Path
) -> None:
    commands = f'env > "$CONDA_PREFIX/seen"\n{report()}'
    channel = quantum_channel(tmp_path / "chan", commands).as_uri()
    say(cold_wisp, channel, "allow")
    secrets = {
        **dict.fromkeys(("UV_INDEX_X_PASSWORD", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"), "SECRET"),
        **dict.fromkeys(("AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN"), "SECRET"),
        **dict.fromkeys(("AWS_SESSION", "XDG_SESSION_COOKIE"), "SECRET"),
        "PIP_INDEX_URL": "https://me:SECRET@a.invalid/simple",
    }
    plain = {"CUDA_HOME": "/opt/cuda", "LD_LIBRARY_PATH": "/opt/lib"}
    plain |= {"XDG_SESSION_TYPE": "wayland", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/x"}
    here = workspace(tmp_path / "w", channel)
    cold_wisp("install", cwd=here, env=NEW | secrets | plain).success()
    (seen,) = cold_wisp.home.cache.glob("virtual-package-detectors/envs/*/seen")
    text = seen.read_text()
    assert "SECRET" not in text
    assert all(f"{name}={value}" in text.splitlines() for name, value in plain.items())
