"""The words that a task is called with, and how they fill its declared arguments."""

from __future__ import annotations

from wisp.errors import TaskError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from wisp.specs.task import Task, TaskArg


class Arguments:
    """Values for one call of a task.

    `named` has those of declared arguments, None where the task declares none; `extra` words are
    appended to the command.
    """

    __slots__ = ("extra", "named")

    def __init__(
        self,
        named: tuple[tuple[str, str], ...] | None = None,
        extra: Sequence[str] = (),
    ) -> None:
        self.named = named
        self.extra = tuple(extra)

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two calls the same."""
        return (self.named, self.extra)


def bind(task: Task, words: Sequence[str]) -> Arguments:
    """Fill a task's arguments with the words of a command line.

    Words fill declared arguments in order; what follows `--` is passed on to the command. Without
    declared arguments all words are passed on; an alias has no command to get them.
    Raises `TaskError` for too many, missing or wrong values.
    """
    if task.args is None:
        if task.cmd is None and words:
            raise _to_nobody(task, words)
        return Arguments(extra=words[1:] if words[:1] == ["--"] else words)
    cut = words.index("--") if "--" in words else len(words)
    values, extra = words[:cut], words[cut + 1 :]
    if len(values) > len(task.args):
        raise _too_many(task)
    given = {arg.name: value for arg, value in zip(task.args, values, strict=False)}
    return Arguments(_complete(task, task.args, given), extra)


def bind_dependency(task: Task, args: Sequence[str | tuple[str, str]]) -> Arguments:
    """Fill a task's arguments with those that a `depends-on` entry gives.

    A text is positional, a pair is a name and its value. Raises `TaskError` as `bind` does, and
    for unknown names and for positional arguments after named ones.
    """
    if task.args is None:
        return Arguments(extra=[a if isinstance(a, str) else f"{a[0]}={a[1]}" for a in args])
    given: dict[str, str] = {}
    names = [arg.name for arg in task.args]
    named = False
    for position, arg in enumerate(args):
        if isinstance(arg, str):
            if named:
                raise TaskError(
                    f"Positional argument '{arg}' found after named argument for task {task.name}"
                )
            if position >= len(names):
                raise _too_many(task)
            given[names[position]] = arg
        else:
            named = True
            if arg[0] not in names:
                raise TaskError(f"named argument '{arg[0]}' does not exist for task {task.name}")
            given[arg[0]] = arg[1]
    return Arguments(_complete(task, task.args, given))


def _complete(
    task: Task, declared: Sequence[TaskArg], given: dict[str, str]
) -> tuple[tuple[str, str], ...]:
    """Add defaults, and check that all is there and allowed."""
    values = []
    for arg in declared:
        value = given.get(arg.name, arg.default)
        choices = f", choose from: {', '.join(arg.choices)}" if arg.choices else ""
        about = f"for argument '{arg.name}' of task '{task.name}'{choices}"
        if value is None:
            raise TaskError(
                f"no value provided {about}",
                hints=[f"call it as `pixi run {_usage(task)}`, or give the argument a `default`"],
            )
        if arg.choices is not None and value not in arg.choices:
            raise TaskError(f"got '{value}' {about}")
        values.append((arg.name, value))
    return tuple(values)


def _usage(task: Task) -> str:
    """Show how a task is called that all arguments without a default are given to."""
    needed = [arg.name.upper() for arg in task.args or () if arg.default is None]
    return " ".join((task.name, *needed))


def _to_nobody(task: Task, words: Sequence[str]) -> TaskError:
    needs = ", ".join(f"`{need.task}`" for need in task.depends_on)
    return TaskError(
        f"task '{task.name}' is an alias: nothing takes '{' '.join(words)}'",
        hints=(
            f"give the words to one of the tasks that it stands for: {needs}",
            "or declare `args` for it, which its `depends-on` can hand on",
        ),
    )


def _too_many(task: Task) -> TaskError:
    return TaskError(
        f"task '{task.name}' received more arguments than expected",
        hints=("use `--` to separate task arguments from extra passthrough arguments",),
    )


def quote(word: str) -> str:
    """Write a word so that the task shell takes it as it is."""
    return "'" + word.replace("'", "'\"'\"'") + "'"


def split(text: str) -> list[str] | None:
    """Split a text into words as a POSIX shell does; None when a quote is not closed."""
    words: list[str] = []
    word: list[str] | None = None
    index = 0
    while index < len(text):
        char = text[index]
        index += 1
        if char in " \t\n":
            if word is not None:
                words.append("".join(word))
            word = None
        elif char == "#" and word is None:
            index = (text.find("\n", index) + 1) or len(text)
        elif char in "'\"\\":
            piece, index = _quoted(text, char, index)
            if piece is None:
                return None
            word = [*(word or ()), piece]
        else:
            word = [*(word or ()), char]
    if word is not None:
        words.append("".join(word))
    return words


def _quoted(text: str, quote_char: str, index: int) -> tuple[str | None, int]:
    """Read what a quote or backslash before `index` covers: the text, and where it ends."""
    if quote_char == "\\":
        if index >= len(text):
            return None, index
        return "" if text[index] == "\n" else text[index], index + 1
    piece: list[str] = []
    while index < len(text) and text[index] != quote_char:
        escaped = text[index] == "\\" and text[index + 1 : index + 2] in tuple('$`"\\\n')
        if quote_char == '"' and escaped:
            index += 1
            piece.append("" if text[index] == "\n" else text[index])
        else:
            piece.append(text[index])
        index += 1
    return ("".join(piece), index + 1) if index < len(text) else (None, index)
