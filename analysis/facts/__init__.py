"""Regularities of real markets (stylised facts) that a market must show, and a card that says which it does.

None of them is coded as an outcome. A fact marked *calibrate* may have set parameters, so that it proves nothing;
*validate* may not, so that it tests; *verify* is true by construction, a check of the code. A fact that belongs to
another trade is not applicable, never passed.
"""

from analysis.facts.card import Fact, Finding, Observed, card, facts, finding

__all__ = ["Fact", "Finding", "Observed", "card", "facts", "finding"]
