"""What a workspace's own files may not do without the user's consent, and how that is given."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.sandbox import CommandLine, Home
from tests.tiny import channel, tiny
from tools.forge.archive import text
from wisp import Session
from wisp.config.consents import consent, consent_file, consents
from wisp.config.levels import read_config
from wisp.config.model import Config, ConfigRequest

pytestmark = pytest.mark.forked

MANIFEST = """\
[workspace]
name = "w"
channels = ["{channel}"]
platforms = ["linux-64"]
[dependencies]
good = "*"
[activation]
scripts = ["hi.sh"]
[tasks]
hi = "echo said $HI"
"""
#: Row of the audit: a configuration, and the key that must not count.
STEERING = {
    "21 mirror": ('[mirrors]\n"https://x.example/" = ["https://evil.example/"]', "mirrors"),
    "21 roots": ('tls-root-certs = "system"', "tls-root-certs"),
    "21 unverified": ("tls-no-verify = true", "tls-no-verify"),
    "22 packages": ('[cache]\nconda-packages = "/proc/self/cwd/pkgs"', "cache.conda-packages"),
    "22 root": ('[cache]\nroot = "/proc/self/cwd/pkgs"', "cache.root"),
    "23 proxy": ('[proxy-config]\nhttp = "http://evil.example/"', "proxy-config.http"),
    "23 secure proxy": ('[proxy-config]\nhttps = "http://evil.example/"', "proxy-config.https"),
    "24 scripts": ('run-post-link-scripts = "insecure"', "run-post-link-scripts"),
    "credentials": ('authentication-override-file = "c"', "authentication-override-file"),
    "keyring": ('[pypi-config]\nkeyring-provider = "subprocess"', "pypi-config.keyring-provider"),
    "hosts": ('[pypi-config]\nallow-insecure-host = ["x"]', "pypi-config.allow-insecure-host"),
    "bucket": ('[s3-options.b]\nendpoint-url = "https://e.example"\nregion = "r"', "s3-options.b"),
    "prefixes": ('detached-environments = "/proc/self/cwd/x"', "detached-environments"),
    "trust": ("[trust]\nworkspace = true", "trust.workspace"),
    "less trust": ("[trust]\nactivation = false", "trust.activation"),
}
HARMLESS = """\
default-channels = ["x"]
pinning-strategy = "minor"
offline = true
tls-no-verify = false
run-post-link-scripts = "false"
detached-environments = true
[shell]
change-ps1 = false
[concurrency]
downloads = 7
[pypi-config]
keyring-provider = "disabled"
[mirrors]
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    made = channel(tmp_path / "channel", [tiny("good", files=(text("share/good.txt", "good"),))])
    folder = tmp_path / "w"
    (folder / ".pixi").mkdir(parents=True)
    (folder / "pixi.toml").write_text(MANIFEST.format(channel=made.as_uri()))
    (folder / "hi.sh").write_text("export HI=hello\n")
    return folder


def configured(home: Home, folder: Path, content: str = "", **variables: str) -> Config:
    if content:
        (folder / ".pixi" / "config.toml").write_text(content)
    environ = home.variables | variables
    return read_config(ConfigRequest(environ=environ, workspace=folder))


def counts(config: Config, key: str) -> bool:
    path = tuple(key.split("."))
    return any(found[: len(path)] == path for found in config.merged.values)


@pytest.mark.parametrize("row", STEERING)
def test_a_key_that_steers_does_not_count_and_is_told(
    home: Home, workspace: Path, row: str
) -> None:
    content, key = STEERING[row]
    config = configured(home, workspace, content)
    assert not counts(config, key)
    way = "`pixi config unset --local" if key.startswith("trust.") else "by `wisp trust`"
    assert any(key in warning and way in warning for warning in config.warnings)


def test_harmless_keys_and_defaults_count_unasked(home: Home, workspace: Path) -> None:
    config = configured(home, workspace, HARMLESS)
    assert config.warnings == ()
    assert config.default_channels == ("x",)
    assert config.offline
    assert config.get("concurrency.downloads") == 7


