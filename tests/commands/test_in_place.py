"""`activate` and `deactivate` in real shells: what was there is there again, byte for byte."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.sandbox import CommandLine
from tests.tiny import channel, tiny
from tools.forge.archive import text

pytestmark = pytest.mark.forked

SHELLS = ("bash", "zsh", "fish", "dash")
#: What an activation overwrites, takes away or leaves alone, with all that a variable may hold.
EVERY_BYTE = bytes(range(1, 256))
ODD = {
    "OVERWRITTEN": b" a'b\"c\\d=e\n$HOME `x` \xff\xfe!\n\n",
    "TAKEN_AWAY": EVERY_BYTE,
    "LEFT_ALONE": EVERY_BYTE,
    "WAS_EMPTY": b"",
    "BECOMES_EMPTY": b"\n",
    "BASH_FUNC_mine%%": b"() {  echo mine\n}",
}
MANIFEST = """\
[workspace]
name = "w"
channels = ["{channel}"]
platforms = ["linux-64"]
[dependencies]
good = "*"
[activation]
scripts = ["hi.sh"]
[activation.env]
OVERWRITTEN = "new"
WAS_EMPTY = "full"
BECOMES_EMPTY = ""
NEW = "it's\\n \\"new\\" = \\\\"
[environments]
test = []
"""
SCRIPT = """\
export BYTES=$'\\x80\\x81\\x88\\xff\\n'
unset TAKEN_AWAY
mine() { echo other; }
export PATH="$PATH:/at/the end"
"""


@dataclass(frozen=True)
class Shell:
    """A shell that is ready to be activated, and what it says of its environment."""

    name: str
    wisp: CommandLine
    folder: Path

    def environment(self) -> dict[bytes, bytes]:
        """Return the variables that the shell starts with."""
        program = str(self.wisp.executable.parent)
        path = f"{program}:/usr/bin:/bin::/odd \N{SNOWMAN}'"
        known = {name.encode(): value.encode() for name, value in self.wisp.environment().items()}
        odd = {name.encode(): value for name, value in ODD.items()}
        return known | odd | {b"PATH": path.encode()}

    def run(self, lines: str) -> str:
        """Evaluate lines in a shell that has read what `shell-init` prints; give its stdout."""
        done = self.ended(lines)
        assert done.stderr == b"", done.stderr.decode(errors="replace")
        return done.stdout.decode(errors="surrogateescape")

    def ended(self, lines: str) -> subprocess.CompletedProcess[bytes]:
        """Evaluate lines likewise, and give all that came of it."""
        name = "sh" if self.name == "dash" else self.name
        text = self.wisp("shell-init", name, cwd=self.folder).success().stdout
        script = self.folder / "script"
        script.write_text(f"{text}\n{lines}")
        words = {"zsh": ["zsh", "-f"], "fish": ["fish", "--no-config"]}
        return subprocess.run(
            [*words.get(self.name, [self.name]), str(script)],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            check=False,
        )

    def dumped(self, name: str) -> dict[bytes, bytes]:
        """Return the variables that a program got that the shell started, by the file's name."""
        rows = (self.folder / name).read_bytes().split(b"\0")
        return dict(row.partition(b"=")[::2] for row in rows if row)


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, wisp: CommandLine, tmp_path: Path) -> Shell:
    name: str = request.param
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    made = channel(tmp_path / "channel", [tiny("good", files=(text("share/good.txt", "good"),))])
    for folder in ("w", "other"):
        (tmp_path / folder).mkdir()
        manifest = MANIFEST.format(channel=made.as_uri())
        (tmp_path / folder / "pixi.toml").write_text(manifest.replace('"w"', f'"{folder}"'))
        (tmp_path / folder / "hi.sh").write_text(SCRIPT)
    return Shell(name, wisp, tmp_path / "w")


def test_all_is_as_before(shell: Shell) -> None:
    said = shell.run(
        "/usr/bin/env -0 >before\n"
        "wisp activate\n"
        'echo "$PIXI_PROJECT_NAME $OVERWRITTEN [$BECOMES_EMPTY]"\n'
        "/usr/bin/env -0 >inside\n"
        "wisp deactivate\n"
        "/usr/bin/env -0 >after\n"
    )
    assert said == "w new []\n"
    before, inside, after = map(shell.dumped, ("before", "inside", "after"))
    assert after == before
    assert before[b"LEFT_ALONE"] == EVERY_BYTE
    assert inside[b"BYTES"] == b"\x80\x81\x88\xff\n"
    assert inside[b"NEW"] == b'it\'s\n "new" = \\'
    assert b"TAKEN_AWAY" not in inside
    folder = os.fsencode(shell.folder / ".pixi/envs/default/bin")
    assert inside[b"PATH"] == folder + b":" + before[b"PATH"] + b":/at/the end"


def test_again_and_another_one_leave_to_where_it_began(shell: Shell) -> None:
    shell.run(
        "/usr/bin/env -0 >before\n"
        "wisp activate\nwisp activate\n/usr/bin/env -0 >twice\n"
        "wisp activate -e test\n/usr/bin/env -0 >test\n"
        "wisp activate ../other\n/usr/bin/env -0 >other\n"
        "wisp deactivate\n/usr/bin/env -0 >after\n"
    )
    assert shell.dumped("after") == shell.dumped("before")
    for name, environment, root in (
        ("twice", b"default", shell.folder),
        ("test", b"test", shell.folder),
        ("other", b"default", shell.folder.parent / "other"),
    ):
        found = shell.dumped(name)
        assert found[b"CONDA_SHLVL"] == b"1"
        assert found[b"PIXI_ENVIRONMENT_NAME"] == environment
        assert found[b"PIXI_PROJECT_ROOT"] == os.fsencode(root)
        assert found[b"PATH"].count(b"/.pixi/envs/") == 1


