"""From the options of a call to an opened workspace and what may be done with it."""

from __future__ import annotations

from wisp.cli import options
from wisp.errors import UsageError
from wisp.layout import TRUE_WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from wisp import FoundScript
    from wisp.api.lock_usage import LockUsage
    from wisp.api.session import Session
    from wisp.api.workspace import Workspace
    from wisp.cli.call import Call


def overrides(call: Call) -> dict[str, object]:
    """The configuration keys that the call's options set, dotted."""
    values = call.values
    if not isinstance(values, options.Config):
        return {}
    found: dict[str, object] = {
        "authentication-override-file": values.auth_file,
        "concurrency.downloads": values.concurrent_downloads,
        "concurrency.solves": values.concurrent_solves,
        "pinning-strategy": values.pinning_strategy,
        "pypi-config.keyring-provider": values.pypi_keyring_provider,
        "tls-root-certs": values.tls_root_certs,
        "run-post-link-scripts": "insecure" if values.run_post_link_scripts else None,
        "allow-symbolic-links": False if values.no_symbolic_links else None,
        "allow-hard-links": False if values.no_hard_links else None,
        "allow-ref-links": False if values.no_ref_links else None,
        "tls-no-verify": values.tls_no_verify or None,
        "trust.workspace": values.trust_workspace or None,
        "experimental.use-environment-activation-cache": (
            values.use_environment_activation_cache or None
        ),
        "experimental.conda-script": _experiments(call) or None,
        "shell.force-activate": _forces_activation(call) or None,
        "offline": None if values.offline is None else values.offline in TRUE_WORDS,
    }
    return {key: value for key, value in found.items() if value is not None}


def _experiments(call: Call) -> bool:
    return isinstance(call.values, options.Experimental) and call.values.experimental


def _forces_activation(call: Call) -> bool:
    return isinstance(call.values, options.Activation) and call.values.force_activate


def open_session(call: Call) -> Session:
    """Start a session where there is no workspace, or where it does not matter."""
    from pathlib import Path

    from wisp.api.session import Session

    source = call.values if isinstance(call.values, options.ConfigSource) else None
    return Session.open(
        environ=call.environ,
        reporter=call.reporter,
        overrides=overrides(call),
        no_config=source is not None and source.no_config,
        config_file=Path(source.config_file) if source and source.config_file else None,
    )


def open_workspace(
    call: Call[options.Workspace],
    *,
    script: FoundScript | None = None,
    despite: Literal["version", "preview", "unused"] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Workspace:
    """Open the workspace that the call means and show the warnings met on the way.

    `script` is one that was found already, wherever it comes from; `despite` opens a manifest
    that wants another version of Pixi or lacks a preview flag, too, or without a word on unused
    features; `environ` counts in place of
    the call's.
    """
    from pathlib import Path

    from wisp.api.workspace import Workspace

    values = call.values
    if isinstance(values, options.LockAndInstall) and values.no_lock_file_update:
        raise UsageError(
            "--no-lock-file-update is not supported any more", hints=("use --frozen instead",)
        )
    named = values.script if isinstance(values, options.Script) else None
    source = values if isinstance(values, options.ConfigSource) else None
    return Workspace.open(
        Path(values.manifest_path) if values.manifest_path else None,
        name=values.workspace,
        script=str(script.path) if script else named,
        origin=script.origin if script else None,
        cwd=call.cwd,
        environ=call.environ if environ is None else environ,
        reporter=call.reporter,
        overrides=overrides(call),
        no_config=source is not None and source.no_config,
        config_file=Path(source.config_file) if source and source.config_file else None,
        despite=despite,
    )


def usage_of(call: Call) -> LockUsage:
    """Return what the options allow to happen to lock and environment."""
    from wisp.api.lock_usage import LockUsage

    values = call.values
    as_is = isinstance(values, options.LockInstallAsIs) and values.as_is
    lock = values if isinstance(values, options.Lock) else None
    return LockUsage(
        locked=lock is not None and lock.locked,
        frozen=as_is or (lock is not None and lock.frozen),
        no_install=as_is or (isinstance(values, options.NoInstall) and values.no_install),
    )
