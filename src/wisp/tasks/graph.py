"""What has to run for one call, and in which order.

Nodes are unique per task, rendered arguments and requested environment, so that a dependency of
two tasks runs once. A task that needs itself, by whatever way, is refused.
"""

from __future__ import annotations

from wisp.errors import TaskError
from wisp.specs.task import Task
from wisp.tasks.args import Arguments, bind, bind_dependency, quote, split
from wisp.tasks.catalogue import check_environment, find, unavailable
from wisp.tasks.templates import Context, render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wisp.specs.task import TaskDependency
    from wisp.tasks.catalogue import Catalogue, EnvironmentTasks


#: Tasks of one call: two dependencies each, with other arguments, are a billion after thirty steps.
_MOST = 10_000


class Request:
    """What the command line asks for, besides the words of the task.

    `environment` and `platform` are those asked for by name, `root` and `manifest` absolute paths,
    `init_cwd` the caller's directory, `system` the family of the platform, `host` the machine's
    own platform. `fallback` names the
    environment for commands that are no tasks, `release` the Pixi that templates are told of.
    """

    __slots__ = (
        "environment",
        "executable",
        "fallback",
        "host",
        "init_cwd",
        "manifest",
        "platform",
        "release",
        "root",
        "skip_dependencies",
        "system",
        "templated",
    )

    def __init__(
        self,
        *,
        root: str,
        manifest: str,
        init_cwd: str,
        system: str,
        fallback: str,
        release: str,
        host: str = "",
        environment: str | None = None,
        platform: str | None = None,
        executable: bool = False,
        skip_dependencies: bool = False,
        templated: bool = False,
    ) -> None:
        self.root = root
        self.manifest = manifest
        self.init_cwd = init_cwd
        self.system = system
        self.fallback = fallback
        self.host = host
        self.environment = environment
        self.platform = platform
        self.executable = executable
        self.skip_dependencies = skip_dependencies
        self.templated = templated
        self.release = release


class TaskNode:
    """One task of the graph: where it runs, with which arguments, after which other nodes.

    `task.form` is `custom` for a command line that is no task; its `task.name` is empty.
    """

    __slots__ = ("arguments", "context", "environment", "needs", "task")

    def __init__(
        self,
        task: Task,
        environment: EnvironmentTasks,
        arguments: Arguments,
        context: Context,
    ) -> None:
        self.task = task
        self.environment = environment
        self.arguments = arguments
        self.context = context
        self.needs: list[int] = []


class Graph:
    """The nodes of a call; the first is what was asked for."""

    __slots__ = ("nodes",)

    def __init__(self, nodes: Sequence[TaskNode]) -> None:
        self.nodes = list(nodes)

    def order(self) -> list[TaskNode]:
        """The nodes in the order of execution: depth first, what is needed before who needs it."""
        ordered: list[TaskNode] = []
        entered = {0}
        stack = [(0, iter(self.nodes[0].needs))]
        while stack:
            index, needs = stack[-1]
            below = next((need for need in needs if need not in entered), None)
            if below is None:
                stack.pop()
                ordered.append(self.nodes[index])
            else:
                entered.add(below)
                stack.append((below, iter(self.nodes[below].needs)))
        return ordered


def build(
    catalogue: Catalogue,
    words: Sequence[str],
    request: Request,
    choose: Callable[[str, list[str]], str | None] | None = None,
) -> Graph:
    """Make the graph for the words of a command line (at least one).

    Raises `TaskError` for tasks that are ambiguous, not available or not found, and for arguments
    that do not fit.
    """
    root = _root(catalogue, words, request, choose)
    nodes = [root]
    known: dict[tuple[object, ...], int] = {}
    index = 0
    while index < len(nodes) and not request.skip_dependencies:
        fresh: list[tuple[tuple[object, ...], int]] = []
        node = nodes[index]
        for dependency in node.task.depends_on:
            asked = (root.task.name, node.task.name)
            child, key = _child(catalogue, node, dependency, request, choose, asked)
            position = known.get(key, len(nodes))
            if position == len(nodes):
                nodes.append(child)
                if len(nodes) > _MOST:
                    raise _too_many(node.task.name)
                fresh.append((key, position))
            node.needs.append(position)
        known.update(fresh)
        index += 1
    _refuse_cycles(nodes)
    return Graph(nodes)


