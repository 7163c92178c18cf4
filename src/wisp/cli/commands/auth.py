"""`auth`: store credentials for hosts, take them away, tell which there are."""

from __future__ import annotations

import sys

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.declare import Command, argument, flag, optional, top, value, values
from wisp.cli.opening import open_session
from wisp.errors import UsageError, WispError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from wisp import Invitation, LoginUse, OAuthRequest, StoredLogin, WorkloadRequest
    from wisp.specs.credentials import Credential

#: What is said of a credential that another store has first.
_HIDDEN = " (another store comes first)"

_OAUTH = "OAuth/OIDC Authentication"
_S3 = "S3 Authentication"
_PLAIN = "Token / Basic Authentication"
_WORKLOAD = "Workload Identity (in CI)"
_NOT_PLAIN = ("--token", "--username", "--password", "--conda-token")


class Login(options.Global):
    """What `login` takes."""

    host: str = argument("HOST", help="The host, such as `repo.prefix.dev` or a registry")
    user_agent: str | None = value("--user-agent", help="How to call ourselves meanwhile")
    oauth: bool = flag(
        "--oauth",
        conflicts=(*_NOT_PLAIN, "--s3-access-key-id"),
        group=_OAUTH,
        help="By OAuth: somebody agrees in a browser",
    )
    oauth_issuer_url: str | None = value(
        "--oauth-issuer-url", requires=("--oauth",), group=_OAUTH, help="Who gives out tokens"
    )
    oauth_client_id: str | None = value(
        "--oauth-client-id", requires=("--oauth",), group=_OAUTH, help="Name of the program there"
    )
    oauth_client_secret: str | None = value(
        "--oauth-client-secret", requires=("--oauth",), group=_OAUTH, help="Its secret"
    )
    oauth_flow: str | None = value(
        "--oauth-flow",
        choices=("device-code", "auth-code", "auto"),
        requires=("--oauth",),
        group=_OAUTH,
        help="By a code (the usual way), by a browser here, or the better",
    )
    oauth_scopes: tuple[str, ...] = values(
        "--oauth-scope", requires=("--oauth",), group=_OAUTH, help="What to ask for"
    )
    oauth_audience: str | None = value(
        "--oauth-audience", requires=("--oauth",), group=_OAUTH, help="Whom the token is for"
    )
    oauth_redirect_uri: str | None = value(
        "--oauth-redirect-uri", requires=("--oauth",), group=_OAUTH, help="Where it comes back to"
    )
    s3_access_key_id: str | None = value(
        "--s3-access-key-id",
        conflicts=_NOT_PLAIN,
        requires=("--s3-secret-access-key",),
        group=_S3,
        help="Key of a bucket",
    )
    s3_secret_access_key: str | None = value(
        "--s3-secret-access-key",
        requires=("--s3-access-key-id",),
        group=_S3,
        help="Its secret; `-` reads it from standard input",
    )
    s3_session_token: str | None = value(
        "--s3-session-token",
        requires=("--s3-access-key-id",),
        group=_S3,
        help="Token of a session of it",
    )
    token: str | None = value(
        "--token", group=_PLAIN, help="A bearer token; `-` reads it from standard input"
    )
    username: str | None = value("--username", group=_PLAIN, help="A user")
    password: str | None = value(
        "--password", group=_PLAIN, help="The user's password; `-` reads it from standard input"
    )
    conda_token: str | None = value(
        "--conda-token", group=_PLAIN, help="A token of anaconda.org or Quetz; `-` reads it"
    )
    workload_identity: bool = flag(
        "--workload-identity",
        conflicts=(*_NOT_PLAIN, "--oauth", "--s3-access-key-id"),
        group=_WORKLOAD,
        help="As the CI job that this is: its provider says who it is",
    )
    workload_identity_audience: str | None = value(
        "--workload-identity-audience",
        requires=("--workload-identity",),
        group=_WORKLOAD,
        help="For whom it is said (the host; `prefix.dev` for all hosts there)",
    )
    workload_identity_exchange: str | None = value(
        "--workload-identity-exchange",
        choices=("token-exchange", "prefix"),
        requires=("--workload-identity",),
        group=_WORKLOAD,
        help="How the host takes it: by RFC 8693, or as prefix.dev does (the default there)",
    )
    workload_identity_token_endpoint: str | None = value(
        "--workload-identity-token-endpoint",
        requires=("--workload-identity",),
        group=_WORKLOAD,
        help="Where it takes it: an address or a path (otherwise the host tells)",
    )


class Logout(options.Global):
    """What `logout` takes."""

    host: str | None = optional("HOST", help="The host")
    all: bool = flag("--all", conflicts=("HOST",), help="All hosts")


class Status(options.Global):
    """What `status` takes."""

    url: str | None = optional("URL", help="Tell what this address would get")
    details: bool = flag("--details", help="Name users too")
    json: bool = options.JSON


class Token(options.Global):
    """What `token` takes."""

    host: str = argument("HOST", help="The host")


def run_login(call: Call[Login]) -> int:
    """Store a credential, and say where it is."""
    given, session = call.values, open_session(call)
    if given.oauth:
        stored = session.sign_in(given.host, _oauth(given), lambda one: _invite(call, one))
    elif given.workload_identity:
        stored = session.sign_in_job(given.host, _workload(given))
    else:
        stored = session.login(given.host, _credential(given))
    kind = stored.kind if stored.kind.isupper() or "keys" in stored.kind else f"a {stored.kind}"
    call.out.success(f"Stored {kind} for {stored.key} in {stored.store}")
    if stored.port is not None:
        host = stored.key.removesuffix(f":{stored.port}").strip("[]")
        call.out.note(
            f"It is for indexes and registries at that port. Channels are asked by host alone: "
            f"`wisp auth login {host}`."
        )
    return 0


