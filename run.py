"""Run `python run.py --help`."""

from simulation.commands import main

if __name__ == "__main__":
    main()
