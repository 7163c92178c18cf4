"""A real notebook, executed by Jupyter through the kernel of an environment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.sandbox import CommandLine
from tools.forge.build import Forge

NOTEBOOK: dict[str, Any] = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": "a",
            "metadata": {},
            "outputs": [],
            "source": [
                "import os, sys\n",
                "print(os.environ['MARK'], os.environ['PIXI_ENVIRONMENT_NAME'], sys.prefix)",
            ],
        }
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def test_a_notebook_runs_in_the_environment_of_its_kernel(
    wisp: CommandLine, tmp_path: Path, forge: Forge
) -> None:
    (tmp_path / "pixi.toml").write_text(
        f'[workspace]\nname = "shop"\nchannels = ["{forge.url}"]\nplatforms = ["{forge.subdir}"]\n'
        f'[dependencies]\npython = "{forge.minor}.*"\n'
        '[feature.kernel.pypi-dependencies]\nipykernel = "*"\n'
        '[feature.kernel.activation.env]\nMARK = "set"\n'
        '[feature.jupyter.pypi-dependencies]\nnbconvert = "*"\njupyter-client = "*"\n'
        '[environments]\nkernel = ["kernel"]\njupyter = ["jupyter"]\n'
    )
    (tmp_path / "note.ipynb").write_text(json.dumps(NOTEBOOK))
    wisp("kernels", "install", "-e", "kernel", cwd=tmp_path).success()
    convert = ("jupyter", "nbconvert", "--to", "notebook", "--execute", "note.ipynb")
    chosen = ("--ExecutePreprocessor.kernel_name=shop-kernel", "--output", "done.ipynb")
    wisp("run", "-e", "jupyter", *convert, *chosen, cwd=tmp_path).success()
    cell = json.loads((tmp_path / "done.ipynb").read_text())["cells"][0]
    prefix = tmp_path / ".pixi" / "envs" / "kernel"
    assert "".join(cell["outputs"][0]["text"]) == f"set kernel {prefix}\n"


def test_a_notebook_with_a_block_is_run_by_ipython(
    wisp: CommandLine, tmp_path: Path, forge: Forge
) -> None:
    block = (
        f"# /// script\n# requires-python = '=={forge.minor}.*'\n"
        f"# [tool.pixi.workspace]\n# channels = ['{forge.url}']\n# ///\n"
    )
    cells = [block, "import sys\n%timeit -n1 -r1 pass\nprint(sys.argv[1:])", "!echo magic", "1 / 0"]
    row = NOTEBOOK["cells"][0]
    document = {
        **NOTEBOOK,
        "cells": [{**row, "id": f"c{n}", "source": text} for n, text in enumerate(cells)],
    }
    note = tmp_path / "note.ipynb"
    note.write_text(json.dumps(document))
    wisp("add", "--script", "note.ipynb", "--pypi", "ipython", "nbformat", cwd=tmp_path).success()
    before = note.read_text()
    for words in (("--script", "note.ipynb"), ("note.ipynb",)):
        done = wisp("run", *words, "a b", "--option", cwd=tmp_path)
        assert done.code == 1
        assert "['a b', '--option']\nmagic\n" in done.stdout
        assert "ZeroDivisionError: division by zero" in done.stdout
    note.write_text(before.replace("1 / 0", "2"))
    assert wisp("run", "note.ipynb", cwd=tmp_path).success().stdout.endswith("[]\nmagic\n")
    done = wisp("run", "--script", "-", "from stdin", cwd=tmp_path, stdin=note.read_text())
    assert "['from stdin']\nmagic\n" in done.success().stdout


def test_a_notebook_without_conda_runs_where_no_channel_is_reached(
    wisp: CommandLine, tmp_path: Path
) -> None:
    configuration = wisp.home.path / ".config" / "pixi" / "config.toml"
    configuration.parent.mkdir(parents=True)
    configuration.write_text("default-channels = ['http://127.0.0.1:9/none']\n")
    block = "# /// script\n# dependencies = ['ipython', 'nbformat', 'six']\n# ///\n"
    row = {
        **NOTEBOOK["cells"][0],
        "source": f"{block}import six, sys\nprint(six.__name__, sys.argv)",
    }
    (tmp_path / "note.ipynb").write_text(json.dumps({**NOTEBOOK, "cells": [row]}))
    done = wisp("run", "note.ipynb", "one", cwd=tmp_path).success()
    assert done.stdout.startswith("six [")
    assert "'one']" in done.stdout
    assert done.stderr.count("no conda channel can be reached") == 1
