"""The dialects of the shells that Pixi knows: how each sets a variable, runs a script, prompts.

A value is written so that the shell reads exactly that value; only `expand` is left to the
shell's own expansion. What a terminal obeys is spelled, so that a hook can be looked at; cmd alone
has no way to spell it.
"""

from __future__ import annotations

import os

from wisp.activation.expansion import quoted
from wisp.patterns import pattern
from wisp.printable import is_obeyed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def _spelled(text: str, spell: Callable[[str], str]) -> str:
    """Write runs of what a terminal obeys as `spell` has it, and the rest as it is."""
    if text.isprintable():
        return text
    found, run = "", ""
    for sign in text:  # a regular expression would cost more than all else that a hook loads
        if is_obeyed(sign) or "\udc80" <= sign <= "\udcff":  # a byte that is no text
            run += sign
            continue
        found += (spell(run) if run else "") + sign
        run = ""
    return found + (spell(run) if run else "")


def _each(form: str) -> Callable[[str], str]:
    """Return what spells each character by its number."""
    return lambda run: "".join(form.format(ord(sign)) for sign in run)


def _printed(run: str) -> str:
    """Leave single quotes, let any POSIX shell print the bytes, and go on in single quotes."""
    return "'\"$(printf '" + "".join(f"\\{byte:03o}" for byte in os.fsencode(run)) + "')\"'"


def _in_fish(run: str) -> str:
    """Leave single quotes for what fish spells outside of them alone."""
    return "'" + "".join(f"\\X{byte:02x}" for byte in os.fsencode(run)) + "'"


class Bash:
    """The dialect of bash, and of zsh, which reads the same."""

    name = "bash"
    extensions: tuple[str, ...] = ("sh",)
    #: Whether it reads the activation scripts of the system's own shell, and expands as that does.
    is_native = True

    @property
    def own_extensions(self) -> tuple[str, ...]:
        """How scripts end that no other shell reads."""
        return (self.name,) if self.is_native else self.extensions

    def literal(self, text: str) -> str:
        """Write a text so that the shell takes it as it is."""
        return "'" + _spelled(text.replace("'", "'\\''"), _printed) + "'"

    def assign(self, name: str, value: str) -> str:
        """Set an environment variable to exactly this value."""
        return f"export {name}={self.literal(value)}"

    def expand(self, name: str, value: str) -> str:
        """Set an environment variable to a value that the shell expands."""
        line = f"export {name}={quoted(value)}"
        # Nothing can be spelled between double quotes without a new meaning for what is around it.
        return f"eval {self.literal(line)}" if _spelled(line, repr) != line else line

    def unset(self, name: str) -> str:
        """Remove an environment variable."""
        return f"unset {name}"

    def source(self, path: str) -> str:
        """Run a script in the current shell."""
        return f". {self.literal(path)}"

    def understands(self, path: str) -> bool:
        """Whether it can run an activation script of the system's own shell."""
        del path
        return self.is_native

    def prompt(self, prefix: str, old: str = "") -> str:
        """Put a text in front of the prompt, in place of an old one."""
        new = f'export PS1={self.literal(self.in_prompt(prefix))}"${{PS1:-}}"'
        if not old:
            return new
        taken = f"PS1=${{PS1#{self.literal(self.in_prompt(old))}}}"
        return f'PS1="${{PS1:-}}"\n{taken}\n{new}'

    def in_prompt(self, text: str) -> str:
        """Write a text so that the prompt shows it: bash decodes it, then expands it."""
        return "".join({"\\": "\\\\\\\\"}.get(c, f"\\\\{c}" if c in "$`" else c) for c in text)

    def completions(self, prefix: str) -> str:
        """Load the completion scripts of a prefix, where it has some."""
        folder = os.path.join(prefix, "share", "bash-completion", "completions")
        if not os.path.isdir(folder):
            return ""
        return (
            f"for _pixi_f in {self.literal(folder)}/*; do\n"
            '  if [ -r "$_pixi_f" ]; then . "$_pixi_f"; fi\n'
            "done\nunset _pixi_f"
        )

    def preamble(self) -> str:
        """Lines that have to come first."""
        return ""


