"""Templates in commands, variables, patterns and arguments (MiniJinja, undefined is an error)."""

from __future__ import annotations

from wisp.errors import TaskError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    import minijinja

    from wisp.tasks.args import Arguments

#: Without one of these a text is no template, and the template engine is never loaded.
MARKS = ("{{", "{%", "{#")

#: Two braces that a template leaves alone.
LITERAL_BRACES = "`{{ '{{' }}` and `{{ '}}' }}`"

#: Steps of the template engine, a second's work: loops within loops have no end of their own.
_FUEL = 10_000_000
#: Characters of a template: the engine's stack bears some twenty thousand operators in a row.
_LONGEST = 16_384

#: Characters of what comes of it: far more than a system takes as one argument.
_LONGEST_RESULT = 1 << 20

#: How the template engine words a name that is no value; names with dots are not arguments.
_UNKNOWN = "undefined value: `", "` is undefined"


class Context:
    """What templates of one call may refer to, besides its arguments.

    `platform` is the name of the platform that the task is run for, `system` its family (`linux`,
    `osx`, `win` or another), `init_cwd` the caller's directory, `release` that of Pixi which is
    followed.
    """

    __slots__ = ("environment", "init_cwd", "manifest", "platform", "release", "system")

    def __init__(
        self,
        *,
        platform: str,
        system: str,
        environment: str,
        manifest: str,
        init_cwd: str,
        release: str,
    ) -> None:
        self.platform = platform
        self.system = system
        self.environment = environment
        self.manifest = manifest
        self.init_cwd = init_cwd
        self.release = release

    def variables(self) -> dict[str, object]:
        """The table `pixi` of a template."""
        return {
            "platform": self.platform,
            "environment": {"name": self.environment},
            "manifest_path": self.manifest,
            "version": self.release,
            "init_cwd": self.init_cwd,
            "is_win": self.system == "win",
            "is_unix": self.system != "win",
            "is_linux": self.system == "linux",
            "is_osx": self.system == "osx",
        }


def render(text: str, context: Context, arguments: Arguments) -> str:
    """Fill in a text. Raises `TaskError` for a faulty template or an unknown variable."""
    if not any(mark in text for mark in MARKS):
        return text
    if len(text) > _LONGEST:
        raise TaskError(
            f"a text with placeholders is longer than {_LONGEST} characters",
            hints=("put it into a file, and run that with the arguments",),
        )
    import minijinja

    from wisp.compat import CompatLevel

    engine = minijinja.Environment(undefined_behavior="strict", filters={"title": _title})
    engine.fuel = _FUEL
    if not CompatLevel(context.release).has("templates print truth as Python does"):
        engine.finalizer = _plainly
        engine.add_filter("string", lambda value: _plain(value) or str(value))
        engine.add_filter("join", _join)
    values: dict[str, object] = {"pixi": context.variables()}
    values.update(arguments.named or ())
    try:
        rendered: str = engine.render_str(text, **values)
    except minijinja.TemplateError as error:
        raise TaskError(
            "failed to replace argument placeholders",
            causes=(_marked(text, error.range), error.message),
            hints=_hints(error),
        ) from error
    if len(rendered) > _LONGEST_RESULT:
        raise TaskError(f"a placeholder makes a text longer than {_LONGEST_RESULT} characters")
    return rendered


def _hints(error: minijinja.TemplateError) -> tuple[str, ...]:
    """Tell how an argument is declared, where a name is unknown, and how braces are written."""
    braces = f"braces that are meant for the command are written {LITERAL_BRACES}"
    before, after = _UNKNOWN
    unknown = error.message.removeprefix(before).partition(after)[0]
    if not error.message.startswith(f"{before}{unknown}{after}") or not unknown.isidentifier():
        return (braces,)
    return (f'an argument is declared with the task: `args = ["{unknown}"]`', braces)


def _plainly(value: object) -> object:
    """Print truth as Pixi 0.77.0 does; what holds none is left to the engine."""
    text = _plain(value)
    return NotImplemented if text is None else text


def _plain(value: object) -> str | None:
    """Spell `true`, `false` and `none`, also inside lists and maps; None for all else."""
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_inside, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_inside(key)}: {_inside(one)}' for key, one in value.items())}}}"
    return None


def _inside(value: object) -> str:
    return _plain(value) or repr(value)


def _join(values: Iterable[object], between: str = "") -> str:
    """Join as the engine does, whose steps do not count what is done here."""
    texts = [_plain(value) or str(value) for value in values]
    if sum(map(len, texts)) + len(between) * len(texts) > _LONGEST_RESULT:
        raise TaskError(f"`join` makes a text of more than {_LONGEST_RESULT} characters")
    return between.join(texts)


#: What `string.punctuation` has, whose module loads `re`.
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def _title(value: object) -> str:
    """Raise a letter at the start and behind each blank and mark of punctuation, lower others."""
    letters: list[str] = []
    raised = True
    for letter in str(value):
        letters.append(letter.upper() if raised else letter.lower())
        raised = letter.isspace() or letter in _PUNCTUATION
    return "".join(letters)


def _marked(text: str, faulty: tuple[int, int] | None) -> str:
    """Show a command with the part that cannot be replaced marked below it."""
    line, told = text, "this part can't be replaced"
    start, end = faulty or (0, len(text.encode()))
    column = len(text.encode()[:start].decode(errors="ignore"))
    length = max(1, len(text.encode()[start:end].decode(errors="ignore")))
    if "\n" in text:
        return f"{told}: {text.encode()[start:end].decode(errors='ignore')}"
    return f"{line}\n{' ' * column}{'~' * length} {told}"
