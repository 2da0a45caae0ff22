"""From results to answers: effects with intervals, charts, the report. Reads results, never the engine."""
