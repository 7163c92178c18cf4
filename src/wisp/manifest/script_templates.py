"""What a new conda-script begins with, by the ending of its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wisp.manifest.edit.literals import literal
from wisp.manifest.script_block import CONDA_CLOSING, CONDA_OPENING
from wisp.values import dataclass

_GREETING = "Hello!"
#: Compilers write what they make into the script's own folder. The packages bring gcc on Linux and
#: clang on macOS, and name them in a variable; on Windows they find what Microsoft sells.
_UNIX = "${{{}}} -o ${{CACHE}}/main ${{SCRIPT}} && ${{CACHE}}/main"
_WINDOWS = "cl /Fe:${CACHE}/main.exe /Fo:${CACHE}/ ${SCRIPT} && ${CACHE}/main.exe"
_FLANG = "flang -o ${CACHE}/main.exe ${SCRIPT} && ${CACHE}/main.exe"


@dataclass(frozen=True, slots=True)
class ScriptLanguage:
    """A language: what its comments begin with, how it is run, by which package, a first program.

    `package` is one of conda-forge. Where systems differ there is an entrypoint for each.
    """

    comment: str
    entrypoint: str | Mapping[str, str]
    package: str
    body: str

    def block(self, channels: Sequence[str]) -> str:
        """Write the block of a new script in this language."""
        lines = (
            CONDA_OPENING,
            f"channels = {literal(list(channels))}",
            f"entrypoint = {literal(self.entrypoint)}",
            "",
            "[dependencies]",
            f'{self.package} = "*"',
            CONDA_CLOSING,
        )
        return "".join(f"{self.comment} {line}".rstrip() + "\n" for line in lines)


_C = ScriptLanguage(
    "//",
    {"unix": _UNIX.format("CC"), "win": _WINDOWS},
    "c-compiler",
    f'#include <stdio.h>\n\nint main(void) {{\n    puts("{_GREETING}");\n    return 0;\n}}\n',
)
_CPP = ScriptLanguage(
    "//",
    {"unix": _UNIX.format("CXX"), "win": _WINDOWS},
    "cxx-compiler",
    f'#include <iostream>\n\nint main() {{\n    std::cout << "{_GREETING}\\n";\n}}\n',
)
_FORTRAN = ScriptLanguage(
    "!",
    {"unix": _UNIX.format("FC"), "win": _FLANG},
    "fortran-compiler",
    f'program main\n  print "(a)", "{_GREETING}"\nend program main\n',
)
_GO = ScriptLanguage(
    "//",
    "go run ${SCRIPT}",
    "go",
    f'package main\n\nimport "fmt"\n\nfunc main() {{\n\tfmt.Println("{_GREETING}")\n}}\n',
)
_JAVASCRIPT = ScriptLanguage("//", "node ${SCRIPT}", "nodejs", f'console.log("{_GREETING}");\n')
_PYTHON = ScriptLanguage("#", "python ${SCRIPT}", "python", f'print("{_GREETING}")\n')
_R = ScriptLanguage("#", "Rscript ${SCRIPT}", "r-base", f'writeLines("{_GREETING}")\n')

#: Languages by the ending of a file's name, in lower case.
LANGUAGES = {
    ".c": _C,
    ".cc": _CPP,
    ".cpp": _CPP,
    ".cxx": _CPP,
    ".f90": _FORTRAN,
    ".go": _GO,
    ".jl": ScriptLanguage("#", "julia ${SCRIPT}", "julia", f'println("{_GREETING}")\n'),
    ".js": _JAVASCRIPT,
    ".lua": ScriptLanguage("--", "lua ${SCRIPT}", "lua", f'print("{_GREETING}")\n'),
    ".mjs": _JAVASCRIPT,
    ".pl": ScriptLanguage("#", "perl ${SCRIPT}", "perl", f'print "{_GREETING}\\n";\n'),
    ".py": _PYTHON,
    ".pyw": _PYTHON,
    ".r": _R,
    ".rb": ScriptLanguage("#", "ruby ${SCRIPT}", "ruby", f'puts "{_GREETING}"\n'),
    ".sh": ScriptLanguage("#", "bash ${SCRIPT}", "bash", f'echo "{_GREETING}"\n'),
    ".ts": ScriptLanguage("//", "deno run ${SCRIPT}", "deno", f'console.log("{_GREETING}");\n'),
}
