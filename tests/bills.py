"""What the schemas of both formats find wrong with a bill of materials.

The judges are loaded when they are asked: one of them builds forty grammars as it is imported,
which every process that collects the tests would pay for.
"""

from __future__ import annotations

import json


def cyclonedx_fault(text: str) -> object:
    """What the strict schema of CycloneDX 1.6 has against a bill, or None."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    return JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)


def spdx_faults(text: str) -> list[object]:
    """What SPDX's own library has against a bill."""
    from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

    return list(validate_full_spdx_document(JsonLikeDictParser().parse(json.loads(text))))
