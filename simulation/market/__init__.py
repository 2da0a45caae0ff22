"""The market's week.

One file per thing that has levels of its own, and the driver `week` that turns last week into this week's offers.
"""
