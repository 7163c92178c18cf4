"""Each case is a process of its own, since signals belong to processes."""

from __future__ import annotations

import signal
import subprocess
import sys
import warnings
from pathlib import Path
from types import ModuleType

import pytest

from wisp.cli.interrupts import Ended, _Watch, behind

_LOST = """
import os, time, weakref
from wisp.cli.interrupts import watch

watch()

class Thing:
    pass

thing = Thing()
alive = weakref.ref(thing, lambda _: os.kill(os.getpid(), {number}))
try:
    del thing
    time.sleep({seconds})
except KeyboardInterrupt as error:
    print(error.word)
"""


def _run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (signal.SIGINT, "interrupted"),
        (signal.SIGTERM, "terminated"),
        (signal.SIGHUP, "hung up"),
    ],
)
def test_a_signal_during_a_callback_is_not_lost(number: int, word: str) -> None:
    done = _run(_LOST.format(number=int(number), seconds=60))
    assert (done.stdout, done.stderr) == (f"{word}\n", "")


def test_other_faults_of_callbacks_are_told_as_ever() -> None:
    assert "TypeError" in _run(_LOST.format(number="'no number'", seconds=0)).stderr


def test_a_second_signal_does_not_disturb_the_clean_up() -> None:
    done = _run(
        "import os, time; from wisp.cli.interrupts import watch\n"
        "watch()\n"
        "try:\n    os.kill(os.getpid(), 2)\n    time.sleep(60)\n"
        "except KeyboardInterrupt:\n    os.kill(os.getpid(), 15); print('cleaned')"
    )
    assert done.stdout == "cleaned\n"


def test_an_ignored_hangup_stays_ignored() -> None:
    done = _run(
        "import os, signal; from wisp.cli.interrupts import watch\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN); watch()\n"
        "os.kill(os.getpid(), signal.SIGHUP); print('here')"
    )
    assert done.stdout == "here\n"


def test_an_interrupt_is_found_behind_what_python_makes_of_it() -> None:
    class Descriptor:
        def __set_name__(self, owner: type, name: str) -> None:
            raise Ended(15)

    with pytest.raises(BaseException) as caught:  # noqa: PT011 - which one depends on the version
        type("Owner", (), {"field": Descriptor()})
    ended = behind(caught.value)
    assert ended is not None
    assert ended.code == 143
    assert isinstance(behind(KeyboardInterrupt()), Ended)
    assert behind(ValueError()) is None


def test_a_signal_that_meets_a_module_half_loaded_is_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Python loads `warnings` for its own sake: functions are there before what they use is."""
    begun, rest, _ = Path(warnings.__file__).read_text("utf-8").partition("class _OptionError")
    if not rest:
        pytest.skip("this Python has the functions of `warnings` in another file")
    half = ModuleType("warnings")
    exec(begun, half.__dict__)
    assert hasattr(half, "simplefilter")
    answered = False
    with monkeypatch.context() as patched:  # pytest itself needs the whole module
        patched.setitem(sys.modules, "warnings", half)
        try:
            _Watch().raise_ended(signal.SIGTERM, None)
        except Ended:
            answered = True
        except Exception:  # of the half module; pytest could not tell of it now
            pass
    assert answered
