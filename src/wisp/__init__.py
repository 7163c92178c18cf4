"""wisp: one manifest and one lock for conda and PyPI packages, from laptop to cloud.

What is exported here is the public surface: names and meanings stay within a major version, and
what goes is deprecated for a minor version first. It is loaded on first use, so that the command
line pays for nothing it does not touch.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp.api.authorizing import StoredLogin as StoredLogin
    from wisp.api.configuring import ConfigListing as ConfigListing
    from wisp.api.context import SessionContext as SessionContext
    from wisp.api.edits.activations import AddedScripts as AddedScripts
    from wisp.api.edits.adding import Added as Added
    from wisp.api.edits.platforms import AddedPlatform as AddedPlatform
    from wisp.api.edits.requests import git_location as git_location
    from wisp.api.edits.start import Started as Started
    from wisp.api.edits.start import StartRequest as StartRequest
    from wisp.api.edits.upgrading import Upgraded as Upgraded
    from wisp.api.global_tools import GlobalTools as GlobalTools
    from wisp.api.imaging.building import BuiltImage as BuiltImage
    from wisp.api.imaging.building import ImageRequest as ImageRequest
    from wisp.api.imaging.checking import ImageCheck as ImageCheck
    from wisp.api.imaging.dockering import DockerfileOptions as DockerfileOptions
    from wisp.api.imaging.dockering import DockerFiles as DockerFiles
    from wisp.api.imaging.from_specs import SpecImage as SpecImage
    from wisp.api.imaging.options import ImageOverrides as ImageOverrides
    from wisp.api.imaging.planning import PlannedImage as PlannedImage
    from wisp.api.imaging.registries import PushedImage as PushedImage
    from wisp.api.imaging.remote_use import RemoteUse as RemoteUse
    from wisp.api.lock_usage import LockUsage as LockUsage
    from wisp.api.locks.judging import LockOutcome as LockOutcome
    from wisp.api.login_uses import LoginUse as LoginUse
    from wisp.api.oneoff import OneOffEnvironment as OneOffEnvironment
    from wisp.api.oneoff import OneOffRequest as OneOffRequest
    from wisp.api.opened import OpenedWorkspace as OpenedWorkspace
    from wisp.api.packing.packing import PackedEnvironment as PackedEnvironment
    from wisp.api.packing.packing import PackRequest as PackRequest
    from wisp.api.packing.unpacking import UnpackedEnvironment as UnpackedEnvironment
    from wisp.api.packing.unpacking import UnpackRequest as UnpackRequest
    from wisp.api.self_updating import SelfUpdate as SelfUpdate
    from wisp.api.session import Session as Session
    from wisp.api.signing_in import OAuthRequest as OAuthRequest
    from wisp.api.spec_environments import SpecEnvironment as SpecEnvironment
    from wisp.api.spec_environments import SpecRequest as SpecRequest
    from wisp.api.toolbox.changes import ToolChange as ToolChange
    from wisp.api.toolbox.installing import ToolInstallation as ToolInstallation
    from wisp.api.toolbox.installing import ToolRequest as ToolRequest
    from wisp.api.toolbox.listing import ToolContents as ToolContents
    from wisp.api.toolbox.listing import ToolRow as ToolRow
    from wisp.api.toolbox.locking import ToolLock as ToolLock
    from wisp.api.toolbox.outdated import OutdatedTool as OutdatedTool
    from wisp.api.trusting import TrustSubject as TrustSubject
    from wisp.api.use.activated import ActivatedEnvironment as ActivatedEnvironment
    from wisp.api.use.captured import Completed as Completed
    from wisp.api.use.cleaning import Cleaned as Cleaned
    from wisp.api.use.companions import CompanionFile as CompanionFile
    from wisp.api.use.in_place import Followed as Followed
    from wisp.api.use.in_place import InPlaceOptions as InPlaceOptions
    from wisp.api.use.installing import InstallReport as InstallReport
    from wisp.api.use.run_options import RunOptions as RunOptions
    from wisp.api.use.running import command_of as command_of
    from wisp.api.use.scripts import FoundScript as FoundScript
    from wisp.api.views.activations import DeclaredActivation as DeclaredActivation
    from wisp.api.views.cutoffs import CutoffListing as CutoffListing
    from wisp.api.views.cutoffs import ExemptionRow as ExemptionRow
    from wisp.api.views.dependency_tree import PackageTree as PackageTree
    from wisp.api.views.dependency_tree import TreeNode as TreeNode
    from wisp.api.views.describe import EnvironmentDescription as EnvironmentDescription
    from wisp.api.views.describe import EnvironmentOutline as EnvironmentOutline
    from wisp.api.views.describe import FeatureDescription as FeatureDescription
    from wisp.api.views.describe_tasks import TaskListing as TaskListing
    from wisp.api.views.describe_tasks import TaskRow as TaskRow
    from wisp.api.views.doctor import Check as Check
    from wisp.api.views.information import Information as Information
    from wisp.api.views.information import TlsTrust as TlsTrust
    from wisp.api.views.inspect import PackageList as PackageList
    from wisp.api.views.inspect import PackageRow as PackageRow
    from wisp.api.views.outdated import Hold as Hold
    from wisp.api.views.outdated import OutdatedPackage as OutdatedPackage
    from wisp.api.views.platform_list import ListedPlatform as ListedPlatform
    from wisp.api.views.platform_list import PlatformListing as PlatformListing
    from wisp.api.views.reasons import Link as Link
    from wisp.api.views.reasons import Reason as Reason
    from wisp.api.views.searching import PackageSearch as PackageSearch
    from wisp.api.weigher import Weigher as Weigher
    from wisp.api.weighing.report import LayerSize as LayerSize
    from wisp.api.weighing.report import PackageSize as PackageSize
    from wisp.api.weighing.report import SizeChange as SizeChange
    from wisp.api.weighing.report import SizeReport as SizeReport
    from wisp.api.workload_identity import WorkloadRequest as WorkloadRequest
    from wisp.api.workspace import Workspace as Workspace
    from wisp.config.model import Config as Config
    from wisp.config.model import ConfigRequest as ConfigRequest
    from wisp.engine.auth.oauth.device import Invitation as Invitation
    from wisp.engine.auth.oauth.provider import SignInError as SignInError
    from wisp.engine.detecting import DetectorFinding as DetectorFinding
    from wisp.engine.registry.faults import RegistryError as RegistryError
    from wisp.errors import ActivationError as ActivationError
    from wisp.errors import ConfigError as ConfigError
    from wisp.errors import FetchError as FetchError
    from wisp.errors import HostError as HostError
    from wisp.errors import InstallError as InstallError
    from wisp.errors import LockFileError as LockFileError
    from wisp.errors import ManifestError as ManifestError
    from wisp.errors import SolveError as SolveError
    from wisp.errors import TaskError as TaskError
    from wisp.errors import UsageError as UsageError
    from wisp.errors import WispError as WispError
    from wisp.exchange.kernelspec import Kernel as Kernel
    from wisp.image.lock import LockedDebian as LockedDebian
    from wisp.image.referrers import Referrer as Referrer
    from wisp.image.settings import ImageSettings as ImageSettings
    from wisp.install.apply import InstallOutcome as InstallOutcome
    from wisp.lock.mismatch import Mismatch as Mismatch
    from wisp.lock.model import LockedEnvironment as LockedEnvironment
    from wisp.lock.model import LockFile as LockFile
    from wisp.lock.views import Difference as Difference
    from wisp.lock.views import PackageChange as PackageChange
    from wisp.manifest.model import Manifest as Manifest
    from wisp.pack.contents import PackError as PackError
    from wisp.report import PHASES as PHASES
    from wisp.report import Reporter as Reporter
    from wisp.sbom.bill import BillOfMaterials as BillOfMaterials
    from wisp.sbom.bill import Component as Component
    from wisp.search import FoundPackage as FoundPackage
    from wisp.specs.conda import Channel as Channel
    from wisp.specs.credentials import BasicHTTP as BasicHTTP
    from wisp.specs.credentials import BearerToken as BearerToken
    from wisp.specs.credentials import CondaToken as CondaToken
    from wisp.specs.credentials import CredentialError as CredentialError
    from wisp.specs.credentials import OAuth as OAuth
    from wisp.specs.credentials import S3Credentials as S3Credentials
    from wisp.specs.inside import UnsafePathError as UnsafePathError
    from wisp.specs.locations import GitLocation as GitLocation
    from wisp.specs.oci import OciValueError as OciValueError
    from wisp.specs.oci import Reference as Reference
    from wisp.specs.pypi import PypiOptions as PypiOptions
    from wisp.specs.records import CondaRecord as CondaRecord
    from wisp.specs.records import CondaSourceRecord as CondaSourceRecord
    from wisp.specs.records import PypiRecord as PypiRecord
    from wisp.specs.task import Task as Task
    from wisp.specs.task import TaskArg as TaskArg
    from wisp.specs.task import TaskDependency as TaskDependency
    from wisp.toolbox.manifest import ToolEnvironment as ToolEnvironment

    __version__: str


#: The module that each name comes from.
_HOMES = {
    "ActivatedEnvironment": "wisp.api.use.activated",
    "ActivationError": "wisp.errors",
    "Added": "wisp.api.edits.adding",
    "AddedPlatform": "wisp.api.edits.platforms",
    "AddedScripts": "wisp.api.edits.activations",
    "BasicHTTP": "wisp.specs.credentials",
    "BearerToken": "wisp.specs.credentials",
    "BillOfMaterials": "wisp.sbom.bill",
    "BuiltImage": "wisp.api.imaging.building",
    "Channel": "wisp.specs.conda",
    "Check": "wisp.api.views.doctor",
    "Cleaned": "wisp.api.use.cleaning",
    "CompanionFile": "wisp.api.use.companions",
    "Completed": "wisp.api.use.captured",
    "Component": "wisp.sbom.bill",
    "CondaRecord": "wisp.specs.records",
    "CondaSourceRecord": "wisp.specs.records",
    "CondaToken": "wisp.specs.credentials",
    "Config": "wisp.config.model",
    "ConfigError": "wisp.errors",
    "ConfigListing": "wisp.api.configuring",
    "ConfigRequest": "wisp.config.model",
    "CredentialError": "wisp.specs.credentials",
    "CutoffListing": "wisp.api.views.cutoffs",
    "DeclaredActivation": "wisp.api.views.activations",
    "DetectorFinding": "wisp.engine.detecting",
    "Difference": "wisp.lock.views",
    "DockerFiles": "wisp.api.imaging.dockering",
    "DockerfileOptions": "wisp.api.imaging.dockering",
    "EnvironmentDescription": "wisp.api.views.describe",
    "EnvironmentOutline": "wisp.api.views.describe",
    "ExemptionRow": "wisp.api.views.cutoffs",
    "FeatureDescription": "wisp.api.views.describe",
    "FetchError": "wisp.errors",
    "Followed": "wisp.api.use.in_place",
    "FoundPackage": "wisp.search",
    "FoundScript": "wisp.api.use.scripts",
    "GitLocation": "wisp.specs.locations",
    "GlobalTools": "wisp.api.global_tools",
    "Hold": "wisp.api.views.outdated",
    "HostError": "wisp.errors",
    "ImageCheck": "wisp.api.imaging.checking",
    "ImageOverrides": "wisp.api.imaging.options",
    "ImageRequest": "wisp.api.imaging.building",
    "ImageSettings": "wisp.image.settings",
    "InPlaceOptions": "wisp.api.use.in_place",
    "Information": "wisp.api.views.information",
    "InstallError": "wisp.errors",
    "InstallOutcome": "wisp.install.apply",
    "InstallReport": "wisp.api.use.installing",
    "Invitation": "wisp.engine.auth.oauth.device",
    "Kernel": "wisp.exchange.kernelspec",
    "LayerSize": "wisp.api.weighing.report",
    "Link": "wisp.api.views.reasons",
    "ListedPlatform": "wisp.api.views.platform_list",
    "LockFile": "wisp.lock.model",
    "LockFileError": "wisp.errors",
    "LockOutcome": "wisp.api.locks.judging",
    "LockUsage": "wisp.api.lock_usage",
    "LockedDebian": "wisp.image.lock",
    "LockedEnvironment": "wisp.lock.model",
    "LoginUse": "wisp.api.login_uses",
    "Manifest": "wisp.manifest.model",
    "ManifestError": "wisp.errors",
    "Mismatch": "wisp.lock.mismatch",
    "OAuth": "wisp.specs.credentials",
    "OAuthRequest": "wisp.api.signing_in",
    "OciValueError": "wisp.specs.oci",
    "OneOffEnvironment": "wisp.api.oneoff",
    "OneOffRequest": "wisp.api.oneoff",
    "OpenedWorkspace": "wisp.api.opened",
    "OutdatedPackage": "wisp.api.views.outdated",
    "OutdatedTool": "wisp.api.toolbox.outdated",
    "PHASES": "wisp.report",
    "PackError": "wisp.pack.contents",
    "PackRequest": "wisp.api.packing.packing",
    "PackageChange": "wisp.lock.views",
    "PackageList": "wisp.api.views.inspect",
    "PackageRow": "wisp.api.views.inspect",
    "PackageSearch": "wisp.api.views.searching",
    "PackageSize": "wisp.api.weighing.report",
    "PackageTree": "wisp.api.views.dependency_tree",
    "PackedEnvironment": "wisp.api.packing.packing",
    "PlannedImage": "wisp.api.imaging.planning",
    "PlatformListing": "wisp.api.views.platform_list",
    "PushedImage": "wisp.api.imaging.registries",
    "PypiOptions": "wisp.specs.pypi",
    "PypiRecord": "wisp.specs.records",
    "Reason": "wisp.api.views.reasons",
    "Reference": "wisp.specs.oci",
    "Referrer": "wisp.image.referrers",
    "RegistryError": "wisp.engine.registry.faults",
    "RemoteUse": "wisp.api.imaging.remote_use",
    "Reporter": "wisp.report",
    "RunOptions": "wisp.api.use.run_options",
    "S3Credentials": "wisp.specs.credentials",
    "SelfUpdate": "wisp.api.self_updating",
    "Session": "wisp.api.session",
    "SessionContext": "wisp.api.context",
    "SignInError": "wisp.engine.auth.oauth.provider",
    "SizeChange": "wisp.api.weighing.report",
    "SizeReport": "wisp.api.weighing.report",
    "SolveError": "wisp.errors",
    "SpecEnvironment": "wisp.api.spec_environments",
    "SpecImage": "wisp.api.imaging.from_specs",
    "SpecRequest": "wisp.api.spec_environments",
    "StartRequest": "wisp.api.edits.start",
    "Started": "wisp.api.edits.start",
    "StoredLogin": "wisp.api.authorizing",
    "Task": "wisp.specs.task",
    "TaskArg": "wisp.specs.task",
    "TaskDependency": "wisp.specs.task",
    "TaskError": "wisp.errors",
    "TaskListing": "wisp.api.views.describe_tasks",
    "TaskRow": "wisp.api.views.describe_tasks",
    "TlsTrust": "wisp.api.views.information",
    "ToolChange": "wisp.api.toolbox.changes",
    "ToolContents": "wisp.api.toolbox.listing",
    "ToolEnvironment": "wisp.toolbox.manifest",
    "ToolInstallation": "wisp.api.toolbox.installing",
    "ToolLock": "wisp.api.toolbox.locking",
    "ToolRequest": "wisp.api.toolbox.installing",
    "ToolRow": "wisp.api.toolbox.listing",
    "TreeNode": "wisp.api.views.dependency_tree",
    "TrustSubject": "wisp.api.trusting",
    "UnpackRequest": "wisp.api.packing.unpacking",
    "UnpackedEnvironment": "wisp.api.packing.unpacking",
    "UnsafePathError": "wisp.specs.inside",
    "Upgraded": "wisp.api.edits.upgrading",
    "UsageError": "wisp.errors",
    "Weigher": "wisp.api.weigher",
    "WispError": "wisp.errors",
    "WorkloadRequest": "wisp.api.workload_identity",
    "Workspace": "wisp.api.workspace",
    "command_of": "wisp.api.use.running",
    "git_location": "wisp.api.edits.requests",
}

#: All of them, and the version; type checkers see the same in the imports above.
__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> object:
    # Python asks for modules too (`from wisp import trust`), before it looks for them.
    home = "wisp.layout" if name == "__version__" else _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'wisp' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), "VERSION" if name == "__version__" else name)
