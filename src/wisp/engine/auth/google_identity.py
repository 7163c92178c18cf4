"""Who a machine of Google Cloud is: its statement (an OIDC ID token) for one audience.

The metadata server of the machine gives one for the account that the machine runs as. Where
`GOOGLE_SERVICE_ACCOUNT_NAME` names another account, the machine's own access token asks for that
account's statement.

Sources: Google's pages "Get an ID token" and "About VM metadata" (also for the variable
`GCE_METADATA_HOST`); the README of the crate ambient-id for what Pixi takes for such a machine.
"""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote, urlencode

from wisp.engine.auth.oauth.exchange import is_token
from wisp.engine.auth.oauth.provider import BOUNDS, SignInError, as_table
from wisp.engine.http import HttpClient
from wisp.trust import found_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from wisp.engine.http_exchange import Response

PROVIDER = "Google Cloud"
#: The variable that names the account to speak for, and the one that says where metadata are.
_ACCOUNT = "GOOGLE_SERVICE_ACCOUNT_NAME"
_METADATA_HOST = "GCE_METADATA_HOST"
_METADATA = "metadata.google.internal"
_ACCOUNTS = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
#: What the machine says of itself, and what it says on Google's machines.
_PRODUCT = Path("/sys/class/dmi/id/product_name")
_PRODUCTS = ("Google", "Google Compute Engine")


def is_google_machine(environ: Mapping[str, str]) -> bool:
    """Tell whether this machine is Google's, or an account there is to be spoken for."""
    if environ.get(_ACCOUNT):
        return True
    try:
        return found_text(_PRODUCT).strip() in _PRODUCTS
    except (OSError, UnicodeDecodeError):
        return False


def google_identity(http: HttpClient, environ: Mapping[str, str], audience: str) -> str:
    """Return the statement of the machine, or of the account that it may speak for.

    Raises `SignInError` where it is given none, `FetchError` where nobody answers.
    """
    account = environ.get(_ACCOUNT)
    if not account:
        words = {"audience": audience, "format": "full"}
        return _metadata(http, environ, "identity", words).body.decode("ascii", "replace")
    answer = _metadata(http, environ, "token", {"scopes": _SCOPE})
    token = as_table(answer.body, _METADATA).get("access_token")
    if not isinstance(token, str) or not is_token(token):
        raise SignInError(f"{PROVIDER} gave this machine no access token")
    return _of_account(http, account, token, audience)


def _metadata(
    http: HttpClient, environ: Mapping[str, str], what: str, words: Mapping[str, str]
) -> Response:
    host = environ.get(_METADATA_HOST) or _METADATA
    address = f"http://{host}/computeMetadata/v1/instance/service-accounts/default/{what}"
    # What it answers are tokens, in clear: they are for this machine, and for no proxy.
    answer = http.without_proxies().request(
        "GET", f"{address}?{urlencode(words)}", headers={"Metadata-Flavor": "Google"},
        bounds=BOUNDS, sign=False, redirects=False,
    )  # fmt: skip
    return _good(answer, f"`{host}`")


def _of_account(http: HttpClient, account: str, token: str, audience: str) -> str:
    answer = http.request(
        "POST", f"{_ACCOUNTS}{quote(account, safe='@')}:generateIdToken",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        body=json.dumps({"audience": audience, "includeEmail": True}).encode(),
        bounds=BOUNDS, sign=False, redirects=False,
    )  # fmt: skip
    value = as_table(_good(answer, f"the account `{account}`").body, _ACCOUNTS).get("token")
    return value if isinstance(value, str) else ""


def _good(answer: Response, who: str) -> Response:
    if answer.ok:
        return answer
    raise SignInError(
        f"{PROVIDER} gave this machine no ID token: {who} answers with status {answer.status}",
        hints=["the machine needs a service account; to speak for another it needs a role there"],
    )
