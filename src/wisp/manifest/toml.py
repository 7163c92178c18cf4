"""TOML texts to plain data, whatever somebody wrote into them."""

from __future__ import annotations

from typing import Any

import tomli


def loads(text: str) -> dict[str, Any]:
    """Read a TOML 1.1 text.

    Raises `tomli.TOMLDecodeError` for all that is wrong with it, numbers and nesting without
    measure included.
    """
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError:
        raise
    except RecursionError:
        raise tomli.TOMLDecodeError("Values are nested too deeply", text, 0) from None
    except ValueError:  # Python reads no number of thousands of digits
        raise tomli.TOMLDecodeError("A number is too long", text, 0) from None
