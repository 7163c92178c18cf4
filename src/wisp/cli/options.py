"""Options that several commands share, each declared once (names and rules as in Pixi)."""

from __future__ import annotations

from wisp.cli.declare import Values, count, flag, value, values
from wisp.compat import ENV_COMPAT
from wisp.layout import FALSE_WORDS, TRUE_WORDS

_UPDATE = "Update Options"
_CONFIG = "Config Options"
_GLOBAL = "Global Options"


class Global(Values):
    """What every command takes."""

    verbose: int = count(
        "-v",
        "--verbose",
        group=_GLOBAL,
        help="Say more (-v warnings and infos, -vv details, -vvv all)",
    )
    quiet: int = count("-q", "--quiet", group=_GLOBAL, help="Say less")
    color: str = value(
        "--color",
        env="PIXI_COLOR",
        default="auto",
        choices=("always", "never", "auto"),
        group=_GLOBAL,
        help="When to colour the output",
    )
    no_progress: bool = flag(
        "--no-progress", env="PIXI_NO_PROGRESS", group=_GLOBAL, help="Hide all progress bars"
    )
    compat: str | None = value(
        "--compat",
        metavar="RELEASE",
        env=ENV_COMPAT,
        group=_GLOBAL,
        help="The release of Pixi to follow in what is written and said, as in 0.85",
    )


class Workspace(Global):
    """Which workspace is meant."""

    manifest_path: str | None = value(
        "-m",
        "--manifest-path",
        conflicts=("--workspace",),
        group=_GLOBAL,
        help="The manifest, or the folder it is in",
    )
    workspace: str | None = value(
        "-w",
        "--workspace",
        conflicts=("--manifest-path",),
        group=_GLOBAL,
        help="Name of a registered workspace",
    )


class Script(Workspace):
    """Which workspace is meant, where it may be a script."""

    script: str | None = value(
        "-s",
        "--script",
        conflicts=("--manifest-path", "--workspace"),
        group=_GLOBAL,
        help="A script with a block of metadata that stands for a workspace",
    )


class Experimental(Global):
    """What may change with any release."""

    experimental: bool = flag(
        "--experimental", help="Switch on what is an experiment: scripts of any language"
    )


class NoInstall(Global):
    """Whether an edit of the lock is followed by an installation."""

    no_install: bool = flag(
        "--no-install",
        env="PIXI_NO_INSTALL",
        group=_UPDATE,
        help="Leave the environment alone, only the lock file may change",
    )


class Lock(Global):
    """What may happen to the lock file."""

    frozen: bool = flag(
        "--frozen",
        env="PIXI_FROZEN",
        group=_UPDATE,
        help="Use the lock file as it is, without checking it",
    )
    locked: bool = flag(
        "--locked",
        env="PIXI_LOCKED",
        group=_UPDATE,
        help="Fail when the lock file is not up to date",
    )


class LockAndInstall(NoInstall, Lock):
    """What may happen to the lock file and the environment."""

    no_lock_file_update: bool = flag("--no-lock-file-update", group=_UPDATE, hidden=True)


class LockInstallAsIs(LockAndInstall):
    """The same, where an environment is used."""

    as_is: bool = flag("--as-is", group=_UPDATE, help="The same as --frozen --no-install")


#: Options of the classes above: what they let happen has happened once an answer is remembered.
HOW_LOCKED = frozenset({"frozen", "locked", "no_install"})


class ConfigSource(Global):
    """Which configuration counts."""

    no_config: bool = flag(
        "--no-config",
        env="PIXI_NO_CONFIG",
        conflicts=("--config-file",),
        group=_CONFIG,
        help="Read no configuration of the system or the user",
    )
    config_file: str | None = value(
        "--config-file",
        metavar="PATH",
        env="PIXI_CONFIG_FILE",
        conflicts=("--no-config",),
        group=_CONFIG,
        help="Read this file instead of the configuration of system and user",
    )


class Manifest(Workspace, ConfigSource):
    """Which workspace is meant and which configuration counts; all that a look needs."""


PINNING_STRATEGIES = ("semver", "minor", "major", "latest-up", "exact-version", "no-pin")


