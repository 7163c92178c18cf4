"""Names of processor microarchitectures that `archspec` accepts (archspec.readthedocs.io)."""

from __future__ import annotations

_NAMES = """
    a64fx aarch64 alderlake ampere1 ampere1a arm armv8.1a armv8.2a armv8.3a armv8.4a armv8.5a
    armv8.6a armv9.0a armv9.2a arrowlake arrowlake_s broadwell bulldozer cannonlake cascadelake
    core2 cortex_a72 excavator haswell i686 icelake ivybridge k10 m1 m2 m3 m4 mic_knl nehalem
    neoverse_n1 neoverse_n2 neoverse_v1 neoverse_v2 neoverse_v3ae nocona olympus pentium2 pentium3
    pentium4 piledriver power10 power10le power7 power8 power8le power9 power9le ppc ppc64 ppc64le
    ppcle prescott riscv64 sandybridge sapphirerapids skylake skylake_avx512 sparc sparc64
    steamroller thunderx2 u74mc westmere x60 x86 x86_64 x86_64_v2 x86_64_v3 x86_64_v4 zen zen2
    zen3 zen4 zen5 zen6
"""

MICROARCHITECTURES = frozenset(_NAMES.split())
