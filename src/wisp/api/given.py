"""What callers give the facade, in the forms that Python has for it: one or several, paths."""

from __future__ import annotations

from collections.abc import Sequence

from wisp.values import fields, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Any, TypeVar

    Request = TypeVar("Request")
    StrPath = str | os.PathLike[str]

#: How requests declare fields that take one text or several.
_SEVERAL = "str | Sequence[str]"


def words_of(words: str | Sequence[str]) -> tuple[str, ...]:
    """Return words as a tuple: a text is one of them."""
    return (words,) if isinstance(words, str) else tuple(words)


def in_words(request: Request) -> Request:
    """Return a request in which a text is one word wherever there may be several."""
    one_for_several: dict[str, Any] = {
        field.name: (value,)
        for field in fields(request)  # type: ignore[arg-type]
        if field.type == _SEVERAL and isinstance(value := getattr(request, field.name), str)
    }
    return replace(request, **one_for_several) if one_for_several else request  # type: ignore[type-var]