def _text_of(path: str) -> str:
    """Read a script; one that cannot be read has nothing that a shell could fail to understand."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


#: Words that zsh does not know, or gives another meaning.
_OF_BASH = pattern(
    r"\bBASH_[A-Z]|\bshopt\b|\b(?:mapfile|readarray)\b|\bread -\w*a|@[QEPAa]\}"
    r"|\$\{!|\$\{\w+\[\d|\$\{\w+(?:\[[^]]*\])?[\^,]"
)
#: What the prompts of zsh may expand, as what they show as it is.
_INERT_IN_ZSH = str.maketrans({"$": "$%{%}", "\\": "\\%{%}", "`": "'"})


class Zsh(Bash):
    """zsh: bash but for completions."""

    name = "zsh"

    def understands(self, path: str) -> bool:
        """Whether a script has nothing that only bash knows, or is prepared for zsh as well."""
        text = _text_of(path)
        return not _OF_BASH.search(text) or "ZSH" in text

    def in_prompt(self, text: str) -> str:
        """Write a text so that no prompt expands it, whether `promptsubst` is set now or later.

        Nothing is named by a `$` and no character is escaped by a backslash that have `%{%}` behind
        them, which shows nothing. Backquotes have no such guard, and become apostrophes.
        """
        return text.replace("%", "%%").translate(_INERT_IN_ZSH)

    def completions(self, prefix: str) -> str:
        folder = os.path.join(prefix, "share", "zsh", "site-functions")
        if not os.path.isdir(folder):
            return ""
        return f"fpath+=({self.literal(folder)})\nautoload -Uz compinit\ncompinit"


#: What a POSIX shell need not know, and scripts that read others, which may have it.
_BEYOND_POSIX = pattern(
    r"\[\[|(?<!\$)\(\(|<<<|[<>]\(|&>|\|&|==|\w\+?=\(|\w\+=|\$'|\$\{!|\$\{\w+[\[,^/:@](?![-=?+])|\bBASH|pipefail"
    r"|(?m:^|[;&|({]|\bthen|\bdo)\s*(?:\.|source|function|shopt|declare|typeset|mapfile|readarray|let"
    r"|pushd|popd|select|export -f|read -\w*[^r\W])\s"
    r"|\$\{?(?:RANDOM|SECONDS|HOSTNAME|E?UID|PIPESTATUS|FUNCNAME|OSTYPE|HOSTTYPE|MACHTYPE)\b"
)


class Sh(Bash):
    """Other shells of POSIX's kind: dash, ash of busybox, ksh, and whatever is called `sh`."""

    name = "sh"

    @property
    def own_extensions(self) -> tuple[str, ...]:
        return ()

    def understands(self, path: str) -> bool:
        """Whether a script has nothing that only bash and its like know."""
        return not _BEYOND_POSIX.search(_text_of(path))

    def in_prompt(self, text: str) -> str:
        """Name the variable that has the text: all expand it, and nothing that comes of it.

        How a prompt escapes a dollar sign is another thing in each of these shells.
        """
        del text
        return "${PIXI_PROMPT-}"

    def completions(self, prefix: str) -> str:
        return ""


class Fish(Bash):
    """fish: `set`, and backslashes that escape in single quotes too."""

    name = "fish"
    extensions = ("fish",)
    is_native = False

    def literal(self, text: str) -> str:
        return "'" + _spelled(text.replace("\\", "\\\\").replace("'", "\\'"), _in_fish) + "'"

    def assign(self, name: str, value: str) -> str:
        return f"set -gx {name} {self.literal(value)}"

    def expand(self, name: str, value: str) -> str:
        return f"set -gx {name} {quoted(value)}"

    def unset(self, name: str) -> str:
        return f"set -e {name}"

    def source(self, path: str) -> str:
        return f"source {self.literal(path)}"

    def prompt(self, prefix: str, old: str = "") -> str:
        """The function that is replaced sees the status of the last command, as it used to."""
        return (
            "functions -q __wisp_old_prompt; or functions -c fish_prompt __wisp_old_prompt\n"
            "function __wisp_status; return $argv[1]; end\n"
            "function fish_prompt; set -l __wisp_code $status; "
            f"echo -n {self.literal(prefix)}; __wisp_status $__wisp_code; __wisp_old_prompt; end"
        )

    def completions(self, prefix: str) -> str:
        folder = os.path.join(prefix, "share", "fish", "vendor_completions.d")
        if not os.path.isdir(folder):
            return ""
        return f"for file in {self.literal(folder)}/*\n  source $file\nend"


class Xonsh(Bash):
    """xonsh: Python literals."""

    name = "xonsh"
    extensions = ("xsh",)
    is_native = False

    def literal(self, text: str) -> str:
        return repr(text)

    def assign(self, name: str, value: str) -> str:
        return f"${name} = {self.literal(value)}"

    def expand(self, name: str, value: str) -> str:
        return f"from os.path import expandvars as __e\n${name} = __e({self.literal(value)})"

    def unset(self, name: str) -> str:
        return f"${{...}}.pop({self.literal(name)}, None)"

    def source(self, path: str) -> str:
        return f"source {self.literal(path)}"

    def prompt(self, prefix: str, old: str = "") -> str:
        before = "($PROMPT if isinstance($PROMPT, str) else '')"
        if old:
            before += f".removeprefix({self.literal(self.in_prompt(old))})"
        return f"$PROMPT = {self.literal(self.in_prompt(prefix))} + {before}"

    def in_prompt(self, text: str) -> str:
        return text.replace("{", "{{").replace("}", "}}")

    def completions(self, prefix: str) -> str:
        return ""


