"""Formulas of marketing science that have an exact answer, each with its source: nothing here is simulated.

They check our own arithmetic against published numbers (`analysis.facts.fixtures`), and say what a market that follows
them would show.
"""