def positive(text: str) -> int:
    """Read a number above zero."""
    if not text.isdecimal() or int(text) < 1:
        raise ValueError("it is not a number above zero")
    return int(text)


def not_empty(text: str) -> str:
    """Read a name: an empty one, as of a variable that is not set, would be none at all."""
    if not text.strip():
        raise ValueError("a name is missing")
    return text


def whole(text: str) -> int:
    """Read a whole number."""
    try:
        return int(text)
    except ValueError:
        raise ValueError("it is not a number") from None


class Config(ConfigSource):
    """Which configuration counts, and what is set for this call."""

    auth_file: str | None = value("--auth-file", group=_CONFIG, help="Credentials to use")
    concurrent_downloads: int | None = value(
        "--concurrent-downloads",
        read=positive,
        group=_CONFIG,
        help="How many downloads may run at once (default 50)",
    )
    concurrent_solves: int | None = value(
        "--concurrent-solves",
        read=positive,
        group=_CONFIG,
        help="How many solves may run at once (default: number of CPUs)",
    )
    pinning_strategy: str | None = value(
        "--pinning-strategy",
        choices=PINNING_STRATEGIES,
        group=_CONFIG,
        help="How added versions are bounded",
    )
    pypi_keyring_provider: str | None = value(
        "--pypi-keyring-provider",
        choices=("disabled", "subprocess"),
        group=_CONFIG,
        help="Where credentials for PyPI come from",
    )
    run_post_link_scripts: bool = flag(
        "--run-post-link-scripts", group=_CONFIG, help="Run link scripts (insecure)"
    )
    no_symbolic_links: bool = flag(
        "--no-symbolic-links",
        env="PIXI_NO_SYMBOLIC_LINKS",
        group=_CONFIG,
        help="Install without symbolic links",
    )
    no_hard_links: bool = flag(
        "--no-hard-links",
        env="PIXI_NO_HARD_LINKS",
        group=_CONFIG,
        help="Install without hard links",
    )
    no_ref_links: bool = flag(
        "--no-ref-links",
        env="PIXI_NO_REF_LINKS",
        group=_CONFIG,
        help="Install without copy-on-write links",
    )
    tls_no_verify: bool = flag("--tls-no-verify", group=_CONFIG, help="Do not check certificates")
    offline: str | None = value(
        "--offline",
        bare="true",
        env="PIXI_OFFLINE",
        choices=(*TRUE_WORDS, *FALSE_WORDS),
        group=_CONFIG,
        help="Use what is cached, no network",
    )
    tls_root_certs: str | None = value(
        "--tls-root-certs",
        env="PIXI_TLS_ROOT_CERTS",
        choices=("webpki", "system"),
        also_accepted=("native", "all"),
        group=_CONFIG,
        help="Which root certificates to trust",
    )
    trust_workspace: bool = flag(
        "--trust-workspace",
        group=_CONFIG,
        help="Obey all of the workspace's own configuration",
    )
    use_environment_activation_cache: bool = flag(
        "--use-environment-activation-cache",
        group=_CONFIG,
        help="Use the activation cache (experimental)",
    )


class Activation(Global):
    """How an environment is activated."""

    force_activate: bool = flag(
        "--force-activate", group=_CONFIG, help="Ignore the activation cache"
    )


# Single options, for a class of values to take up under the same name.

ENVIRONMENT: str | None = value(
    "-e", "--environment", read=not_empty, help="The environment to use"
)
ENVIRONMENTS: tuple[str, ...] = values(
    "-e", "--environment", read=not_empty, help="An environment; may be repeated"
)
PLATFORM: str | None = value("-p", "--platform", help="The platform to use")
PLATFORMS: tuple[str, ...] = values("-p", "--platform", help="A platform; may be repeated")
FEATURE: str = value("-f", "--feature", default="default", help="The feature to change")
JSON: bool = flag("--json", help="Print JSON")
CHANGE_PS1: str | None = value(
    "--change-ps1",
    choices=("true", "false"),
    group=_CONFIG,
    help="Whether the prompt shows the environment",
)