def test_what_the_user_has_configured_alike_is_not_reported(home: Home, workspace: Path) -> None:
    own = home.path / ".pixi" / "config.toml"
    own.parent.mkdir(exist_ok=True)
    own.write_text("tls-no-verify = true\n")
    config = configured(home, workspace, "tls-no-verify = true\n")
    assert config.warnings == ()
    assert config.get("tls-no-verify") is True


@pytest.mark.parametrize("way", ["WISP_TRUST_WORKSPACE", "configuration", "option"])
def test_all_counts_where_the_user_says_so(home: Home, workspace: Path, way: str) -> None:
    content = "tls-no-verify = true\n"
    if way == "configuration":
        own = home.path / ".pixi" / "config.toml"
        own.parent.mkdir(exist_ok=True)
        own.write_text("[trust]\nworkspace = true\n")
    variables = {way: "1"} if way.startswith("WISP") else {}
    (workspace / ".pixi" / "config.toml").write_text(content)
    overrides = {"trust.workspace": True} if way == "option" else {}
    request = ConfigRequest(
        environ=home.variables | variables, workspace=workspace, overrides=overrides
    )
    config = read_config(request)
    assert config.get("tls-no-verify") is True
    assert config.warnings == ()


def test_consent_ends_with_a_change_and_belongs_to_the_place(
    wisp: CommandLine, home: Home, workspace: Path, tmp_path: Path
) -> None:
    content = "tls-no-verify = true\n"
    configured(home, workspace, content)
    wisp("trust", cwd=workspace).success()
    assert configured(home, workspace).get("tls-no-verify") is True
    # What is harmless may change.
    assert configured(home, workspace, f"offline = true\n{content}").get("tls-no-verify") is True
    more = '[proxy-config]\nhttp = "http://evil.example/"\n'
    assert configured(home, workspace, content + more).get("tls-no-verify") is None
    configured(home, workspace, content)
    copy = tmp_path / "copy"
    workspace.rename(copy)
    assert configured(home, copy).get("tls-no-verify") is None


def test_consent_is_shown_given_and_taken_back(wisp: CommandLine, workspace: Path) -> None:
    (workspace / ".pixi" / "config.toml").write_text("tls-no-verify = true\n")

    def shown() -> list[dict[str, object]]:
        found = json.loads(wisp("trust", "--show", "--json", cwd=workspace).success().stdout)
        assert isinstance(found, list)
        return found

    assert [(row["kind"], row["accepted"]) for row in shown()] == [
        ("configuration", False),
        ("activation", False),
        ("entering", False),
    ]
    assert "tls-no-verify = true" in wisp("trust", cwd=workspace).success().stdout
    assert all(row["accepted"] for row in shown())
    wisp("trust", "--forget", cwd=workspace).success()
    assert not any(row["accepted"] for row in shown())


@pytest.mark.parametrize("way", ["WISP_TRUST_WORKSPACE", "configuration"])
def test_what_counts_without_consent_is_shown(
    wisp: CommandLine, home: Home, workspace: Path, way: str
) -> None:
    (workspace / ".pixi" / "config.toml").write_text("tls-no-verify = true\n")
    env = {way: "1"} if way.startswith("WISP") else {}
    if not env:
        wisp("config", "set", "--global", "trust.workspace", "true", cwd=workspace).success()
    by = f"`{way}`" if env else f"`trust.workspace` in {home.path}/.pixi/config.toml"
    shown = wisp("trust", "--show", cwd=workspace, env=env).success().stdout
    assert f"configuration (not accepted, but counts by {by}): tls-no-verify = true\n" in shown
    rows = json.loads(wisp("trust", "--show", "--json", cwd=workspace, env=env).success().stdout)
    assert {(row["accepted"], row["counts"]) for row in rows} == {(False, True)}
    odd = wisp("trust", "--show", cwd=workspace, env={"WISP_TRUST_WORKSPACE": "maybe"})
    assert "`WISP_TRUST_WORKSPACE=maybe` is ignored" in odd.success().stderr


@pytest.mark.parametrize(
    ("said", "by"),
    [("", "the call itself"), ("0", "the call itself"), ("TRUE", "`WISP_TRUST_WORKSPACE`")],
)
def test_a_program_that_trusts_all_is_not_taken_for_the_variable(
    home: Home, workspace: Path, said: str, by: str
) -> None:
    (workspace / ".pixi" / "config.toml").write_text("tls-no-verify = true\n")
    environ = {**home.variables, "WISP_TRUST_WORKSPACE": said}
    session = Session.open(environ=environ, overrides={"trust.workspace": True})
    assert {one.believed_by for one in session.trust_subjects(workspace)} == {by}


