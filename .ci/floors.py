"""Check a benchmark against floors with wide room: they catch a kernel that lost its vectors, not a busy machine."""

import json
import sys
from pathlib import Path

FLOORS = {"mesa_ratio_1_thread": 100.0, "thread_scaling": 1.1}


def too_low(measured: dict[str, float | None]) -> list[str]:
    """What fell below its floor, or was not measured, in words."""
    values = {name: measured.get(name) for name in FLOORS}
    low = {name: value for name, value in values.items() if value is None or value < FLOORS[name]}
    return [f"{name} is {value}, below {FLOORS[name]}" for name, value in low.items()]


if __name__ == "__main__":
    report = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps(report, indent=2))
    problems = too_low(report) + ([] if report.get("same_results") else ["the paths compared gave different results"])
    sys.exit("\n".join(problems) or 0)  # an empty message would still be a failure
