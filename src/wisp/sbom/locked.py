"""The bill of what a lock has of one environment on one platform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from wisp.lock.graph import active_extras, graph_of, key_of
from wisp.sbom.bill import BillOfMaterials, Component, sorted_components
from wisp.sbom.purls import location_of, purl_of
from wisp.specs.records import CondaRecord, CondaSourceRecord, PypiRecord, Record
from wisp.values import dataclass

#: When a bill counts as made that no package dates: zip files cannot say an earlier time.
_EARLIEST = 315532800


@dataclass(frozen=True, slots=True, kw_only=True)
class BillSubject:
    """What a bill is about. `time` wins over what the packages say, in seconds."""

    name: str
    subject: str
    version: str | None = None
    time: int | None = None


def bill_of(
    about: BillSubject,
    records: Sequence[Record],
    subdir: str,
    *,
    direct: Iterable[Record] | None = None,
    extras: Mapping[str, frozenset[str]] | None = None,
    licenses: Mapping[str, str] | None = None,
) -> BillOfMaterials:
    """Write down what is locked.

    `direct` is what is asked for (None: what nobody else needs), with `extras` by normalised
    name; `licenses` are those of PyPI packages by name, which no lock knows.
    """
    graph = graph_of(records, subdir)
    active = active_extras(records, extras or {})
    needs = {
        key_of(one): tuple(
            dict.fromkeys(
                purl_of(need.record)
                for need in graph.needs(one, active.get(one.name, frozenset()))
                if key_of(need.record) != key_of(one)
            )
        )
        for one in records
    }
    components = sorted_components(
        _component(one, tuple(sorted(needs[key_of(one)])), licenses or {}) for one in records
    )
    needed = {purl for purls in needs.values() for purl in purls}
    asked = (
        (one.purl for one in components if one.purl not in needed)
        if direct is None
        else map(purl_of, direct)
    )
    return BillOfMaterials(
        name=about.name,
        subject=about.subject,
        version=about.version,
        components=components,
        direct=tuple(sorted(set(asked))),
        time=_latest(records) if about.time is None else about.time,
    )


def _component(record: Record, needs: tuple[str, ...], licenses: Mapping[str, str]) -> Component:
    if isinstance(record, PypiRecord):
        return Component(
            kind="pypi",
            name=record.name,
            version=record.version or "",
            purl=purl_of(record),
            license=licenses.get(record.name),
            location=location_of(record),
            sha256=record.sha256,
            md5=record.md5,
            needs=needs,
        )
    known = record if isinstance(record, CondaRecord) else None
    return Component(
        kind="conda",
        name=record.name,
        version=record.version or "",
        purl=purl_of(record),
        license=_license(record),
        location=location_of(record),
        sha256=known.sha256 if known else None,
        md5=known.md5 if known else None,
        size=known.size if known else None,
        needs=needs,
    )


def _license(record: CondaRecord | CondaSourceRecord) -> str | None:
    text = record.license if isinstance(record, CondaRecord) else record.raw.get("license")
    return (text or "").strip() or None


def _latest(records: Iterable[Record]) -> int:
    """Return when the newest conda package was made, in seconds: the lock's own time."""
    stamps = [one.timestamp or 0 for one in records if isinstance(one, CondaRecord)]
    return max([_EARLIEST, *(stamp // 1000 for stamp in stamps)])
