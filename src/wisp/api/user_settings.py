"""The facade of what a user has chosen: configuration, credentials, consent, named workspaces."""

from __future__ import annotations

from pathlib import Path

from wisp.api.context import SessionContext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.authorizing import StoredLogin
    from wisp.api.configuring import ConfigLevel, ConfigListing, ConfigScope
    from wisp.api.given import StrPath
    from wisp.api.login_uses import LoginUse
    from wisp.api.signing_in import OAuthRequest
    from wisp.api.trusting import TrustSubject
    from wisp.api.workload_identity import WorkloadRequest
    from wisp.engine.auth.oauth.device import Tell
    from wisp.specs.credentials import Credential


class UserSettings(SessionContext):
    """The half of a session that reads and changes what holds for all of a user's workspaces."""

    # The configuration. `level` is "local", "global" or "system", None for the nearest file;
    # `root` the root of the workspace whose level it may be.

    def configured(
        self,
        key: str | None = None,
        *,
        level: ConfigLevel | None = None,
        root: StrPath | None = None,
    ) -> ConfigListing:
        """Show the merged configuration, or the part below a key."""
        from wisp.api.configuring import list_config

        return list_config(self._scope(level, root), key)

    def configure(
        self,
        key: str,
        value: str | None,
        *,
        level: ConfigLevel | None = None,
        root: StrPath | None = None,
    ) -> Path:
        """Set a key, or take it away (None); return the file. Raises `ConfigError` if wrong."""
        from wisp.api.configuring import set_config

        return set_config(self._scope(level, root), key, value)

    def extend_config(
        self,
        key: str,
        value: str,
        *,
        first: bool = False,
        level: ConfigLevel | None = None,
        root: StrPath | None = None,
    ) -> Path:
        """Add an item to a list, at its end or `first`; return the file. Raises as `configure`."""
        from wisp.api.configuring import grow_config

        return grow_config(self._scope(level, root), key, value, at_end=not first)

    def edit_config(
        self,
        editor: str | None = None,
        *,
        level: ConfigLevel | None = None,
        root: StrPath | None = None,
    ) -> int:
        """Open the file of a level in an editor; return the editor's exit code."""
        from wisp.api.configuring import edit_config

        return edit_config(self._scope(level, root), editor)

    def enclosing_root(self, cwd: StrPath, manifest_path: str | None = None) -> Path | None:
        """Return the root of the workspace around a folder, None outside of one."""
        from wisp.api.configuring import enclosing_root

        return enclosing_root(Path(cwd), self.environ, manifest_path)

    def _scope(self, level: ConfigLevel | None, root: StrPath | None) -> ConfigScope:
        from wisp.api.configuring import ConfigScope

        place = None if root is None else Path(root)
        return ConfigScope(environ=self.environ, level=level, root=place)

    # Credentials

    def login(self, host: str, credential: Credential) -> StoredLogin:
        """Store a credential for a host; say where. Raises `UsageError` if its kind is wrong."""
        from wisp.api.authorizing import login

        return login(self.credentials, host, credential)

    def logout(self, host: str | None) -> tuple[StoredLogin, ...]:
        """Take what is stored for a host, or all (None), away; return what that was."""
        from wisp.api.authorizing import logout

        return logout(self.credentials, host, self.http)

    def logins(self) -> tuple[StoredLogin, ...]:
        """List the stored credentials, without secrets."""
        from wisp.api.authorizing import entries

        return entries(self.credentials)

    def sign_in(self, host: str, request: OAuthRequest, tell: Tell) -> StoredLogin:
        """Get OAuth tokens for a host and store them; the person is told what to open.

        Raises as `wisp.api.signing_in.oauth_credential`, and as `login`.
        """
        from wisp.api.signing_in import oauth_credential

        return self.login(host, oauth_credential(self, host, request, tell))

    def sign_in_job(self, host: str, request: WorkloadRequest) -> StoredLogin:
        """Get a token for a host as the CI job that we are part of, and store it.

        Raises as `wisp.api.workload_identity.workload_credential`, and as `login`.
        """
        from wisp.api.workload_identity import workload_credential

        return self.login(host, workload_credential(self, host, request))

    def logins_for(self, url: str) -> tuple[LoginUse, ...]:
        """Tell which credentials a URL, or a host, would get, and who would send them."""
        from wisp.api.login_uses import login_uses

        return login_uses(self, url)

    def token_for(self, host: str) -> str:
        """Return the token that is stored for a host. Raises `ConfigError` if there is none."""
        from wisp.api.authorizing import token_for

        return token_for(self.credentials, host)

    # Consent

    def trust(self, root: StrPath) -> tuple[TrustSubject, ...]:
        """Accept what the workspace at a folder wants as it is now, and nothing else of it."""
        from wisp.api.trusting import trust

        return trust(self.config, Path(root))

    def trust_subjects(self, root: StrPath) -> tuple[TrustSubject, ...]:
        """List what the workspace at a folder may only do with consent."""
        from wisp.api.trusting import trust_subjects

        return trust_subjects(self.config, Path(root))

    def distrust(self, root: StrPath) -> bool:
        """Take all consent to a workspace back; False when there was none."""
        from wisp.api.trusting import distrust

        return distrust(self.environ, Path(root))

    # The register of workspaces

    def registered(self) -> dict[str, Path]:
        """Return the folders of registered workspaces by name."""
        from wisp.api.registry import all_registered

        return all_registered(self.environ)

    def registered_lines(self) -> list[str]:
        """Return the register as it is written: a line of TOML for each workspace."""
        from wisp.api.registry import all_registered, lines

        return lines(all_registered(self.environ))

    def register(self, name: str, folder: StrPath, *, force: bool = False) -> bool:
        """Name a workspace; False when the name is taken and `force` is off."""
        from wisp.api.registry import register

        return register(self.environ, name, Path(folder), force=force)

    def forget(self, name: str) -> None:
        """Take a name away. Raises `ConfigError` when it is not registered."""
        from wisp.api.registry import forget

        forget(self.environ, name)

    def prune_register(self) -> list[str]:
        """Forget the workspaces whose folders are gone; return their names."""
        from wisp.api.registry import prune

        return prune(self.environ)
