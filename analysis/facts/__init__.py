"""Regularities of real markets (stylised facts) that a market must show, and a card that says which it does.

None of them is coded as an outcome. A fact marked *calibrate* may have set parameters, so that it proves nothing;
*validate* may not, so that it tests; *verify* is true by construction, a check of the code. A fact that belongs to
another trade is not applicable, never passed.
"""

from analysis.facts.card import card, judged, value_of
from analysis.facts.observed import Observed
from analysis.facts.table import Fact, Finding, applies, facts, finding, known

__all__ = ["Fact", "Finding", "Observed", "applies", "card", "facts", "finding", "judged", "known", "value_of"]
