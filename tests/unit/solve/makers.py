"""The types of this folder's fixtures, which make values from short texts (see `conftest`)."""

from __future__ import annotations

from collections.abc import Callable

from wisp.specs.inputs import EnvironmentInputs
from wisp.specs.records import CondaRecord, PypiRecord

MakeInputs = Callable[..., EnvironmentInputs]
MakeConda = Callable[..., CondaRecord]
MakePypi = Callable[..., PypiRecord]
