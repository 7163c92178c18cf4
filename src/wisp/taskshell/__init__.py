"""A small portable shell for tasks: the dialect of `deno_task_shell`, without any `sh`.

It knows nothing of workspaces: give it a text, a folder, variables and three descriptors.

    from wisp.taskshell.parser import parse
    from wisp.taskshell.shell import Shell

    script = parse("mkdir -p out && cp *.txt out")     # ShellSyntaxError if it cannot be read
    shell = Shell("/folder", {"PATH": "/usr/bin:/bin"})
    code = shell.run(script)                           # runs once; a Shell is one execution
    shell.signal(15)                                   # from a handler or another thread

Text to tree: `source`, `words`, `braces`, `parser`, `tree`, `errors`.
Tree to processes: `execute` (lists), `pipeline`, `command`, `redirect`, `expand`, `globs`,
`lookup`, `builtins`. Under them: `state` (what a subshell copies), `control` (who must stop),
`jobs` (threads), `streams` (descriptors), `spawn` (processes).

Built-in commands and subshells that must run beside something else run on threads; real
processes get the descriptors themselves. Only `spawn_posix`, `spawn_windows` and `streams`
know the operating system.

These modules are loaded by the fastest commands, so they import only what is built in or
already loaded when Python starts; `tests/unit/taskshell/test_shell_imports.py` holds that.
"""
