"""What may go wrong around a script: signals, closed descriptors, full pipes, lost folders."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wisp.taskshell.parser import parse
from wisp.taskshell.shell import Shell

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and tools of POSIX")

HOST = """
import os, signal, sys
from wisp.taskshell.parser import parse
from wisp.taskshell.shell import Shell
shell = Shell(os.getcwd(), dict(os.environ))
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGQUIT):
    signal.signal(number, lambda number, frame: shell.signal(number))
os._exit(shell.run(parse(sys.argv[1])))
"""
LIMIT = 20
"""Far more seconds than any of these scripts needs: reaching it means that the shell hangs."""


class Host:
    """A process that runs one script and passes signals on, as the command line does."""

    def __init__(
        self,
        script: str,
        folder: Path,
        *,
        stdin: int | None = None,
        stdout: int | None = subprocess.PIPE,
        stderr: int | None = subprocess.PIPE,
    ) -> None:
        command = [sys.executable, "-c", HOST, script]
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
        )
        self.folder = folder

    def wait_for(self, name: str) -> None:
        """Wait until the script has made a file."""
        end = time.monotonic() + LIMIT
        while not (self.folder / name).exists():
            assert time.monotonic() < end, "the script did not come that far"
            time.sleep(0.005)

    def end(self, signum: int | None = None) -> tuple[int, str]:
        """Give exit code and output; a signal is sent first."""
        if signum is not None:
            self.process.send_signal(signum)
        try:
            stdout, _ = self.process.communicate(timeout=LIMIT)
        finally:
            self.process.kill()
        return self.process.returncode, (stdout or b"").decode()


def run(script: str, folder: Path, **options: int | None) -> tuple[int, str]:
    return Host(script, folder, **options).end()


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_an_ending_signal_reaches_the_child_and_starts_nothing_more(
    tmp_path: Path, signum: int
) -> None:
    host = Host("touch on; /bin/sleep 30; echo never", tmp_path)
    host.wait_for("on")
    time.sleep(0.05)
    assert host.end(signum) == (128 + signum, "")


def test_a_child_that_ignores_the_signal_is_waited_for(tmp_path: Path) -> None:
    work = "trap 'touch got' TERM; touch on; until test -e got; do sleep 0.01; done; echo survived"
    host = Host(f'sh -c "{work}"; echo never', tmp_path)
    host.wait_for("on")
    assert host.end(signal.SIGTERM) == (128 + signal.SIGTERM, "survived\n")


@pytest.mark.parametrize("signum", [signal.SIGHUP, signal.SIGUSR1])
def test_after_other_signals_the_list_goes_on(tmp_path: Path, signum: int) -> None:
    host = Host("sh -c 'touch on; exec sleep 30'; echo $?", tmp_path)
    host.wait_for("on")
    time.sleep(0.05)
    assert host.end(signum) == (0, f"{128 + signum}\n")


def test_builtins_ignore_other_signals(tmp_path: Path) -> None:
    host = Host("touch on; sleep 0.3; echo after", tmp_path)
    host.wait_for("on")
    assert host.end(signal.SIGHUP) == (0, "after\n")


@pytest.mark.parametrize(
    "waiting", ["sleep 30", "cat", "cat | cat", "echo $(cat)", "head", "xargs"]
)
def test_an_ending_signal_ends_what_builtins_wait_for(tmp_path: Path, waiting: str) -> None:
    reading, writing = os.pipe()
    try:
        host = Host(f"touch on; {waiting}; echo never", tmp_path, stdin=reading)
        host.wait_for("on")
        time.sleep(0.02)
        assert host.end(signal.SIGTERM) == (128 + signal.SIGTERM, "")
    finally:
        os.close(reading)
        os.close(writing)


def test_a_signal_ends_all_parts_of_a_pipeline_and_the_background(tmp_path: Path) -> None:
    script = "sleep 30 & /bin/sleep 30 & touch on; (/bin/sleep 30; true) | cat | (sleep 30)"
    host = Host(script, tmp_path)
    host.wait_for("on")
    time.sleep(0.05)
    assert host.end(signal.SIGTERM) == (128 + signal.SIGTERM, "")


def test_a_child_of_a_child_that_keeps_the_pipe_does_not_hold_the_shell(tmp_path: Path) -> None:
    host = Host(
        "sh -c 'sleep 25 & touch on; wait' | cat; echo never", tmp_path, stdout=None, stderr=None
    )
    host.wait_for("on")
    begun = time.monotonic()
    assert host.end(signal.SIGTERM)[0] == 128 + signal.SIGTERM
    assert time.monotonic() - begun < 20


def test_a_full_pipe_does_not_hold_the_shell(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    (tmp_path / "big").write_bytes(b"x" * (1 << 20))
    try:
        host = Host("touch on; cat big; echo never", tmp_path, stdout=writing)
        host.wait_for("on")
        time.sleep(0.1)
        assert host.end(signal.SIGTERM)[0] == 128 + signal.SIGTERM
    finally:
        os.close(reading)
        os.close(writing)


def test_a_reader_that_is_gone_ends_builtins_and_processes_quietly(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    host = Host("yes; echo $? >&2; cat /dev/zero; echo $? >&2", tmp_path, stdout=writing)
    os.close(writing)
    _, stderr = host.process.communicate(timeout=LIMIT)
    assert stderr.decode() == "141\n141\n"


def test_a_closed_input_reads_as_empty(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOST, "cat; wc -c < /dev/null; echo a | cat; echo $(echo b)"]
    closed = ["sh", "-c", 'exec "$@" <&-', "sh", *command]
    done = subprocess.run(closed, cwd=tmp_path, capture_output=True, text=True, timeout=LIMIT)
    assert (done.returncode, done.stdout.split()) == (0, ["0", "a", "b"])


def test_a_closed_output_harms_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOST, "echo a; ls > f; echo b | cat > g; cat g > h"]
    closed = ["sh", "-c", 'exec "$@" >&- 2>&-', "sh", *command]
    assert subprocess.run(closed, cwd=tmp_path, timeout=LIMIT).returncode == 0
    assert (tmp_path / "h").read_text() == "b\n"


def test_a_folder_that_was_removed(tmp_path: Path) -> None:
    script = "mkdir d; cd d; rm -r ../d; ls; echo $?; echo x > f; echo $?; cd ..; ls"
    assert run(script, tmp_path) == (0, "1\n1\n")


def test_the_folder_of_the_process_itself_is_kept(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    before = os.getcwd()
    with (tmp_path / "out").open("wb") as out:
        shell = Shell(str(tmp_path), {"PATH": "/usr/bin:/bin"}, stdout=out.fileno())
        assert shell.run(parse("cd d; pwd; /bin/pwd")) == 0
    assert os.getcwd() == before
    assert (tmp_path / "out").read_text() == f"{tmp_path}/d\n" * 2


def test_fifty_piped_subshells_inside_each_other(tmp_path: Path) -> None:
    script = "echo deep"
    for _ in range(50):
        script = f"({script} | cat)"
    assert run(f"{script} | cat", tmp_path) == (0, "deep\n")


def test_fifty_piped_subshells_to_the_right(tmp_path: Path) -> None:
    script = "cat"
    for _ in range(50):
        script = f"(cat | {script})"
    assert run(f"echo deep | {script}", tmp_path) == (0, "deep\n")


def test_nesting_beyond_the_stack_is_refused() -> None:
    from wisp.taskshell.errors import ShellSyntaxError

    with pytest.raises(ShellSyntaxError, match="Nested too deeply"):
        parse("(" * 2000 + "a" + ")" * 2000)


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    script = "echo $(echo a | cat) > f; (cat f; true) | cat < f & cat no 2> e; ls >> f; yes | head"
    with (tmp_path / "out").open("wb") as out:
        for _ in range(2):
            before = len(os.listdir("/proc/self/fd"))
            shell = Shell(str(tmp_path), {"PATH": "/usr/bin:/bin"}, stdout=out.fileno())
            assert shell.run(parse(script)) == 0
            assert len(os.listdir("/proc/self/fd")) == before


def test_output_of_processes_is_not_held_back(tmp_path: Path) -> None:
    host = Host("sh -c 'echo first; exec sleep 30' | cat", tmp_path)
    assert host.process.stdout is not None
    assert host.process.stdout.readline() == b"first\n"
    host.end(signal.SIGTERM)


def test_a_terminal_stays_a_terminal(tmp_path: Path) -> None:
    import pty

    master, slave = pty.openpty()
    script = "sh -c 'test -t 0 && test -t 1 && echo terminal'; (sh -c 'test -t 1 && echo too')"
    host = Host(script, tmp_path, stdin=slave, stdout=slave, stderr=None)
    os.close(slave)
    assert host.process.wait(LIMIT) == 0
    assert os.read(master, 1000) == b"terminal\r\ntoo\r\n"
    os.close(master)