def test_what_the_user_changes_meanwhile_stays(shell: Shell) -> None:
    change = {
        "fish": "set -gx PATH /mine $PATH\nset -gx NEW 'my own'\nset -e OVERWRITTEN\n"
        "set -gx LATER yes\n"
    }.get(
        shell.name,
        "export PATH=\"/mine:$PATH\"\nexport NEW='my own'\nunset OVERWRITTEN\nexport LATER=yes\n",
    )
    shell.run(
        f"/usr/bin/env -0 >before\nwisp activate\n{change}wisp deactivate\n/usr/bin/env -0 >after\n"
    )
    before, found = shell.dumped("before"), shell.dumped("after")
    assert found[b"NEW"] == b"my own"
    assert found[b"LATER"] == b"yes"
    assert b"OVERWRITTEN" not in found
    assert found[b"PATH"] == b"/mine:" + before[b"PATH"]
    assert found[b"TAKEN_AWAY"] == EVERY_BYTE


def test_a_shell_inside_can_leave_too(shell: Shell) -> None:
    program = {"dash": "dash", "zsh": "zsh -f", "fish": "fish --no-config"}.get(shell.name, "bash")
    name = "sh" if shell.name == "dash" else shell.name
    load = "| source" if shell.name == "fish" else ""
    ready = f"wisp shell-init {name} {load}" if load else f'eval "$(wisp shell-init {name})"'
    shell.run(
        f"/usr/bin/env -0 >before\nwisp activate\n{program} -c '{ready}; wisp deactivate; "
        "/usr/bin/env -0 >after'\n"
    )
    before, after = shell.dumped("before"), shell.dumped("after")
    for one in (before, after):
        one.pop(b"SHLVL", None)
        one.pop(b"_", None)
    assert after == before


def test_what_is_not_exported_functions_and_aliases_stay(shell: Shell) -> None:
    if shell.name == "fish":
        said = shell.run(
            "function mine; echo mine; end\nset -g NEW a b\n"
            "wisp activate\nwisp deactivate\nmine\n"
            "echo (count $NEW) $NEW; set -qx NEW; or echo inward\n"
        )
        assert said == "mine\n2 a b\ninward\n"
        return
    said = shell.run(
        "mine() { echo mine; }\nalias export='false' unset='false' eval='false'\n"
        "NEW='a  b'\nwisp activate\nwisp deactivate\nmine\n"
        "echo \"$NEW\"\n/usr/bin/env | grep -c '^NEW=' || :\n"
    )
    assert said == "mine\na  b\n0\n"


def test_a_failure_changes_nothing_and_is_told(shell: Shell) -> None:
    status = "$status" if shell.name == "fish" else "$?"
    done = shell.ended(
        "/usr/bin/env -0 >before\n"
        f"wisp activate nowhere\necho {status}\n"
        f"wisp deactivate\necho {status}\n"
        "wisp activate --help >help\n"
        "/usr/bin/env -0 >after\n"
    )
    assert done.stdout == b"1\n1\n"
    assert shell.dumped("after") == shell.dumped("before")
    errors = done.stderr.decode()
    assert "'nowhere' is neither a registered workspace nor a folder" in errors
    assert "nothing is active" in errors
    assert "Usage:" in (shell.folder / "help").read_text()


def test_a_registered_name_works_from_anywhere(shell: Shell, wisp: CommandLine) -> None:
    wisp("workspace", "register", cwd=shell.folder).success()
    said = shell.run(
        "cd /\nwisp activate w -e test\necho $PIXI_PROJECT_NAME $PIXI_ENVIRONMENT_NAME\n"
    )
    assert said == "w test\n"


def test_a_changed_environment_is_taken_up(shell: Shell) -> None:
    said = shell.run(
        "wisp activate\n"
        "sed -i 's/^WAS_EMPTY.*/NEWER = \"yes\"/' pixi.toml\n"
        'wisp install -q >log 2>&1\necho "[$NEWER] [$WAS_EMPTY]"\n'
        'wisp deactivate\necho "[$NEWER]"\n'
    )
    assert said == "[yes] []\n[]\n"


def test_without_the_shells_help_a_line_is_named(wisp: CommandLine, tmp_path: Path) -> None:
    for command in ("activate", "deactivate"):
        done = wisp(command, cwd=tmp_path, env={"SHELL": "/bin/zsh"})
        assert done.code == 2
        assert 'eval "$(wisp shell-init' in done.stderr


def test_the_hook_for_programs_leaves_the_function_in_place(shell: Shell) -> None:
    if shell.name not in ("bash", "zsh"):
        pytest.skip("a shell of POSIX with more words than its hook needs")
    said = shell.run(
        'eval "$(wisp shell-hook)"\nwisp activate\nwisp deactivate\necho "$PIXI_IN_SHELL"\n'
    )
    assert said == "1\n"
