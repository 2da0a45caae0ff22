"""Print the README's command of a number: the first runs the simulator, the second the tests."""

import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def commands() -> list[str]:
    """The lines of the README that install the project and do something with it, in order."""
    lines = (line.strip() for line in README.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line.startswith("python -m pip install -e")]


if __name__ == "__main__":
    print(commands()[int(sys.argv[1]) - 1])
