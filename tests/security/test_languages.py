"""Foreign text in files, arguments, shells and terminals: refused, quoted or shown escaped."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from wisp.activation.session import activate
from wisp.activation.shells import SHELLS
from wisp.activation.variables import Activation
from wisp.api.plain_json import quoted
from wisp.cli.completing import _fitting
from wisp.config.keys import normal_url
from wisp.console.live import Row, screen
from wisp.console.output import json_text
from wisp.engine.pylock import parse_pylock
from wisp.engine.uv_options import build_options
from wisp.errors import LockFileError, ManifestError, SolveError
from wisp.exchange.export import CondaEnvironment
from wisp.lock.read import read
from wisp.manifest.read import load_text
from wisp.printable import printable
from wisp.specs.pypi import PypiOptions

pytestmark = pytest.mark.forked

HEAD = '[workspace]\nname = "w"\nchannels = []\nplatforms = ["linux-64"]\n'
#: Row of the audit: what is added to a manifest that has a name, an address or a path in it.
NAMES = {
    "25 url": '[pypi-dependencies]\nx = { url = "https://x.example/x.whl\\n-r /tmp/secret" }',
    "25 folder": '[pypi-dependencies]\nx = { url = "https://x/x.zip", subdirectory = "a\\n-r b" }',
    "26 editable": '[pypi-dependencies]\nx = { url = "https://x.example/x.whl\\n-e ." }',
    "marker": '[pypi-dependencies]\nx = { version = "*", markers = "a\\n-r b" }',
    "git": '[pypi-dependencies]\nx = { git = "https://x.example/x\\n", rev = "a" }',
    "rev": '[pypi-dependencies]\nx = { git = "https://x.example/x", rev = "a\\nb" }',
    "index": '[pypi-options]\nindex-url = "https://x.example/\\u001b]52;c;x\\u0007"',
    "links": '[pypi-options]\nfind-links = [{ path = "a\\nb" }]',
    "27 package": '[dependencies]\n"x\\u001b[2J" = "*"',
    "27 version": '[dependencies]\nx = "1\\r2"',
    "27 task": '[tasks]\n"hi\\u001b[2J" = "echo"',
    "27 folder": '[tasks]\nhi = { cmd = "echo", cwd = "a\\u001b" }',
    "27 environment": '[environments]\n"x\\u001b" = []',
    "29 variable": '[activation.env]\n"X; cmd; Y\\n" = "v"',
    "script": '[activation]\nscripts = ["a\\nb"]',
    "base": '[tool.wisp.image]\nbase = "debian\\nRUN x"',
    "left out": '[tool.wisp.image]\nexclude = ["a\\n!secret"]',
}
FREE = """\
description = "two\\nlines"
[tasks]
short = "echo a\\nb"
long = { cmd = "echo \\u001b[1m", description = "\\u001b]52;c;eA\\u0007" }
[activation.env]
COLOUR = "\\u001b[0m"
"""
LOCK = """\
version: 7
platforms:
- name: linux-64
environments:
  default:
    channels: []
    packages:
      linux-64:
      - conda: https://x.example/noarch/a-1-0.conda
packages:
- conda: https://x.example/noarch/a-1-0.conda
  sha256: {digest}
  {field}: "a\\e[2J"