class Nushell(Bash):
    """nushell: `$env`, and no scripts, since it can source none whose name it computes."""

    name = "nushell"
    extensions = ("nu",)
    is_native = False

    def literal(self, text: str) -> str:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return '"' + _spelled(escaped, _each("\\u{{{:x}}}")) + '"'

    def assign(self, name: str, value: str) -> str:
        if name == "PATH":
            return "$env.PATH = [" + " ".join(map(self.literal, value.split(os.pathsep))) + "]"
        return f"$env.{name} = {self.literal(value)}"

    def expand(self, name: str, value: str) -> str:
        return self.assign(name, value)

    def unset(self, name: str) -> str:
        return f"hide-env -i {name}"

    def source(self, path: str) -> str:
        return f"source {self.literal(path)}"

    def prompt(self, prefix: str, old: str = "") -> str:
        return (
            "let __old = $env.PROMPT_COMMAND?\n"
            f"$env.PROMPT_COMMAND = {{|| {self.literal(prefix)} + "
            "(if ($__old | describe) == 'closure' { do $__old } else { $__old | default '' }) }"
        )

    def completions(self, prefix: str) -> str:
        return ""


class PowerShell(Bash):
    """PowerShell, on Windows and elsewhere."""

    name = "powershell"
    extensions = ("ps1",)
    is_native = False

    def literal(self, text: str) -> str:
        """Double all that ends a literal, which typographic quotes do too."""
        plain = "'" + "".join(c * 2 if c in "'‘’‚‛" else c for c in text) + "'"
        spelled = _spelled(plain, _each("'+[char]{}+'"))
        return plain if spelled == plain else f"({spelled})"

    def assign(self, name: str, value: str) -> str:
        return f"${{Env:{name}}} = {self.literal(value)}"

    def expand(self, name: str, value: str) -> str:
        escaped = "".join(f"`{c}" if c in '`"“”„' else c for c in value)
        return f'${{Env:{name}}} = "{escaped}"'

    def unset(self, name: str) -> str:
        return f'${{Env:{name}}}=""'

    def source(self, path: str) -> str:
        return f". {self.literal(path)}"

    def prompt(self, prefix: str, old: str = "") -> str:
        return (
            "if (-not $__wisp_old_prompt) { $__wisp_old_prompt = $function:prompt }\n"
            f"function prompt {{ {self.literal(prefix)} + (& $__wisp_old_prompt) }}"
        )

    def completions(self, prefix: str) -> str:
        return ""

    def preamble(self) -> str:
        return "$OutputEncoding = [System.Console]::OutputEncoding = [System.Text.Encoding]::UTF8"


class Cmd(Bash):
    """The command prompt of Windows, which expands nothing that stands after `%%`."""

    name = "cmd"
    extensions = ("bat",)

    def literal(self, text: str) -> str:
        return text.replace("%", "%%")

    def assign(self, name: str, value: str) -> str:
        return self.expand(name, self.literal(value))

    def expand(self, name: str, value: str) -> str:
        value = " ".join(value.splitlines())
        if '"' not in value:
            return f'@SET "{name}={value}"'
        # A quote would end the quoting, and `&` behind it begin a command.
        return f"@SET {name}=" + "".join(f"^{c}" if c in '"&|<>^()' else c for c in value)

    def unset(self, name: str) -> str:
        return f"@SET {name}="

    def source(self, path: str) -> str:
        return f'@CALL "{self.literal(self.literal(path))}"'

    def prompt(self, prefix: str, old: str = "") -> str:
        text = self.literal(prefix.replace("$", "$$"))
        return f"@PROMPT {text}%PROMPT%" if _plain(prefix) else f'@SET "PROMPT={text}%PROMPT%"'

    def completions(self, prefix: str) -> str:
        return ""

    def preamble(self) -> str:
        return "@chcp 65001 > nul"


def _plain(text: str) -> bool:
    return not set(text) & set('"&|<>^%$')


SHELLS: dict[str, Bash] = {
    shell.name: shell for shell in (Bash(), Zsh(), Fish(), Xonsh(), Nushell(), PowerShell(), Cmd())
}
ALIASES = {"pwsh": "powershell", "nu": "nushell", "cmd.exe": "cmd"}
_SH = Sh()
_OF_POSIX = frozenset(
    ("sh", "dash", "ash", "busybox", "ksh", "ksh93", "mksh", "oksh", "yash", "posh")
)


def named(name: str) -> Bash | None:
    """Return the shell of that name or path (`/usr/bin/zsh`), None for an unknown one."""
    stem = os.path.basename(name).removesuffix(".exe").lstrip("-")
    return _SH if stem in _OF_POSIX else SHELLS.get(ALIASES.get(stem, stem))
