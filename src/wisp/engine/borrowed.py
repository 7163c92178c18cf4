"""The environment of this process, borrowed for those who look nowhere else.

wisp gets its environment as a value. rattler does not: it finds `CONDA_OVERRIDE_*`, the file of
credentials, netrc, proxies and certificates only in the process. So while it looks, and here only,
the process has the variables of that value; afterwards it has its own again. Usually both are the
same and nothing changes. No program is found in the folder one stands in meanwhile: rattler starts
one to ask for a graphics card.
"""

from __future__ import annotations

import os
from _thread import allocate_lock
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from wisp.trust import elsewhere

_guard = allocate_lock()


@contextmanager
def borrowed(names: Iterable[str], environ: Mapping[str, str]) -> Iterator[None]:
    """Let the process have the values of `environ` for some names, or none where that has none.

    Others may borrow too, one after another. A child that is started meanwhile is not affected:
    children get their environment as a value.
    """
    with _guard:
        lent = {name: environ.get(name) for name in names}
        if "PATH" in os.environ:
            lent["PATH"] = elsewhere(os.environ["PATH"])
        before = {name: os.environ.get(name) for name in lent}
        changed = [name for name, value in lent.items() if value != before[name]]
        try:
            for name in changed:
                _put(name, lent[name])
            yield
        finally:
            for name in changed:
                _put(name, before[name])


def _put(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
