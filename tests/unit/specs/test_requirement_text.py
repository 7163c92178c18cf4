from __future__ import annotations

import pytest

from wisp.specs.requirement_text import canonical_requirement, canonical_specifiers

SPELLINGS = {
    "Foo.Bar_baz": "foo-bar-baz",
    "foo [B_x, a] (<3,>=1.0-RC1)": "foo[b-x,a]>=1.0rc1,<3",
    "foo ~=1.0.0": "foo~=1.0.0",
    "foo===1.0-odd": "foo===1.0-odd",
    "foo==1.*": "foo==1.*",
    "foo @ git+https://h/r@main": "foo @ git+https://h/r@main",
    "a; extra=='Dev_x'": "a ; extra == 'dev-x'",
    "a; python_version<'3.8'": "a ; python_full_version < '3.8'",
    "a; python_version=='3.8'": "a ; python_full_version == '3.8.*'",
    "a; python_version!='3.8'": "a ; python_full_version != '3.8.*'",
    "a; python_version>'3.8'": "a ; python_full_version >= '3.9'",
    "a; python_version<='3.8'": "a ; python_full_version < '3.9'",
    "a; python_version>'3'": "a ; python_full_version >= '3.1'",
    "a; '3.8'>python_version": "a ; python_full_version < '3.8'",
    "a; python_full_version<='3.11.0a6'": "a ; python_full_version <= '3.11'",
    "a; platform_system=='Windows'": "a ; sys_platform == 'win32'",
    "a; platform_system!='Darwin'": "a ; sys_platform != 'darwin'",
    "a; platform_system=='Java'": "a ; platform_system == 'Java'",
    "a; 'bsd' in sys_platform": "a ; 'bsd' in sys_platform",
    "a; extra=='x' and os_name=='nt'": "a ; os_name == 'nt' and extra == 'x'",
    "a; os_name=='nt' and os_name=='nt'": "a ; os_name == 'nt'",
    "a; sys_platform=='win32' or sys_platform=='linux'": (
        "a ; sys_platform == 'linux' or sys_platform == 'win32'"
    ),
    "a; (sys_platform=='linux' or sys_platform=='darwin') and extra=='t'": (
        "a ; (sys_platform == 'darwin' and extra == 't')"
        " or (sys_platform == 'linux' and extra == 't')"
    ),
    "a; python_version=='3.13' and os_name!='nt' or python_version<'3.13'": (
        "a ; python_full_version < '3.13' or (python_full_version == '3.13.*' and os_name != 'nt')"
    ),
    "not a requirement !": "not a requirement !",
}


@pytest.mark.parametrize(("written", "canonical"), SPELLINGS.items())
def test_requirements_get_one_spelling(written: str, canonical: str) -> None:
    assert canonical_requirement(written) == canonical


@pytest.mark.parametrize("canonical", SPELLINGS.values())
def test_canonical_requirements_stay_as_they_are(canonical: str) -> None:
    assert canonical_requirement(canonical) == canonical


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        (">= 3.8", ">=3.8"),
        ("<4,>=3.8", ">=3.8,<4"),
        (">=2.7, !=3.1.*, !=3.0.*", ">=2.7,!=3.0.*,!=3.1.*"),
        (">=3.8,!=3.8", ">=3.8,!=3.8"),
        ("", ""),
        ("three", "three"),
    ],
)
def test_specifiers_are_ordered_by_version(written: str, canonical: str) -> None:
    assert canonical_specifiers(written) == canonical


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        (
            "a ; python_version >= '3.14' or sys_platform != 'emscripten'",
            "a ; sys_platform != 'emscripten' or python_full_version >= '3.14'",
        ),
        (
            "a ; sys_platform == 'win32' or python_version < '3.14'",
            "a ; python_full_version < '3.14' or sys_platform == 'win32'",
        ),
        (
            "a ; sys_platform != 'win32' or implementation_name != 'pypy'",
            "a ; implementation_name != 'pypy' or sys_platform != 'win32'",
        ),
        (
            "a ; python_version >= '3.12' or python_version >= '3.8' and python_version < '3.10'",
            "a ; (python_full_version >= '3.8' and python_full_version < '3.10') "
            "or python_full_version >= '3.12'",
        ),
    ],
)
def test_alternatives_stand_where_their_ranges_begin(written: str, spelled: str) -> None:
    assert canonical_requirement(written) == spelled
    assert canonical_requirement(spelled) == spelled
