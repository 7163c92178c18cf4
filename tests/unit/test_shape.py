"""The shape of the code: what fits a screen, names with one meaning, imports at the top.

docs/architecture.md tells where imports stay inside functions; here are the rooms of that rule, as
names of modules without `wisp.`; what lies below a name belongs to it.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "src" / "wisp"
FILES = sorted(SOURCES.rglob("*.py"))
FUNCTION_LINES = 45
FILE_LINES = 400
#: Options are known by the module of their command, or as `options.…`.
OPTIONS = (SOURCES / "cli" / "commands", SOURCES / "cli" / "options.py")

#: Whose functions import what they need.
ROOMS = {
    "__init__": "the names of the surface are loaded on first use",
    "__main__": "the command line",
    "cli": "each command loads its own deed",
    "console": "most command lines draw nothing and fail nowhere",
    **dict.fromkeys(
        (
            *(
                "api.workspace",
                "api.held_workspace",
                "api.session",
                "api.user_settings",
                "api.shells",
            ),
            *("api.editor", "api.editor_tables", "api.editors", "api.viewer"),
            *("api.imager", "api.weigher", "api.terminal", "api.global_tools"),
        ),
        "the facade: each method loads its own deed",
    ),
    "api.context": "each engine is made when it is needed first",
    "engine": "what meets the outside costs most",
    **dict.fromkeys(
        (
            *("api.plain_json", "api.quick", "api.quick_exec", "api.snapshot"),
            *("activation", "specs.task", "tasks", "taskshell", "trust"),
        ),
        "the fast lane: a command line pays for what it uses",
    ),
}
#: What costs so much that any function may load it.
COSTLY = {
    *("engine", "solve"),
    *("cyclonedx", "license_expression", "packageurl", "spdx_tools"),
    *("minijinja", "packaging", "rattler", "tomli", "xxhash", "zlib_ng", "zstandard"),
    *(
        "base64",
        "concurrent",
        "dataclasses",
        "difflib",
        "hashlib",
        "http",
        "json",
        "re",
        "shutil",
        "string",
        "tempfile",
        "textwrap",
    ),
}
#: What only words a failure.
FAILURES = {
    "api.elsewhere",
    "api.use.missing_commands",
    "manifest.placing",
    "manifest.positions",
    "workspace.misfits",
}
#: Who may load what late besides, since it is seldom needed there.
DOORS = {
    ("api.detectors", "api.configuring"): "few answers are kept",
    ("api.edits.sync", "api.use.installing"): "an edit need not install",
    ("api.imaging.bases", "api.imaging.registry_sessions"): "a base may lie here",
    ("api.imaging.bases", "image.pull"): "a base may lie here",
    ("api.imaging.building", "image.code"): "an image need not hold code",
    ("api.locks.judging", "lock.satisfy"): "a first lock is judged by nobody",
    ("api.locks.lock_file", "lock.conflict"): "few locks have the marks of a merge",
    ("api.locks.lock_file", "lock.read"): "a first lock is not read",
    ("api.locks.locked_view", "api.locks.locking"): "to take a lock as it is needs no judge",
    ("api.locks.locking", "api.locks.relocking"): "a lock that fits needs no solving",
    ("api.locks.locking", "api.locks.remembered"): "only scripts without a lock are remembered",
    ("api.locks.relocking", "api.locks.remembered"): "only scripts without a lock are remembered",
    ("api.locks.relocking", "api.prefixes"): "few solves have to build",
    ("api.machine_platform", "api.detectors"): "few platforms declare what a channel has to find",
    ("api.machine_platform", "install.state"): "most machines have what a platform declares",
    ("api.machine_platform", "specs.match"): "most machines have what a platform declares",
    (
        "api.machine_platform",
        "workspace.channels",
    ): "few platforms declare what a channel has to find",
    ("api.oneoff", "api.oneoff_lock"): "few one-off commands have a lock",
    ("api.oneoff", "api.views.inspect"): "few one-off commands list what they hold",
    ("api.opening", "api.owners"): "most stand at the top of their workspace",
    ("api.opening", "api.registry"): "few workspaces are opened by name",
    ("api.opening", "lock"): "only a script takes its platforms from its lock",
    ("api.packing.packing", "pack.members"): "a prefix is packed without its archives",
    ("api.prefixes", "activation"): "only what is built needs an activated prefix",
    ("api.spec_locks", "api.solving"): "what was solved before mostly fits",
    ("api.spec_locks", "lock.write"): "what was solved before mostly fits",
    ("api.toolbox.tools", "api.configuring"): "only `edit` opens an editor",
    ("api.toolbox.tools", "api.toolbox.rebuilding"): "the manifest is hardly ever gone",
    ("api.toolbox.tools", "api.spec_environments"): "few tools come from PyPI",
    ("api.toolbox.installed", "api.toolbox.wheels"): "few tools come from PyPI",
    ("api.use.activated", "api.use.environment_writer"): "only the usual is remembered",
    ("api.use.installed", "api.use.installing"): "mostly all is installed",
    ("api.use.running", "tasks.parallel"): "only `--jobs` needs processes",
    ("api.use.scripts", "api.use.conda_scripts"): "most scripts are Python's",
    ("api.use.scripts", "api.use.running"): "a script is found before it runs",
    ("api.use.scripts", "api.use.script_on_uv"): "most scripts have channels",
    ("api.use.task_environments", "api.use.environment_writer"): "only the usual is remembered",
    ("api.use.snapshot_base", "specs.origins"): "a look need not be about the lock",
    ("api.use.snapshot_base", "specs.records"): "a look need not be about the lock",
    ("config.levels", "config.consents"): "few workspaces ask for more than they are given",
    ("lock.failures", "lock.positions"): "few locks are damaged",
    ("lock.read", "lock.legacy"): "few locks are that old",
    ("lock.satisfy_environment", "specs.wheels"): "only locked wheels are ranked",
    ("lock.views", "lock.write"): "most versions differ",
    ("manifest.notebook", "json_spans"): "few scripts are notebooks",
    ("manifest.conda_tables", "specs.match"): "few texts are spelled so that rattler must judge",
    ("manifest.exemptions", "manifest.edit.literals"): "few cut-offs meet exemptions",
    ("manifest.pixi_toml", "manifest.package"): "few manifests describe a package",
    ("manifest.read", "manifest.pyproject"): "most manifests are a `pixi.toml`",
    ("manifest.read", "manifest.script"): "most manifests are a `pixi.toml`",
    ("manifest.read", "manifest.conda_script"): "most manifests are a `pixi.toml`",
    ("manifest.read", "manifest.script_block"): "most manifests are a `pixi.toml`",
    ("manifest.read", "manifest.script_kind"): "most manifests are a `pixi.toml`",
    ("manifest.requirements", "specs.requirement_text"): "most specifiers are canonical",
    ("sbom.bill", "sbom.cyclonedx"): "each format has a library of its own",
    ("sbom.bill", "sbom.spdx"): "each format has a library of its own",
}

#: Who needs `typing` when it runs, where it is half of what Python takes to start.
TYPED_AT_RUN_TIME = {
    "api.edits.adding": "casts",
    "api.edits.transaction": "a protocol that others import",
    "api.edits.upgrading": "casts",
    "engine.auth.stores": "a protocol",
    "engine.http": "a protocol",
    "engine.loop": "a generic class, beside rattler",
    "engine.watched": "a protocol",
    "image.base": "a protocol",
    "image.layer": "a protocol, casts",
    "manifest.edit.cutoffs": "a protocol",
    "toolbox.contents": "a protocol",
}


def long_functions(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield name and length of functions with too many lines, docstrings counted."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield node.name, lines


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCES)))
def test_files_and_functions_are_short(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") <= FILE_LINES
    assert list(long_functions(ast.parse(text))) == []


def homes_of_classes() -> dict[str, list[str]]:
    """Map the names of public classes to the modules that define one."""
    found = defaultdict(list)
    for file in FILES:
        if any(file.is_relative_to(one) for one in OPTIONS):
            continue
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(str(file.relative_to(SOURCES)))
    return found


def test_a_class_shares_its_name_with_no_other() -> None:
    shared = {name: files for name, files in homes_of_classes().items() if len(files) > 1}
    assert shared == {}


def below(name: str, above: str) -> bool:
    return name == above or name.startswith(f"{above}.")


def in_functions(node: ast.AST, *, inside: bool = False) -> Iterator[str]:
    """Yield what functions import, of wisp without its name."""
    for child in ast.iter_child_nodes(node):
        deeper = inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        if inside and isinstance(child, ast.Import):
            yield from (alias.name.removeprefix("wisp.") for alias in child.names)
        elif inside and isinstance(child, ast.ImportFrom):
            module = child.module or ""
            if module.count("."):
                yield module.removeprefix("wisp.")
            else:
                yield from (alias.name if module == "wisp" else module for alias in child.names)
        yield from in_functions(child, inside=deeper)


@cache
def late_imports() -> list[tuple[str, str]]:
    """Pair modules with what their functions import."""
    found = []
    for file in FILES:
        name = ".".join(file.relative_to(SOURCES).with_suffix("").parts)
        found += [(name, one) for one in in_functions(ast.parse(file.read_text(encoding="utf-8")))]
    return found


def has_reason(module: str, imported: str) -> bool:
    return (
        any(below(module, room) for room in ROOMS)
        or any(below(imported, late) for late in COSTLY | FAILURES)
        or any(below(module, here) and below(imported, there) for here, there in DOORS)
    )


def test_functions_import_only_where_the_rule_says_why() -> None:
    assert [pair for pair in late_imports() if not has_reason(*pair)] == []


@pytest.mark.parametrize("door", DOORS, ids=" to ".join)
def test_every_door_is_used(door: tuple[str, str]) -> None:
    here, there = door
    assert any(below(module, here) and below(one, there) for module, one in late_imports())


def test_rooms_that_are_gone_are_no_rooms() -> None:
    for room in ROOMS:
        path = SOURCES.joinpath(*room.split("."))
        assert path.is_dir() or path.with_suffix(".py").is_file(), room


@pytest.mark.parametrize(
    "text",
    ["def f():\n    import json", "class A:\n    def f(self):\n        from json import loads"],
)
def test_an_import_in_a_function_is_found(text: str) -> None:
    assert list(in_functions(ast.parse(text))) == ["json"]


def test_an_import_at_the_top_is_none() -> None:
    assert list(in_functions(ast.parse("import json\nclass A:\n    import re"))) == []


def imports_when_run(file: Path, wanted: str) -> bool:
    """Whether a module loads another at its top, not only for type checkers."""
    return any(
        (isinstance(node, ast.ImportFrom) and node.module == wanted)
        or (isinstance(node, ast.Import) and any(one.name == wanted for one in node.names))
        for node in ast.parse(file.read_text(encoding="utf-8")).body
    )


def test_types_are_for_type_checkers() -> None:
    found = [file for file in FILES if imports_when_run(file, "typing")]
    names = {".".join(file.relative_to(SOURCES).with_suffix("").parts) for file in found}
    assert names == set(TYPED_AT_RUN_TIME)
