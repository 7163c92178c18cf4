"""The client of rattler, and its configuration: what settings say, in rattler's own shape.

Quirks of py-rattler that end here: the client made from a configuration signs requests before it
rewrites them to a mirror (ours rewrites first); the file of credentials and the proxies of such a
client of ours can only be given through the environment.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from rattler.config.config import Config
from rattler.exceptions import AuthenticationStorageError
from rattler.networking.client import Client
from rattler.networking.middleware import (
    AuthenticationMiddleware,
    GCSMiddleware,
    MirrorMiddleware,
    OciMiddleware,
    RetryMiddleware,
    S3Config,
    S3Middleware,
)

from wisp.engine.auth.channel_logins import Detours, by_origin, logins_in
from wisp.engine.borrowed import borrowed
from wisp.engine.certificates import CERTIFICATE_VARIABLES, certificate_variables
from wisp.engine.proxies import PROXY_VARIABLES, SPARING_VARIABLES, has_proxy
from wisp.errors import HostError, Place
from wisp.printable import toml_string
from wisp.specs.credentials import Credential, credential_as_json
from wisp.specs.settings import EngineSettings, Network, S3Bucket
from wisp.specs.urls import without_userinfo
from wisp.trust import has_end
from wisp.values import replace

_USER_AGENT = "wisp"
#: What a client looks at in the environment of the process while it is made.
_LOOKED_AT = (
    *PROXY_VARIABLES,
    *SPARING_VARIABLES,
    *("RATTLER_AUTH_FILE", "NETRC", "HOME"),
    *CERTIFICATE_VARIABLES,
)
_NO_HOME = "/nonexistent"


def make_client(network: Network, environ: Mapping[str, str]) -> Client:
    """Make the client, whose certificates are the system's or those that the variables name.

    Raises `HostError` for a file of credentials that has no end, or is too large.
    """
    _require_files(client_variables(network, environ))
    network = _with_logins_of_mirrors(network)
    from wisp.engine.auth.stores import Credentials

    credentials = Credentials.of(network, environ)
    if credentials.are_files_of_rattler:
        credentials.everything()  # which rattler reads by itself, and may quote
    if network.tls_no_verify:
        return _unchecked_client(network, environ)
    variables = client_variables(network, environ)
    if credentials.are_files_of_rattler and not network.logins:
        return _checked_client(network, variables, environ)
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="wisp-auth-") as folder:
        detours = Detours.of(network.logins)
        file = _written({**credentials.sendable(), **detours.stored}, folder)
        lent = {**variables, "RATTLER_AUTH_FILE": file}
        return _checked_client(network, lent, environ, detours)


def _with_logins_of_mirrors(network: Network) -> Network:
    """Part the addresses of mirrors from the logins in them, which rattler would not send."""
    found = logins_in(url for urls in network.mirrors.values() for url in urls)
    if not found:
        return network
    bare = {
        prefix: tuple(without_userinfo(url)[0] for url in urls)
        for prefix, urls in network.mirrors.items()
    }
    return replace(network, mirrors=bare, logins={**found, **network.logins})


def _checked_client(
    network: Network,
    variables: Mapping[str, str],
    environ: Mapping[str, str],
    detours: Detours | None = None,
) -> Client:
    """Make a client that is lent variables; `environ` are those that the user has set."""
    with borrowed(_LOOKED_AT, variables):
        buckets = {name: _bucket(bucket) for name, bucket in network.s3.items()}
        mirrors = {prefix: list(urls) for prefix, urls in network.mirrors.items()}
        there, back = (detours.there, detours.back) if detours else ({}, {})
        # Each try asks the mirror that has failed least, so tries have to stand around mirrors.
        try:
            return Client(
                [
                    RetryMiddleware(),
                    *_rewriting(mirrors),
                    OciMiddleware(),
                    GCSMiddleware(),
                    S3Middleware(buckets),
                    *_rewriting(there),
                    AuthenticationMiddleware(),
                    *_rewriting(back),
                ],
                user_agent=_USER_AGENT,
                timeout=network.patience.whole,
            )
        except AuthenticationStorageError as error:
            raise HostError("the credentials cannot be read", causes=[_said(error)]) from error
        except ValueError as error:  # it says no more than that it could not be built
            named = (*CERTIFICATE_VARIABLES, "REQUESTS_CA_BUNDLE")
            said = ", ".join(f"{name}={environ[name]}" for name in named if environ.get(name))
            raise HostError(
                "no client of the web can be made",
                causes=(str(error), f"certificates are those of {said or 'the system'}"),
                hints=("name a file of certificates in `SSL_CERT_FILE`",),
            ) from error


def _said(error: AuthenticationStorageError) -> str:
    """Say which file is wrong, and where: rattler quotes what stands there, which is a secret."""
    text = str(error)
    where = re.search(r" at line \d+ column \d+$", text)
    return text.partition(": ")[0] + (where[0] if where else "")


def _rewriting(mirrors: Mapping[str, list[str]]) -> tuple[MirrorMiddleware, ...]:
    return (MirrorMiddleware({**mirrors}),) if mirrors else ()


def _unchecked_client(network: Network, environ: Mapping[str, str]) -> Client:
    """Make a client that checks no certificates, which only a configuration can ask for.

    It signs before it rewrites, so that what is for a host would go to its mirror. Hence it is
    told no credentials of hosts that have mirrors. Of those of a mirror only a conda token can be
    sent, since that stands in the URL. Logins in addresses of channels go by host, as it knows
    no ports.
    """
    from tempfile import TemporaryDirectory

    from wisp.engine.auth.stores import Credentials, keys_of

    keys = _network_keys(network)
    credentials = Credentials.of(network, environ)
    with TemporaryDirectory(prefix="wisp-auth-") as folder:
        if network.mirrors or network.logins or not credentials.are_files_of_rattler:
            spared = frozenset(key for prefix in network.mirrors for key in keys_of(prefix))
            logins = by_origin(network.logins)
            own = {to.host: one for to, one in logins.items() if to.host not in spared}
            file = _written({**credentials.sendable(spared), **own}, folder)
            keys["authentication-override-file"] = file
            keys["mirrors"] = {
                prefix: [credentials.sign(url)[0] for url in urls]
                for prefix, urls in network.mirrors.items()
            }
        with borrowed(_LOOKED_AT, client_variables(network, environ)):
            return Client.from_config(
                Config.from_toml(_toml(keys)),
                user_agent=_USER_AGENT,
                timeout=network.patience.whole,
            )


def _written(table: Mapping[str, Credential], folder: str) -> str:
    """Write credentials where only we can read them, as long as a client is being made."""
    file = Path(folder) / "credentials.json"
    file.touch(mode=0o600)
    content = {key: credential_as_json(credential) for key, credential in table.items()}
    file.write_text(json.dumps(content), encoding="utf-8")
    return str(file)


def _require_files(variables: Mapping[str, str]) -> None:
    """Refuse what rattler would read for ever in the places of credentials: pipes, devices."""
    from wisp.engine.auth.kept import LARGEST

    home = Path(variables.get("HOME") or _NO_HOME)
    own = variables.get("RATTLER_AUTH_FILE") or home / ".rattler/credentials.json"
    for file in map(Path, (own, variables.get("NETRC") or home / ".netrc")):
        if file.exists() and not has_end(file, LARGEST):
            problem = "is no regular file or too large, so its credentials were not read"
            raise HostError(f"`{file}` {problem}", place=Place(str(file)))


def _bucket(bucket: S3Bucket) -> S3Config:
    return S3Config(bucket.endpoint_url, bucket.region, bucket.addressing)


def client_variables(network: Network, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that tell a client its credentials, certificates and proxies.

    The proxies of `environ` win over configured ones.
    """
    variables = {name: environ[name] for name in _LOOKED_AT if environ.get(name)}
    if not os.access(variables.get("HOME", "/"), os.X_OK):
        variables["HOME"] = _NO_HOME  # a client ends where it may not look, which is no reason to
    for name in CERTIFICATE_VARIABLES:
        variables.pop(name, None)
    variables |= certificate_variables(environ)
    if network.auth_file is not None:
        variables["RATTLER_AUTH_FILE"] = str(network.auth_file)
    if has_proxy(environ):
        return variables
    if network.http_proxy:
        variables["http_proxy"] = network.http_proxy
    if network.https_proxy:
        variables["https_proxy"] = network.https_proxy
    if (network.http_proxy or network.https_proxy) and network.non_proxy_hosts:
        variables["no_proxy"] = ",".join(network.non_proxy_hosts)
    return variables


