"""`python -m tests.refresh_phases`: write what each phase writes now into the golden file.

A change of the model belongs with it into CHANGELOG.md, as `Results: changed, because ...`.
"""

import json

from tests.phases import GOLDEN, found


def refresh() -> None:
    """Rewrite the golden file, one week a line."""
    weeks = ",\n".join(json.dumps(week) for week in found())
    GOLDEN.write_text(f"[\n{weeks}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    refresh()