def _oauth(given: Login) -> OAuthRequest:
    from wisp import OAuthRequest

    secret = given.oauth_client_secret
    return OAuthRequest(
        issuer=given.oauth_issuer_url,
        client_id=given.oauth_client_id,
        client_secret=None if secret is None else _secret(secret),
        flow=given.oauth_flow,
        scopes=given.oauth_scopes,
        audience=given.oauth_audience,
        redirect_uri=given.oauth_redirect_uri,
        user_agent=given.user_agent,
    )


def _workload(given: Login) -> WorkloadRequest:
    from wisp import WorkloadRequest

    return WorkloadRequest(
        audience=given.workload_identity_audience,
        exchange=given.workload_identity_exchange,
        endpoint=given.workload_identity_token_endpoint,
        user_agent=given.user_agent,
    )


def _invite(call: Call[Login], invitation: Invitation) -> None:
    """Tell a person what to open; without it nothing goes on, so also when quiet."""
    call.out.err(f"Open this address to sign in:\n\n  {invitation.address}\n")
    if invitation.code:
        call.out.err(f"If it asks for a code: {invitation.code}\n")
    call.out.err("Waiting …")


def run_logout(call: Call[Logout]) -> int:
    """Take credentials away from every store."""
    host = call.values.host
    if host is None and not call.values.all:
        raise UsageError("name a host, or give --all")
    gone = open_session(call).logout(host)
    for entry in gone:
        call.out.success(f"Removed the {entry.kind} for {entry.key} from {entry.store}")
    if not gone:
        call.out.note(f"Nothing is stored for {host}." if host else "Nothing is stored.")
    return 0


def run_status(call: Call[Status]) -> int:
    """List the stored credentials, without secrets, or tell which one an address gets."""
    session, url = open_session(call), call.values.url
    if url is None:
        rows = [(login, "" if login.counts else _HIDDEN) for login in session.logins()]
        plain = [login.as_json() for login in session.logins()]
    else:
        uses = session.logins_for(url)
        rows = [(use.login, _for_whom(use)) for use in uses]
        plain = [use.as_json() for use in uses]
    for fault in session.credentials.faults:
        call.out.warning(_worded(fault), fault.hints)
    if call.values.json:
        call.out.json(plain)
    elif rows:
        _list(call, rows)
    else:
        call.out.note("No credentials are stored" + (" for it." if url else "."))
    return 0


def _worded(fault: WispError) -> str:
    """Tell in one line what is wrong with a store, why, and where in its file."""
    words = ": ".join([fault.message, *map(str, fault.causes)])
    place = fault.place
    return f"{words} (line {place.line}, column {place.column})" if place and place.line else words


def _list(call: Call[Status], rows: Sequence[tuple[StoredLogin, str]]) -> None:
    width = max(len(login.key) for login, _ in rows)
    for store in dict.fromkeys(login.store for login, _ in rows):
        call.out.result(f"{store}:")
        for login, remark in (row for row in rows if row[0].store == store):
            user = f" of {login.user}" if call.values.details and login.user else ""
            call.out.result(f"  {login.key:{width}}  {login.kind}{user}{remark}")


def _for_whom(use: LoginUse) -> str:
    return "" if use.is_for_all else f" (for {' and '.join(use.purposes)})"


def run_token(call: Call[Token]) -> int:
    """Print the token that is stored for a host."""
    call.out.result(open_session(call).token_for(call.values.host))
    return 0


def _credential(given: Login) -> Credential:
    """Make a credential of the options. Raises `UsageError` when they make none."""
    from wisp.specs import credentials as kinds

    if given.conda_token is not None:
        return kinds.CondaToken(_secret(given.conda_token))
    if given.username is not None:
        if given.password is None:
            raise UsageError("--username needs --password", hints=["`--password -` reads it"])
        return kinds.BasicHTTP(given.username, _secret(given.password))
    if given.token is not None:
        return kinds.BearerToken(_secret(given.token))
    if given.s3_access_key_id is not None and given.s3_secret_access_key is not None:
        secret = _secret(given.s3_secret_access_key)
        return kinds.S3Credentials(given.s3_access_key_id, secret, given.s3_session_token)
    raise UsageError(
        "no credential is given",
        hints=["give --token, --conda-token, or --username and --password"],
    )


def _secret(word: str) -> str:
    """Return a secret: the word itself, or for `-` a line of standard input.

    Command lines can be read by all users of a machine, and shells remember them.
    """
    secret = sys.stdin.readline().rstrip("\r\n") if word == "-" else word
    if not secret or not secret.isprintable():
        raise UsageError("the secret is empty, or holds signs that cannot be sent")
    return secret


COMMAND = top(
    "auth",
    options.Global,
    example="auth login repo.prefix.dev --token -",
    help_without_words=True,
    commands=(
        Command(
            name="login",
            summary="Store a credential for a host",
            values=Login,
            run=run_login,
            example="auth login repo.prefix.dev --token -",
        ),
        Command(
            name="logout",
            summary="Remove what is stored for a host",
            values=Logout,
            run=run_logout,
            example="auth logout repo.prefix.dev",
        ),
        Command(
            name="status",
            summary="List what is stored, without secrets",
            values=Status,
            run=run_status,
            example="auth status https://repo.prefix.dev/my-channel",
        ),
        Command(
            name="token",
            summary="Print the token of a host",
            values=Token,
            run=run_token,
            example="auth token repo.prefix.dev",
        ),
    ),
)
