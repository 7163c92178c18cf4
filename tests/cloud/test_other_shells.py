"""A hook of `shell-hook` works in the real shells that Debian has."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from tests.cloud.needs import need
from tests.sandbox import CommandLine

MANIFEST = """\
[workspace]
name = "shells"
channels = []
platforms = ["linux-64"]


"""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_hook_sets_variables_in_a_real_shell(
    shell: str, wisp: CommandLine, tmp_path: Path
) -> None:
    need(shell)
    (tmp_path / "pixi.toml").write_text(MANIFEST)
    hook = wisp("shell-hook", "--shell", shell, cwd=tmp_path).success().stdout
    script = tmp_path / "script"
    script.write_text(hook + '\nprintf "%s" "$PIXI_PROJECT_NAME"\n')

    done = subprocess.run(
        [shell, str(script)],
        cwd=tmp_path,
        env=wisp.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stdout == "shells"
    assert done.stderr == ""


#: How each shell is started with a file, keeps what a program prints, and says where it is.
NESTED = {
    "bash": (["bash"], "{call} > {file}", 'printf "%s" "$PIXI_PROJECT_NAME|$PATH"'),
    "zsh": (["zsh"], "{call} > {file}", 'printf "%s" "$PIXI_PROJECT_NAME|$PATH"'),
    "fish": (
        ["fish"],
        "{call} > {file}",
        'printf "%s" "$PIXI_PROJECT_NAME|$(string join : $PATH)"',
    ),
    "xonsh": (
        ["xonsh", "--no-rc"],
        "{call} > {file}",
        'print($PIXI_PROJECT_NAME + "|" + ":".join($PATH), end="")',
    ),
    "nu": (
        ["nu", "--no-config-file"],
        "^{call} | save --force {file}",
        "print --no-newline $\"($env.PIXI_PROJECT_NAME)|($env.PATH | str join ':')\"",
    ),
    "pwsh": (
        ["pwsh", "-NoProfile", "-File"],
        "& {call} > {file}",
        'Write-Host -NoNewline "$($Env:PIXI_PROJECT_NAME)|$($Env:PATH)"',
    ),
}
HOOK_NAMES = {"nu": "nushell", "pwsh": "powershell"}


@pytest.mark.parametrize("shell", NESTED)
def test_a_second_workspace_takes_the_place_of_the_first(
    shell: str, wisp: CommandLine, tmp_path: Path
) -> None:
    need(shell)
    start, keep, tell = NESTED[shell]
    name = HOOK_NAMES.get(shell, shell)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        text = MANIFEST.replace("shells", folder)
        (tmp_path / folder / "pixi.toml").write_text(text)
    first = wisp("shell-hook", "--shell", name, cwd=tmp_path / "one").success().stdout
    second, script = tmp_path / "second", tmp_path / f"script.{'ps1' if shell == 'pwsh' else 'x'}"

    def run(body: str) -> str:
        script.write_text(first + body + "\n")
        done = subprocess.run(
            [*start, str(script)],
            cwd=tmp_path,
            env=wisp.environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return done.stdout

    call = f"{wisp.executable} shell-hook --manifest-path {tmp_path}/two --shell {name}"
    run(keep.format(call=call, file=second))
    project, _, path = run(second.read_text() + tell).partition("|")
    assert project == "two"
    ours = [part for part in path.split(":") if part.startswith(str(tmp_path))]
    assert ours == [f"{tmp_path}/two/.pixi/envs/default/bin"]


#: What no shell may take for its own: substitutions, quotes, expressions of xonsh.
ODD = "n $(touch Z) `touch W` 'q\" \\b @(1+1) {x} $HOME %PATH% \u00e9"
SCRIPT = "export FROM_SCRIPT=\"tab\there $(printf 'a\\nb') @(2) \\\\ '\"\n"
TOLD = ("ODD", "FROM_SCRIPT", "PIXI_PROJECT_NAME", "PIXI_PROJECT_ROOT", "CONDA_PREFIX")
DUMP = "import json, os; print(json.dumps({{k: os.environ.get(k) for k in {names}}}))"


def odd_workspace(parent: Path) -> Path:
    """A workspace whose name, folder, variables and script have all that could be executed."""
    root = parent / "a $(touch X) `touch Y` 'q\" \\z;& @(1)"
    root.mkdir()
    value = ODD.replace("\\", "\\\\").replace('"', '\\"')
    variable = "line 'q' \\\" @(1+1) \u00e9 end"
    (root / "pixi.toml").write_text(
        f'[workspace]\nname = "{value}"\nchannels = []\nplatforms = ["linux-64"]\n'
        f'[activation]\nscripts = ["s.sh"]\n[activation.env]\nODD = "{variable}"\n'
    )
    (root / "s.sh").write_text(SCRIPT)
    return root


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "xonsh", "nu", "pwsh"])
def test_nothing_of_a_name_is_executed_and_all_shells_agree(
    shell: str, wisp: CommandLine, tmp_path: Path
) -> None:
    need(shell)
    root = odd_workspace(tmp_path)
    told = json.loads(wisp("shell-hook", "--json", cwd=root).success().stdout)
    known = told["environment_variables"]
    assert known["PIXI_PROJECT_NAME"] == ODD
    name = HOOK_NAMES.get(shell, shell)
    hook = wisp("shell-hook", "--shell", name, cwd=root).success().stdout
    dump, script = tmp_path / "dump.py", tmp_path / f"script.{'ps1' if shell == 'pwsh' else 'x'}"
    dump.write_text(DUMP.format(names=TOLD))
    call = {"nu": "^", "pwsh": "& "}.get(shell, "")
    script.write_text(f"{hook}\n{call}{sys.executable} -I {dump}\n")
    done = subprocess.run(
        [*NESTED[shell][0], str(script)],
        cwd=root,
        env=wisp.environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert json.loads(done.stdout) == {one: known[one] for one in TOLD}
    assert sorted(path.name for path in root.iterdir()) == [
        ".pixi",
        "pixi.lock",
        "pixi.toml",
        "s.sh",
    ]


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("xonsh", 'print("<" + $PIXI_PROJECT_NAME + "|" + $MARK + ">")'),
        ("fish", 'echo "<$PIXI_PROJECT_NAME|$MARK>"'),
        ("elvish", 'echo "<$PIXI_PROJECT_NAME|$MARK>"'),  # bash opens
    ],
)
def test_a_shell_opens_in_the_environment(
    shell: str, line: str, wisp: CommandLine, tmp_path: Path
) -> None:
    """`shell` starts the shell that called; where it cannot be activated, one that can."""
    need(shell)
    text = MANIFEST + '[activation]\nscripts = ["s.sh"]\n'
    (tmp_path / "pixi.toml").write_text(text)
    (tmp_path / "s.sh").write_text("export MARK=set\n")
    wisp("lock", cwd=tmp_path).success()
    child = pexpect.spawn(
        str(wisp.executable),
        ["shell"],
        cwd=str(tmp_path),
        env=wisp.environment({"SHELL": shutil.which(shell) or "", "TERM": "dumb"}),
        dimensions=(40, 200),
        encoding="utf-8",
        timeout=60,
    )
    child.sendline(line)
    child.expect_exact("<shells|set>")
    child.sendline("exit")
    child.expect(pexpect.EOF)
    child.close()
