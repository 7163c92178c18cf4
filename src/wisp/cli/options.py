"""Options that several commands share, each declared once (names and rules as in Pixi)."""

from __future__ import annotations

from wisp.cli.declare import Option
from wisp.layout import FALSE_WORDS, TRUE_WORDS

_UPDATE = "Update Options"
_CONFIG = "Config Options"
_GLOBAL = "Global Options"

GLOBAL: tuple[Option, ...] = (
    Option(
        ("-v", "--verbose"),
        kind="count",
        group=_GLOBAL,
        help="Say more (-v warnings and infos, -vv details, -vvv all)",
    ),
    Option(("-q", "--quiet"), kind="count", group=_GLOBAL, help="Say less"),
    Option(
        ("--color",),
        "COLOR",
        kind="value",
        env="PIXI_COLOR",
        default="auto",
        choices=("always", "never", "auto"),
        group=_GLOBAL,
        help="Whether output is coloured",
    ),
    Option(
        ("--no-progress",), env="PIXI_NO_PROGRESS", group=_GLOBAL, help="Hide all progress bars"
    ),
)

MANIFEST_PATH = Option(
    ("-m", "--manifest-path"),
    "MANIFEST_PATH",
    kind="value",
    conflicts=("--workspace",),
    group=_GLOBAL,
    help="The manifest, or the folder it is in",
)
WORKSPACE_NAME = Option(
    ("-w", "--workspace"),
    "WORKSPACE",
    kind="value",
    conflicts=("--manifest-path",),
    group=_GLOBAL,
    help="Name of a registered workspace",
)
WORKSPACE = (MANIFEST_PATH, WORKSPACE_NAME)
SCRIPT = Option(
    ("-s", "--script"),
    "SCRIPT",
    kind="value",
    conflicts=("--manifest-path", "--workspace"),
    group=_GLOBAL,
    help="A Python script with PEP 723 metadata that stands for a workspace",
)

FROZEN = Option(
    ("--frozen",),
    env="PIXI_FROZEN",
    group=_UPDATE,
    help="Use the lock file as it is, without checking it",
)
LOCKED = Option(
    ("--locked",),
    env="PIXI_LOCKED",
    group=_UPDATE,
    help="Fail when the lock file is not up to date",
)
NO_INSTALL = Option(
    ("--no-install",),
    env="PIXI_NO_INSTALL",
    group=_UPDATE,
    help="Leave the environment alone, only the lock file may change",
)
AS_IS = Option(("--as-is",), group=_UPDATE, help="The same as --frozen --no-install")
NO_LOCK_FILE_UPDATE = Option(("--no-lock-file-update",), group=_UPDATE, hidden=True)

LOCK = (FROZEN, LOCKED)
LOCK_AND_INSTALL = (NO_INSTALL, FROZEN, LOCKED, NO_LOCK_FILE_UPDATE)
LOCK_INSTALL_AS_IS = (*LOCK_AND_INSTALL, AS_IS)

CONFIG_SOURCE = (
    Option(
        ("--no-config",),
        env="PIXI_NO_CONFIG",
        conflicts=("--config-file",),
        group=_CONFIG,
        help="Read no configuration of the system or the user",
    ),
    Option(
        ("--config-file",),
        "PATH",
        kind="value",
        env="PIXI_CONFIG_FILE",
        conflicts=("--no-config",),
        group=_CONFIG,
        help="Read this file instead of the configuration of system and user",
    ),
)

PINNING_STRATEGIES = ("semver", "minor", "major", "latest-up", "exact-version", "no-pin")

CONFIG = (
    *CONFIG_SOURCE,
    Option(("--auth-file",), "AUTH_FILE", "value", group=_CONFIG, help="Credentials to use"),
    Option(
        ("--concurrent-downloads",),
        "CONCURRENT_DOWNLOADS",
        "value",
        group=_CONFIG,
        help="How many downloads may run at once (default 50)",
    ),
    Option(
        ("--concurrent-solves",),
        "CONCURRENT_SOLVES",
        "value",
        group=_CONFIG,
        help="How many solves may run at once (default: number of CPUs)",
    ),
    Option(
        ("--pinning-strategy",),
        "PINNING_STRATEGY",
        "value",
        choices=PINNING_STRATEGIES,
        group=_CONFIG,
        help="How added versions are bounded",
    ),
    Option(
        ("--pypi-keyring-provider",),
        "PYPI_KEYRING_PROVIDER",
        "value",
        choices=("disabled", "subprocess"),
        group=_CONFIG,
        help="Where credentials for PyPI come from",
    ),
    Option(("--run-post-link-scripts",), group=_CONFIG, help="Run link scripts (insecure)"),
    Option(
        ("--no-symbolic-links",),
        env="PIXI_NO_SYMBOLIC_LINKS",
        group=_CONFIG,
        help="Install without symbolic links",
    ),
    Option(
        ("--no-hard-links",),
        env="PIXI_NO_HARD_LINKS",
        group=_CONFIG,
        help="Install without hard links",
    ),
    Option(
        ("--no-ref-links",),
        env="PIXI_NO_REF_LINKS",
        group=_CONFIG,
        help="Install without copy-on-write links",
    ),
    Option(("--tls-no-verify",), group=_CONFIG, help="Do not check certificates"),
    Option(
        ("--offline",),
        "OFFLINE",
        "value",
        bare="true",
        env="PIXI_OFFLINE",
        choices=(*TRUE_WORDS, *FALSE_WORDS),
        group=_CONFIG,
        help="Use what is cached, no network",
    ),
    Option(
        ("--tls-root-certs",),
        "TLS_ROOT_CERTS",
        "value",
        env="PIXI_TLS_ROOT_CERTS",
        choices=("webpki", "system"),
        also_accepted=("native", "all"),
        group=_CONFIG,
        help="Which root certificates to trust",
    ),
    Option(
        ("--use-environment-activation-cache",),
        group=_CONFIG,
        help="Use the activation cache (experimental)",
    ),
)

ENVIRONMENT = Option(("-e", "--environment"), "ENVIRONMENT", "value", help="The environment to use")
ENVIRONMENTS = Option(
    ("-e", "--environment"), "ENVIRONMENT", "list", help="An environment; may be repeated"
)
PLATFORM = Option(("-p", "--platform"), "PLATFORM", "value", help="The platform to use")
PLATFORMS = Option(("-p", "--platform"), "PLATFORM", "list", help="A platform; may be repeated")
FEATURE = Option(
    ("-f", "--feature"), "FEATURE", "value", default="default", help="The feature to change"
)
JSON = Option(("--json",), help="Print JSON")
