"""The tests. A package, so that one called `tests` that another distribution installs is not taken for it."""
