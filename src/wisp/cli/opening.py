"""From the options of a call to an opened workspace and what may be done with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from wisp.errors import UsageError
from wisp.layout import TRUE_WORDS

if TYPE_CHECKING:
    from wisp.api.lock_usage import LockUsage
    from wisp.api.session import Session
    from wisp.api.use.scripts import Script
    from wisp.api.workspace import Workspace
    from wisp.cli.call import Call
    from wisp.config.model import ConfigRequest

#: Options that override the configuration, by the key they stand for.
_OVERRIDES = {
    "auth_file": "authentication-override-file",
    "concurrent_downloads": "concurrency.downloads",
    "concurrent_solves": "concurrency.solves",
    "pinning_strategy": "pinning-strategy",
    "pypi_keyring_provider": "pypi-config.keyring-provider",
    "tls_root_certs": "tls-root-certs",
}
_SWITCHES: dict[str, tuple[str, object]] = {
    "run_post_link_scripts": ("run-post-link-scripts", "insecure"),
    "no_symbolic_links": ("allow-symbolic-links", False),
    "no_hard_links": ("allow-hard-links", False),
    "no_ref_links": ("allow-ref-links", False),
    "tls_no_verify": ("tls-no-verify", True),
    "use_environment_activation_cache": ("experimental.use-environment-activation-cache", True),
    "force_activate": ("shell.force-activate", True),
}


def overrides(call: Call) -> dict[str, object]:
    """The configuration keys that the call's options set, dotted."""
    values = vars(call.values)
    found: dict[str, object] = {}
    for option, key in _OVERRIDES.items():
        if values.get(option) is not None:
            found[key] = _number(option, values[option])
    for option, (key, value) in _SWITCHES.items():
        if values.get(option):
            found[key] = value
    if values.get("offline") is not None:
        found["offline"] = values["offline"] in TRUE_WORDS
    return found


def config_request(call: Call) -> ConfigRequest:
    """Which configuration counts where there is no workspace (yet)."""
    from wisp.config.model import ConfigRequest

    values = call.values
    return ConfigRequest(
        environ=call.environ,
        overrides=overrides(call),
        no_config=bool(values.no_config),
        config_file=Path(values.config_file) if values.config_file else None,
    )


def open_session(call: Call) -> Session:
    """Start a session where there is no workspace, or where it does not matter."""
    from wisp.api.session import Session

    return Session.of(config_request(call), call.reporter)


def _number(option: str, text: str) -> object:
    if not option.startswith("concurrent"):
        return text
    if not text.isdecimal() or int(text) < 1:
        raise UsageError(f"invalid value '{text}' for '--{option.replace('_', '-')}'")
    return int(text)


def open_workspace(call: Call, *, script: Script | None = None) -> Workspace:
    """Open the workspace that the call means and show the warnings met on the way.

    `script` is one that was found already, wherever it comes from.
    """
    from wisp.api.workspace import Workspace

    values: dict[str, Any] = vars(call.values)
    if values.get("no_lock_file_update"):
        raise UsageError(
            "--no-lock-file-update is not supported any more", hints=("use --frozen instead",)
        )
    path = values.get("manifest_path")
    config_file = values.get("config_file")
    return Workspace.open(
        Path(path) if path else None,
        name=values.get("workspace"),
        script=str(script.path) if script else values.get("script"),
        origin=script.origin if script else None,
        cwd=call.cwd,
        environ=call.environ,
        reporter=call.reporter,
        overrides=overrides(call),
        no_config=bool(values.get("no_config")),
        config_file=Path(config_file) if config_file else None,
    )


def usage_of(call: Call) -> LockUsage:
    """Return what the options allow to happen to lock and environment."""
    from wisp.api.lock_usage import LockUsage

    given: dict[str, Any] = vars(call.values)
    as_is = bool(given.get("as_is"))
    return LockUsage(
        locked=bool(given.get("locked")),
        frozen=as_is or bool(given.get("frozen")),
        no_install=as_is or bool(given.get("no_install")),
    )
