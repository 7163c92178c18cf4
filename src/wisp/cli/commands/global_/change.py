"""`global add`, `remove`, `uninstall`, `update`, `sync`, `edit`: change tools that are there."""

from __future__ import annotations

from wisp.cli import options
from wisp.cli.call import Call
from wisp.cli.commands.global_ import common
from wisp.cli.declare import Command, arguments, flag, optional, value, values
from wisp.errors import UsageError, WispError

TYPE_CHECKING = False
if TYPE_CHECKING:
    pass


class Add(common.Environment, common.Packages, options.Config):
    """What `global add` takes."""


class Remove(common.Environment, options.Config):
    """What `global remove` takes."""

    packages: tuple[str, ...] = arguments("PACKAGE", help="A package")


class Uninstall(options.Config):
    """What `global uninstall` takes."""

    environments: tuple[str, ...] = arguments("ENVIRONMENT", help="An environment")


class Update(options.Config):
    """What `global update` takes."""

    environments: tuple[str, ...] = arguments(
        "ENVIRONMENTS", needed=False, help="Environments; all unless named"
    )


class Sync(options.Config):
    """What `global sync` takes."""

    locked: bool = flag(
        "--locked", help="Install just what `pixi-global.lock` has; fail if it does not fit"
    )


class Edit(options.ConfigSource):
    """What `global edit` takes."""

    editor: str | None = optional("EDITOR", help="The editor; else EDITOR, else nano")


class Removed(options.Global):
    """What commands take that are gone."""

    channel: tuple[str, ...] = values("-c", "--channel", help="A channel, by name or URL")
    platform: str | None = value("--platform", help="The platform")


class Upgrade(Removed):
    """What `global upgrade` takes."""

    specs: tuple[str, ...] = arguments("SPECS", needed=False, help="Packages")


class UpgradeAll(Removed, options.Config):
    """What `global upgrade-all` takes."""


def run_add(call: Call[Add]) -> int:
    """Add packages to an environment."""
    wanted = call.values
    name, words = common.environment_of(wanted), common.words_of(wanted)
    common.tell(call, common.open_tools(call).add(name, words, expose=wanted.expose))
    return 0


def run_remove(call: Call[Remove]) -> int:
    """Take packages out of an environment."""
    wanted = call.values
    if wanted.environment is None:
        raise UsageError(
            "`--environment` says which environment the packages are to be taken out of",
            hints=("`pixi global uninstall` removes whole environments",),
            exit_code=1,
        )
    common.tell(call, common.open_tools(call).remove(wanted.environment, wanted.packages))
    return 0


def run_uninstall(call: Call[Uninstall]) -> int:
    """Remove environments."""
    common.tell(call, common.open_tools(call).uninstall(call.values.environments))
    return 0


def run_update(call: Call[Update]) -> int:
    """Solve environments anew."""
    tools = common.open_tools(call)
    if not common.tell(call, tools.update(call.values.environments)):
        call.out.success("Environments are already up-to-date.")
    return 0


def run_sync(call: Call[Sync]) -> int:
    """Make everything what the manifest says, or the lock."""
    if not common.tell(call, common.open_tools(call).sync(locked=call.values.locked)):
        call.out.success("Nothing to do. All tools are as the manifest says.")
    return 0


def run_edit(call: Call[Edit]) -> int:
    """Open the manifest in an editor and pass its exit code on."""
    call.out.flush()
    return common.open_tools(call).edit(call.values.editor)


def run_removed(_: Call[Removed]) -> int:
    """Say what has taken the place of a command that is gone."""
    raise WispError("this command was removed", hints=("`pixi global update` does what it did",))


ADD = Command(
    name="add",
    summary="Add packages to an environment",
    values=Add,
    run=run_add,
    aliases=("a",),
    help_without_words=True,
    example="global add --environment python numpy",
)
REMOVE = Command(
    name="remove",
    summary="Take packages out of an environment",
    values=Remove,
    run=run_remove,
    aliases=("rm",),
    help_without_words=True,
    example="global remove --environment python numpy",
)
UNINSTALL = Command(
    name="uninstall",
    summary="Remove environments with all that is exposed of them",
    values=Uninstall,
    run=run_uninstall,
    help_without_words=True,
    example="global uninstall ripgrep",
)
UPDATE = Command(
    name="update",
    summary="Update environments to the newest versions that the manifest allows",
    values=Update,
    run=run_update,
    example="global update ripgrep",
)
SYNC = Command(
    name="sync",
    summary="Make what is installed equal to the manifest, and repair it",
    values=Sync,
    run=run_sync,
    aliases=("s",),
    example="global sync",
)
EDIT = Command(
    name="edit",
    summary="Open the manifest of global tools in an editor",
    values=Edit,
    run=run_edit,
    example="global edit vim",
)
UPGRADE = Command(
    name="upgrade",
    summary="Removed: use `global update`",
    values=Upgrade,
    run=run_removed,
    hidden=True,
    example="global upgrade ripgrep",
)
UPGRADE_ALL = Command(
    name="upgrade-all",
    summary="Removed: use `global update`",
    values=UpgradeAll,
    run=run_removed,
    aliases=("ua",),
    hidden=True,
    example="global upgrade-all",
)