def test_a_typed_change_is_consent_to_the_whole(
    wisp: CommandLine, home: Home, workspace: Path
) -> None:
    wisp("config", "set", "--local", "tls-no-verify", "true", cwd=workspace).success()
    assert configured(home, workspace).get("tls-no-verify") is True
    wisp("config", "unset", "--local", "tls-no-verify", cwd=workspace).success()
    assert configured(home, workspace, "tls-no-verify = true\n").get("tls-no-verify") is None


def test_a_foreign_setting_has_no_effect_on_an_installation(
    wisp: CommandLine, workspace: Path
) -> None:
    """Row 22: the cache that was shipped stays empty, and the command says why."""
    (workspace / ".pixi" / "config.toml").write_text(f'[cache]\nroot = "{workspace}/pkgs"\n')
    # Without the variable, which would win, whatever the file says.
    result = wisp("install", cwd=workspace, env={"PIXI_CACHE_DIR": ""}).success()
    assert "cache.root" in result.stderr
    assert not (workspace / "pkgs").exists()


def test_scripts_run_unasked_unless_the_user_wants_to_be_asked(
    wisp: CommandLine, home: Home, workspace: Path
) -> None:
    assert "said hello" in wisp("run", "hi", cwd=workspace).success().stdout
    wisp("config", "set", "--global", "trust.activation", "true", cwd=workspace).success()
    for _ in range(2):
        refused = wisp("run", "hi", cwd=workspace)
        assert refused.code == 1
        assert "hi.sh" in refused.stderr
        assert "wisp trust" in refused.stderr
    wisp("trust", cwd=workspace).success()
    for _ in range(2):
        assert "said hello" in wisp("run", "hi", cwd=workspace).success().stdout
    (workspace / "hi.sh").write_text("export HI=evil\n")
    assert wisp("run", "hi", cwd=workspace).code == 1
    once = wisp("run", "hi", cwd=workspace, env={"WISP_TRUST_WORKSPACE": "1"})
    assert "said evil" in once.success().stdout


@pytest.mark.parametrize("way", ["consent", "variable"])
def test_a_link_for_a_home_is_followed_once_it_is_accepted(
    wisp: CommandLine, workspace: Path, tmp_path: Path, way: str
) -> None:
    scratch = tmp_path / "scratch"
    (workspace / ".pixi").rename(scratch)
    (workspace / ".pixi").symlink_to(scratch)
    assert "wisp trust" in wisp("install", cwd=workspace).stderr
    env = {"WISP_TRUST_WORKSPACE": "1"} if way == "variable" else {}
    if way == "consent":
        assert str(scratch) in wisp("trust", cwd=workspace).success().stdout
    wisp("install", cwd=workspace, env=env).success()
    assert (scratch / "envs/default/share/good.txt").read_text() == "good"
    (workspace / ".pixi").unlink()
    (tmp_path / "other").mkdir()
    (workspace / ".pixi").symlink_to(tmp_path / "other")
    if way == "consent":
        assert wisp("install", cwd=workspace).code == 1
        assert list((tmp_path / "other").iterdir()) == []


def test_consents_that_others_could_have_written_are_none(home: Home, workspace: Path) -> None:
    consent(home.variables, workspace, {"configuration": "x"})
    file = consent_file(home.variables, workspace)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert consents(home.variables, workspace) == {"configuration": "x"}
    for path in (file, file.parent):
        mode = path.stat().st_mode
        path.chmod(0o777)
        assert consents(home.variables, workspace) == {}
        path.chmod(mode)
    for damaged in ("{", "[]", '{"consents": 1}', "{}"):
        file.write_text(damaged)
        assert consents(home.variables, workspace) == {}


