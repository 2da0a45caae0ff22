"""Studies: many runs from one file, kept so that nothing is lost, and read as tables."""
