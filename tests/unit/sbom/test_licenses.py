from __future__ import annotations

import pytest

from wisp.sbom.licenses import metadata_license, spdx_expression


def metadata(*lines: str) -> str:
    return "\n".join(["Metadata-Version: 2.4", "Name: x", "Version: 1", *lines, "", "Text"])


@pytest.mark.parametrize(
    ("lines", "license"),
    [
        (("License-Expression: MIT OR Apache-2.0", "License: other"), "MIT OR Apache-2.0"),
        (("License: BSD",), "BSD"),
        (("License: UNKNOWN",), None),
        (("Classifier: License :: OSI Approved :: MIT License",), "MIT"),
        (
            ("License: see the file", "Classifier: License :: OSI Approved :: MIT License"),
            "MIT",
        ),
        (("License: 3-Clause", "Classifier: License :: OSI Approved :: BSD License"), "3-Clause"),
        (("Classifier: License :: OSI Approved :: BSD License",), "BSD License"),
        (("License: Copyright …", "        All rights"), None),
        (
            (
                "Classifier: License :: OSI Approved :: MIT License",
                "Classifier: License :: OSI Approved :: Apache Software License",
            ),
            "MIT AND Apache-2.0",
        ),
        (("Classifier: License :: OSI Approved",), None),
        ((), None),
    ],
)
def test_the_licence_of_a_wheel_is_read(lines: tuple[str, ...], license: str | None) -> None:  # noqa: A002
    assert metadata_license(metadata(*lines)) == license


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("MIT", "MIT"),
        ("Apache-2.0 or MIT", "Apache-2.0 OR MIT"),
        ("GPL-2.0-or-later WITH Classpath-exception-2.0",) * 2,
        ("PSF-based", None),
        ("MIT License", None),
        ("(", None),
        ("", None),
    ],
)
def test_only_expressions_of_known_licences_are_such(text: str, expression: str | None) -> None:
    assert spdx_expression(text) == expression
