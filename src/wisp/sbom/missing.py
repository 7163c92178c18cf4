"""What to say where the libraries that write bills are not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wisp.errors import UsageError


@contextmanager
def needed(library: str) -> Iterator[None]:
    """Turn the failure of an import into an error that says what to install.

    Raises:
        UsageError: The import inside failed.

    """
    try:
        yield
    except ImportError as error:
        raise UsageError(
            f"bills of materials need `{library}`, which is not installed",
            hints=["install it with wisp: `pip install 'wisp-env[sbom]'`"],
        ) from error
