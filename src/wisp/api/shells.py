"""`session.shells`: running shells that are activated in place, left, or follow `cd`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.context import SessionContext
    from wisp.api.given import StrPath
    from wisp.api.use.in_place import Followed, InPlaceOptions


class Shells:
    """The running shells of a user; what is returned to be evaluated changes variables only."""

    def __init__(self, session: SessionContext) -> None:
        self._session = session

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def running(self) -> str:
        """Return the name of the shell that called this process, `bash` if that cannot be seen."""
        from wisp.activation.detect import running_shell

        return running_shell(self._session.environ)

    def without(self, current: Mapping[str, str]) -> dict[str, str]:
        """Return the variables of a shell as they are without what is active in place."""
        from wisp.activation.in_place import without

        return without(current)

    def deactivate(self, shell: str, current: Mapping[str, str]) -> str:
        """Return what a shell evaluates to be as before. Raises `ActivationError`: nothing is."""
        from wisp.api.use.in_place import leave_in_place

        return leave_in_place(shell, current)

    def follow(self, cwd: StrPath, options: InPlaceOptions) -> Followed:
        """Return what a shell evaluates once it went to a folder: see `use.in_place.follow`."""
        from wisp.api.use.in_place import follow

        return follow(self._session, Path(cwd), options)

    def reactivate(self, options: InPlaceOptions) -> Followed:
        """Return what a shell evaluates to take up what changed in its active environment."""
        from wisp.api.use.in_place import reactivate

        return reactivate(self._session, options)
