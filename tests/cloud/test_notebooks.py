"""A real notebook, executed by Jupyter through the kernel of an environment."""

from __future__ import annotations

import json
from pathlib import Path

from tests.sandbox import CommandLine
from tools.forge.build import Forge

NOTEBOOK = {
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
