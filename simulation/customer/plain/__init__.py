"""The customer's week again, one customer at a time and uncompiled: for debuggers, coverage and stories.

The same boxes in the same order as the compiled driver, file by file and phase by phase, and the same bits in every
column and total; a test compares the two. It has no behaviour of its own. Run it in a process with NUMBA_DISABLE_JIT=1,
where boxes are plain Python functions.
"""

from simulation.customer.plain.luck import Luck
from simulation.customer.plain.values import Trace, Values
from simulation.customer.plain.week import customer_lives_a_week, customers_live_their_week, week_of

__all__ = ["Luck", "Trace", "Values", "customer_lives_a_week", "customers_live_their_week", "week_of"]
