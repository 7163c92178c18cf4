"""What a registry answers when it does not do what it was asked.

Source: OCI distribution specification 1.1, "Error Codes".
"""

from __future__ import annotations

from collections.abc import Sequence

from wisp.engine.http import asked_pause
from wisp.engine.http_exchange import Response
from wisp.errors import WispError
from wisp.foreign import json_data
from wisp.specs.url_secrets import shown

_TEMPORARY_CODES = frozenset({"TOOMANYREQUESTS", "UNKNOWN", "UNAVAILABLE", "BLOB_UPLOAD_INVALID"})
_MEANINGS = {
    401: "log in with `wisp auth login REGISTRY` or `docker login REGISTRY`",
    403: "the account may not do that there: check its rights on the repository",
    429: "the registry limits how often it may be asked: log in, or try again later",
}


class RegistryError(WispError):
    """A registry refused. `status` is 0 where it never came to an answer of the registry.

    `codes` are the standard's (`MANIFEST_UNKNOWN` …), `body` the beginning of what it said,
    `pause` the seconds that it wants to be left alone.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        codes: Sequence[str] = (),
        body: str = "",
        causes: Sequence[str] = (),
        hints: Sequence[str] = (),
        pause: float = 0.0,
    ) -> None:
        super().__init__(message, causes=causes, hints=hints)
        self.status = status
        self.codes = tuple(codes)
        self.body = body
        self.pause = pause

    @property
    def temporary(self) -> bool:
        """Whether it may go better a little later; with codes, only if all of them say so."""
        if self.codes and 400 <= self.status < 500 and self.status != 429:
            return all(code in _TEMPORARY_CODES for code in self.codes)
        return self.status in {408, 429} or self.status >= 500


def fault_of(response: Response, method: str, url: str, doing: str) -> RegistryError:
    """Turn an answer into an error: `doing` completes "could not …"."""
    errors = _errors(response.body)
    codes = [code for code, _ in errors]
    said = [f"{code}: {message}" if message else code for code, message in errors]
    where = f"{method} {shown(url)}: status {response.status}"
    if not response.body:
        where += ", without a text"
    hint = _MEANINGS.get(response.status)
    return RegistryError(
        f"could not {doing}",
        status=response.status,
        codes=codes,
        body=response.body[:4096].decode("utf-8", "replace"),
        causes=[where, *said],
        hints=[hint] if hint else [],
        pause=asked_pause(response),
    )


def _errors(body: bytes) -> list[tuple[str, str]]:
    try:
        rows = json_data(body).get("errors") or []
        return [(_plain(row.get("code")), _plain(row.get("message"))) for row in rows]
    except (ValueError, AttributeError, TypeError, RecursionError):
        return []


def _plain(value: object) -> str:
    """Return a text of a stranger's that goes into a message: one line, not long."""
    text = " ".join(str(value or "").split())[:300]
    return "".join(sign for sign in text if sign.isprintable())