def _too_many(name: str) -> TaskError:
    """Return the failure for a graph without end, which has come as far as this task."""
    return TaskError(
        f"more than {_MOST} tasks would run",
        hints=(f"the last, '{name}', asks for tasks with arguments that nobody has asked for yet",),
    )


def _refuse_cycles(nodes: Sequence[TaskNode]) -> None:
    """Raise `TaskError` where a node needs itself, by way of others."""
    done: set[int] = set()
    for start in range(len(nodes)):
        path, ways = [start], [iter(nodes[start].needs)]
        while path:
            below = next((need for need in ways[-1] if need not in done), None)
            if below is None:
                done.add(path.pop())
                ways.pop()
            elif below in path:
                raise _cycle([nodes[i] for i in path[path.index(below) :]], nodes[0])
            else:
                path.append(below)
                ways.append(iter(nodes[below].needs))


def _cycle(circle: Sequence[TaskNode], asked: TaskNode) -> TaskError:
    """Return the failure for tasks in a circle, told from the task that was asked for.

    Environments are named where the circle leads through several.
    """
    known = [(node.task.name, node.environment.name) for node in circle]
    first = (asked.task.name, asked.environment.name)
    start = known.index(first) if first in known else 0
    several = len({place for _, place in known}) > 1
    way = [
        f"{name} ({place})" if several else name
        for name, place in (*known[start:], *known[:start], known[start])
    ]
    told = f"the task '{known[start][0]}' depends on itself"
    return TaskError(told, hints=(f"by way of: {' → '.join(way)}",))


def _root(
    catalogue: Catalogue,
    words: Sequence[str],
    request: Request,
    choose: Callable[[str, list[str]], str | None] | None,
) -> TaskNode:
    """Find the task that the first word names, or make a task of the whole command line."""
    single = split(words[0]) if len(words) == 1 else None
    if single not in (None, [words[0]]) and words[0] in catalogue.all_names():
        # A name is no command line, whatever stands in it.
        single = None
    parts = list(single or words)
    if request.environment is not None:
        check_environment(catalogue, request.environment)
    if not request.executable and parts:
        found = find(catalogue, parts[0], request.environment, choose)
        if found is not None:
            return _node(*found, bind(found[1], parts[1:]), request)
        problem = unavailable(
            catalogue, parts[0], request.environment, request.platform, request.host
        )
        if problem is not None:
            raise problem
    environment = catalogue.environments[request.environment or request.fallback]
    if request.templated:
        context = _context(environment, request)
        parts = [render(part, context, Arguments()) for part in parts]
    command = " ".join(parts if len(words) == 1 else [quote(part) for part in parts])
    task = Task("", command, form="custom")
    return TaskNode(task, environment, Arguments(), _context(environment, request))


def _child(
    catalogue: Catalogue,
    parent: TaskNode,
    dependency: TaskDependency,
    request: Request,
    choose: Callable[[str, list[str]], str | None] | None,
    path: Sequence[str],
) -> tuple[TaskNode, tuple[object, ...]]:
    """Make the node of a dependency, and the key under which it is shared; `path` leads to it."""
    if dependency.environment is not None:
        check_environment(catalogue, dependency.environment, f"task '{parent.task.name}'")
    wanted = dependency.environment or request.environment
    found = find(catalogue, dependency.task, wanted, choose, path)
    if found is None:
        from wisp.specs.similarity import mistyped

        raise TaskError(
            f"could not find the task '{dependency.task}'",
            hints=(
                f"the task '{parent.task.name}' depends on it",
                *mistyped(dependency.task, catalogue.all_names()),
            ),
        )
    args = [
        render(arg, parent.context, parent.arguments)
        if isinstance(arg, str)
        else (arg[0], render(arg[1], parent.context, parent.arguments))
        for arg in dependency.args
    ]
    arguments = bind_dependency(found[1], args)
    return _node(*found, arguments, request), (dependency.task, arguments.key, wanted)


def _node(
    environment: EnvironmentTasks, task: Task, arguments: Arguments, request: Request
) -> TaskNode:
    return TaskNode(task, environment, arguments, _context(environment, request))


def _context(environment: EnvironmentTasks, request: Request) -> Context:
    return Context(
        platform=environment.platform,
        system=request.system,
        environment=environment.name,
        manifest=request.manifest,
        init_cwd=request.init_cwd,
        release=request.release,
    )
