"""What `install` and `reinstall` say when they are done."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wisp import InstallReport


def installed_message(report: InstallReport, *, verb: str = "installed") -> str:
    """Say which environments were installed, where, and what was left out."""
    names = list(report.outcomes)
    if len(names) == 1:
        text = f"The {names[0]} environment has been {verb}"
    else:
        text = f"The following environments have been {verb}: {', '.join(names)}"
    if report.detached is not None:
        text += f" in '{report.detached}'"
    return text + _filter_words(report) + "."


def _filter_words(report: InstallReport) -> str:
    if report.chosen.is_empty or not report.outcomes:
        return ""
    (outcome, *_) = report.outcomes.values()
    words = ""
    if report.chosen.only:
        words += f", including {len(outcome.selected)} packages"
    left_out = [*report.chosen.skip, *report.chosen.skip_with_deps]
    if not left_out and not report.chosen.only:
        return words
    if report.chosen.skip_with_deps or report.chosen.only:
        return words + f" excluding {len(outcome.ignored)} other packages"
    return words + " excluding " + ", ".join(f"'{name}'" for name in left_out)
