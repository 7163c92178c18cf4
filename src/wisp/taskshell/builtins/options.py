"""`set` and `shopt`."""

from __future__ import annotations

from wisp.taskshell.builtins.call import CommandError
from wisp.taskshell.state import GLOB_OPTIONS, SHELL_OPTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.taskshell.builtins.call import BuiltinCall


def set_(call: BuiltinCall) -> int:
    """Switch `errexit` and `pipefail`, or list them; a wrong word changes nothing."""
    if call.arguments == ["-o"]:
        for option in SHELL_OPTIONS:
            call.print(f"{option}\t{_word(call, option)}")
    elif call.arguments == ["+o"]:
        for option in SHELL_OPTIONS:
            sign = "-" if option in call.state.options else "+"
            call.print(f"set {sign}o {option}")
    else:
        for option, on in _switches(call.arguments):
            for state in call.states:
                state.switch(option, on)
    return 0


def shopt(call: BuiltinCall) -> int:
    """Switch the options of globs with `-s` and `-u`, or tell how they are."""
    switches = {argument for argument in call.arguments if argument in ("-s", "-u")}
    names = [argument for argument in call.arguments if argument not in switches]
    for name in names:
        if name not in GLOB_OPTIONS:
            raise CommandError(f"{name}: invalid shell option name")
    if len(switches) > 1:
        raise CommandError("cannot set and unset options at the same time")
    if not switches:
        return _tell(call, names)
    if not names:
        raise CommandError("missing shell option name")
    for name in names:
        for state in call.states:
            state.switch(name, "-s" in switches)
    return 0


def _tell(call: BuiltinCall, names: list[str]) -> int:
    for name in names or GLOB_OPTIONS:
        call.print(f"{name}\t{_word(call, name)}")
    return 0 if all(name in call.state.options for name in names) else 1


def _word(call: BuiltinCall, option: str) -> str:
    return "on" if option in call.state.options else "off"


def _switches(arguments: list[str]) -> list[tuple[str, bool]]:
    found = []
    words = iter(arguments)
    for word in words:
        if word in ("-e", "+e"):
            option = "errexit"
        elif word in ("-o", "+o"):
            option = next(words, "")
            if option not in SHELL_OPTIONS:
                raise CommandError(f"unknown option: {option}")
        else:
            raise CommandError(f"invalid option: {word}")
        found.append((option, word.startswith("-")))
    return found