"""


@pytest.mark.parametrize("row", NAMES)
def test_names_addresses_and_paths_have_no_control_characters(tmp_path: Path, row: str) -> None:
    with pytest.raises(ManifestError, match=r"control character|name"):
        load_text(f"{HEAD}{NAMES[row]}\n", tmp_path / "pixi.toml", "pixi")


def test_commands_descriptions_and_values_may_have_them(tmp_path: Path) -> None:
    load_text(HEAD + FREE, tmp_path / "pixi.toml", "pixi")


@pytest.mark.parametrize("row", ["27 package", "25 url"])
def test_a_pyproject_is_read_alike(tmp_path: Path, row: str) -> None:
    text = f'[project]\nname = "w"\n[tool.other]\nx = "\\u001b"\n[tool.pixi]{HEAD[11:]}'
    text = text.replace("[tool.pixi]", "[tool.pixi.workspace]")
    load_text(text, tmp_path / "pyproject.toml", "pyproject")
    table = NAMES[row].replace("[", "[tool.pixi.", 1)
    with pytest.raises(ManifestError, match="control character"):
        load_text(f"{text}{table}\n", tmp_path / "pyproject.toml", "pyproject")
    text = text.replace('name = "w"\n', 'name = "w"\ndependencies = ["x @ https://x\\n-r y"]\n', 1)
    with pytest.raises(ManifestError, match="control character"):
        load_text(text, tmp_path / "pyproject.toml", "pyproject")


@pytest.mark.parametrize("field", ["name", "version", "build", "subdir", "purls", "noarch"])
def test_a_lock_has_none_in_what_is_used(field: str) -> None:
    with pytest.raises(LockFileError) as caught:
        read(LOCK.format(field=field, digest="0" * 64), "pixi.lock")
    assert "control character" in str(caught.value)


def test_a_licence_may_have_line_breaks() -> None:
    text = LOCK.format(field="license", digest="0" * 64).replace("\\e[2J", "\\nb")
    assert read(text, "pixi.lock").version == 7


def test_an_address_of_the_configuration_has_none() -> None:
    with pytest.raises(ValueError, match="control"):
        normal_url("https://x.example/\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b]52;c;eA==\x07b", "a\\x1b]52;c;eA==\\x07b"),
        ("done\rgone", "done\\rgone"),
        ("a\x9bmb", "a\\x9bmb"),
        ("user\u202etxt", "user\\u202etxt"),
        ("zwei\nZeilen\tä", "zwei\nZeilen\tä"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
    ],
)
def test_what_a_terminal_would_obey_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_colours_stay_where_they_are_wanted_and_nothing_else_does() -> None:
    assert printable("\x1b[1;31mred\x1b[0m", coloured=True) == "\x1b[1;31mred\x1b[0m"
    hiding = ("8", "08", "1;8", "0;08", "30;40", "38;5;0", "97;107", "5", "7")
    for code in (*(f"\x1b[{one}m" for one in hiding), "\x1b[2J", "\x1b]0;x\x07"):
        assert "\x1b" not in printable(code, coloured=True)


@pytest.mark.parametrize("write", [json_text, quoted])
def test_json_says_by_escapes_what_a_terminal_would_obey(write: Callable[[str], str]) -> None:
    text = "\x1b[2J\x7f\x9b2J\u202eä"
    shown = write(text)
    assert json.loads(shown) == text
    assert shown == '"\\u001b[2J\\u007f\\u009b2J\\u202eä"'


def test_yaml_for_conda_says_so_too() -> None:
    text = "\x1b[2J\x7f\x9b2J\u202eä\n"
    environment = CondaEnvironment(name="w", channels=(), conda=(), variables={"A": text})
    (written,) = (line for line in str(environment).splitlines() if "A:" in line)
    assert printable(written) == written
    assert yaml.safe_load(str(environment))["variables"] == {"A": text}


def test_what_completion_and_the_task_shell_say_is_obeyed_by_no_terminal(
    wisp: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "pixi.toml").write_text(
        HEAD + '[tasks]\nt = { cmd = "no\\u001b[2J; cat x\\u009b2J; cd y\\u202e; $(z\\u0007)", '
        'description = "d\\u001b[2J" }\n'
    )
    for words in (("run", "t"), ("run", "--jobs", "2", "t")):
        said = wisp(*words, cwd=tmp_path).stderr
        assert "not found" in said
        assert printable(said) == said, words
    notes = _fitting([("t", "d\x1b[2J\x9b")], "")
    assert notes == [("t", "d\\x1b[2J\\x9b")]


def test_live_rows_are_obeyed_by_no_terminal() -> None:
    row = Row(phase="linking", subject="a\x1b[2J", began=0.0)
    (line,) = screen((row,), None, 1.0, 80, lambda text, _: text)
    assert printable(line) == line


def test_what_a_manifest_names_is_no_option_of_uv() -> None:
    options = PypiOptions(
        no_build=("--index-url",), no_binary=("-r",), no_build_isolation=("--config-file",)
    )
    assert list(build_options(options)) == [
        "--only-binary=--index-url",
        "--no-binary=-r",
        "--no-build-isolation-package=--config-file",
    ]


def test_no_value_of_an_activation_stands_in_the_words_of_a_shell(tmp_path: Path) -> None:
    """Row 43: every user of the machine can read those."""
    script = tmp_path / "look.sh"
    script.write_text("export SEEN=\"$(tr '\\0' ' ' < /proc/$$/cmdline)\"\n")
    activation = Activation("/p", scripts=(str(script),), env={"TOKEN": "s3cret"})
    changes = activate(activation, {"PATH": "/usr/bin:/bin"})
    assert changes.values["TOKEN"] == "s3cret"
    assert "bash" in changes.values["SEEN"]
    assert "s3cret" not in changes.values["SEEN"]


def test_nothing_raw_reaches_the_terminal(wisp: CommandLine, tmp_path: Path) -> None:
    """Row 27, by the commands that show what somebody else has written."""
    evil: dict[str, Any] = {"license": "MIT\x1b]52;c;eA\x07", "summary": "\x1b[2J"}
    made = channel(tmp_path / "channel", [tiny("good", license=evil["license"])])
    folder = tmp_path / "w"
    folder.mkdir()
    manifest = HEAD.replace("[]", f'["{made.as_uri()}"]', 1)
    (folder / "pixi.toml").write_text(f'{manifest}{FREE}[dependencies]\ngood = "*"\n')
    wisp("install", cwd=folder).success()
    for words in (
        ("task", "list"),
        ("task", "list"),
        ("info",),
        ("list",),
        ("list", "--fields", "name,license"),
        ("tree",),
        ("search", "good"),
        ("run", "long"),
        ("run", "long"),
        ("run", "-v", "long"),
        ("run", "nothing-of-that-name"),
    ):
        done = wisp(*words, cwd=folder)
        said = done.stderr if words[0] == "run" else done.stdout + done.stderr
        assert not set(said) & {"\x1b", "\x07", "\r"}, words


@pytest.mark.parametrize("text", ["[[", "packages = 1", "packages = [1]", "[[packages]]\nx = 1\n"])
def test_an_answer_of_uv_that_is_none_is_told_in_words(tmp_path: Path, text: str) -> None:
    with pytest.raises(SolveError, match="cannot be read"):
        parse_pylock(text, tmp_path)


@pytest.mark.parametrize(
    "name", ["a$(touch ran)", "a`touch ran`", "a\\$(touch ran)", "a${x:=`touch ran`}"]
)
@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_prompt_runs_no_name(wisp: CommandLine, tmp_path: Path, shell: str, name: str) -> None:
    """Row 28: the shell itself expands what stands in a prompt, each time it shows it."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell} here")
    (tmp_path / "pixi.toml").write_text(HEAD.replace('"w"', json.dumps(name)))
    wisp("install", cwd=tmp_path).success()
    hook = wisp("shell-hook", "--shell", shell, cwd=tmp_path).success().stdout
    first, shown = {
        "bash": ("", 'printf %s "${PS1@P}"'),
        "zsh": ("setopt prompt_subst", 'print -rP -- "$PS1"'),
    }[shell]
    script = f"{first}\nPS1='$ '\n{hook}\n{shown}\n"
    done = subprocess.run(
        [program, "-c", script],
        cwd=tmp_path,
        env=wisp.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "touch ran" in done.stdout, done.stderr
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("shell", sorted(SHELLS))
@pytest.mark.parametrize("name", ["X; touch ran; Y", "X$(touch ran)", "X[$(touch ran)]", "X Y"])
def test_the_name_of_a_variable_is_no_command(
    wisp: CommandLine, tmp_path: Path, shell: str, name: str
) -> None:
    """Row 29, where nothing in the name is a control character."""
    (tmp_path / "pixi.toml").write_text(
        f'{HEAD}[activation.env]\n"{name}" = "evil"\nGOOD = "good"\n'
    )
    hook = wisp("shell-hook", "--shell", shell, cwd=tmp_path).success().stdout
    assert "good" in hook
    assert "evil" not in hook
    assert "touch ran" not in hook
