"""`python -m tools.docs`: write the pages that are made from declarations."""

from __future__ import annotations

from tools.docs.commands import PAGE, render


def main() -> None:
    """Write all such pages."""
    PAGE.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
