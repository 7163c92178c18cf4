"""`python -m wisp`, and what the entry points start: `wisp-env`, and `wisp` on Windows."""

import os
import sys


def main() -> None:
    """Run the command line of this process under the name of the script beside the interpreter."""
    if not sys.flags.isolated and os.name == "posix":
        _isolated()
    from wisp.cli.launch import launch  # not before that

    # What the environments are told to call us by.
    sys.argv[0] = os.path.join(os.path.dirname(sys.executable), "wisp")
    launch(sys.argv)


def _isolated() -> None:
    """Start anew without the current folder and the user's variables on the way of imports.

    Where only these lead to wisp, they have to stay.
    """
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    chosen = [".", *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    if any(os.path.realpath(folder) == os.path.realpath(root) for folder in chosen if folder):
        return
    os.execv(sys.executable, [sys.executable, "-I", "-m", "wisp", *sys.argv[1:]])


if __name__ == "__main__":
    main()
