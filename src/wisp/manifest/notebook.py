"""Jupyter notebooks as scripts: the block stands in the first cell of code (nbformat 4).

What is edited is the source of that cell; the layout of the JSON around it, outputs and metadata
stay.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.json_spans import Node

SUFFIX = ".ipynb"


def is_notebook(text: str) -> bool:
    """Whether a text is that of a notebook, and no Python."""
    return text.lstrip("\ufeff \t\r\n").startswith("{") and _cells(text) is not None


def code_of(text: str) -> str:
    """Return the source of the first cell of code, empty where there is none."""
    source = _source(text)
    if source is None:
        return ""
    found = source.data()
    if isinstance(found, list):
        return "".join(map(str, found))
    return found if isinstance(found, str) else ""


def with_code(text: str, code: str) -> str:
    """Return a notebook whose first cell of code has this source; one is added if need be."""
    from wisp.json_spans import replaced, with_item

    source = _source(text)
    if source is None:
        cells = _cells(text)
        assert cells is not None
        return with_item(text, cells, _cell(code))
    as_list = source.items is not None
    return replaced(text, source, code.splitlines(keepends=True) if as_list else code)


def new_notebook(code: str) -> str:
    """Return a notebook with one cell, laid out as Jupyter does."""
    import json

    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    document = {
        "cells": [_cell(code)],
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _cell(code: str) -> dict[str, object]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": "script-metadata",
        "metadata": {},
        "outputs": [],
        "source": code.splitlines(keepends=True),
    }


def _cells(text: str) -> Node | None:
    """Return the list of cells; None where a text is no notebook."""
    from wisp.json_spans import JsonError, parse

    try:
        members = parse(text).members
    except JsonError:
        return None
    cells = (members or {}).get("cells")
    return cells if cells is not None and cells.items is not None else None


def _source(text: str) -> Node | None:
    cells = _cells(text)
    for cell in cells.items or () if cells is not None else ():
        members = cell.members or {}
        kind = members.get("cell_type")
        if kind is not None and kind.value == "code":
            return members.get("source")
    return None