def make_configuration(settings: EngineSettings) -> Config:
    """Spell the settings that an installation follows as rattler's configuration."""
    return Config.from_toml(_toml(_configuration_keys(settings)))


TomlValue = str | bool | int | list[str] | dict[str, "TomlValue"]


def _configuration_keys(settings: EngineSettings) -> dict[str, TomlValue]:
    linking = settings.linking
    keys: dict[str, TomlValue] = {
        "run-post-link-scripts": "insecure" if linking.run_scripts else "false",
    }
    links = {"symbolic": linking.symbolic, "hard": linking.hard, "ref": linking.ref}
    keys |= {
        f"allow-{kind}-links": allowed for kind, allowed in links.items() if allowed is not None
    }
    return keys | _network_keys(settings.network)


def _network_keys(network: Network) -> dict[str, TomlValue]:
    keys: dict[str, TomlValue] = {"tls-no-verify": network.tls_no_verify}
    if network.tls_root_certs:
        keys["tls-root-certs"] = network.tls_root_certs
    if network.auth_file is not None:
        keys["authentication-override-file"] = str(network.auth_file)
    keys["concurrency"] = {"downloads": network.concurrent_downloads}
    keys["mirrors"] = {prefix: list(urls) for prefix, urls in network.mirrors.items()}
    proxies: dict[str, TomlValue] = {"non-proxy-hosts": list(network.non_proxy_hosts)}
    if network.http_proxy:
        proxies["http"] = network.http_proxy
    if network.https_proxy:
        proxies["https"] = network.https_proxy
    if len(proxies) > 1:
        keys["proxy-config"] = proxies
    keys["s3-options"] = {
        name: {
            "endpoint-url": bucket.endpoint_url,
            "region": bucket.region,
            "addressing-style": bucket.addressing,
        }
        for name, bucket in network.s3.items()
    }
    return keys


def _toml(keys: Mapping[str, TomlValue]) -> str:
    """Write keys as TOML."""
    return "".join(f"{toml_string(key)} = {_inline(value)}\n" for key, value in keys.items())


def _inline(value: TomlValue) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return toml_string(value)
        case list():
            return "[" + ", ".join(_inline(item) for item in value) + "]"
        case dict():
            pairs = (f"{toml_string(key)} = {_inline(item)}" for key, item in value.items())
            return "{ " + ", ".join(pairs) + " }"
