"""A hook of `shell-hook` works in the real shells that Debian has."""

from __future__ import annotations

import subprocess
from pathlib import Path

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