@pytest.mark.parametrize("state", ["open", "a link"])
def test_who_consents_hears_where_no_consent_would_count(
    wisp: CommandLine, home: Home, workspace: Path, tmp_path: Path, state: str
) -> None:
    folder = consent_file(home.variables, workspace).parent
    if state == "open":
        folder.mkdir(parents=True)
        folder.chmod(0o777)
    else:
        folder.parent.mkdir(exist_ok=True)
        (tmp_path / "elsewhere").mkdir()
        folder.symlink_to(tmp_path / "elsewhere")
    (workspace / ".pixi" / "config.toml").write_text("tls-no-verify = true\n")
    refused = wisp("trust", cwd=workspace)
    assert refused.code == 1
    assert f"`{folder}` is not yours alone, so nothing was accepted" in refused.stderr
    assert list(folder.iterdir()) == []


def test_no_workspace_puts_a_user_on_the_network_who_wants_to_be_off_it(
    home: Home, workspace: Path
) -> None:
    assert configured(home, workspace, "offline = false\n").warnings == ()
    own = home.path / ".pixi" / "config.toml"
    own.parent.mkdir(exist_ok=True)
    own.write_text("offline = true\n")
    config = configured(home, workspace, "offline = false\n")
    assert config.offline
    assert any("`offline`" in warning and "`wisp trust`" in warning for warning in config.warnings)


def test_a_typed_change_is_no_consent_to_what_a_stranger_wrote(
    wisp: CommandLine, workspace: Path
) -> None:
    """Whoever sets a harmless key of a clone has not looked at the others."""
    file = workspace / ".pixi" / "config.toml"
    file.write_text('run-post-link-scripts = "insecure"\n')

    def accepted() -> list[str]:
        shown = wisp("trust", "--show", cwd=workspace).success().stdout.splitlines()
        return [line for line in shown if line.startswith("configuration (accepted)")]

    wisp("config", "set", "--local", "pinning-strategy", "minor", cwd=workspace).success()
    wisp("config", "append", "--local", "default-channels", "x", cwd=workspace).success()
    wisp("config", "set", "--local", "tls-no-verify", "true", cwd=workspace).success()
    wisp("config", "unset", "--local", "tls-no-verify", cwd=workspace).success()
    assert not accepted()
    words = ("config", "set", "--local", "run-post-link-scripts", "insecure")
    wisp(*words, cwd=workspace).success()
    assert len(accepted()) == 1
    wisp("config", "set", "--local", "tls-no-verify", "true", cwd=workspace).success()
    wisp("config", "unset", "--local", "run-post-link-scripts", cwd=workspace).success()
    assert accepted() == ["configuration (accepted): tls-no-verify = true"]


def test_what_runs_unasked_is_not_called_ignored(wisp: CommandLine, workspace: Path) -> None:
    assert "said hello" in wisp("run", "hi", cwd=workspace).success().stdout
    shown = wisp("trust", "--show", cwd=workspace).success().stdout
    assert "activation (not accepted): hi.sh" in shown


def test_how_much_is_trusted_is_set_for_the_user_alone(wisp: CommandLine, workspace: Path) -> None:
    """No consent makes it count in a workspace, so it is neither written there nor offered."""
    words = ("trust.caches", "true")
    refused = wisp("config", "set", *words, cwd=workspace)
    assert refused.code == 1
    assert "`wisp config set --global trust.caches true` sets it for you" in refused.stderr
    assert not (workspace / ".pixi" / "config.toml").exists()
    wisp("config", "set", "--global", *words, cwd=workspace).success()
    assert "trust.caches" not in wisp("lock", cwd=workspace).success().stderr


def test_consent_is_given_to_the_workspace_that_the_call_named(
    wisp: CommandLine, workspace: Path
) -> None:
    """The advice to `trust` names it as the call did, since another may be around here."""
    (workspace / ".pixi" / "config.toml").write_text("tls-no-verify = true\n")
    elsewhere = workspace.parent
    told = wisp("lock", "--manifest-path", "w", cwd=elsewhere).success()
    assert "give it, by `wisp trust --manifest-path w`" in told.stderr
    lost = wisp("trust", cwd=elsewhere)
    assert (lost.code, "`wisp trust --manifest-path FOLDER`" in lost.stderr) == (1, True)
    wisp("trust", "--manifest-path", "w", cwd=elsewhere).success()
    assert "consent" not in wisp("lock", "--manifest-path", "w", cwd=elsewhere).success().stderr
