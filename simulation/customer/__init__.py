"""The customer's week.

One file per box of the diagram, and the two drivers that call them (`week` compiled, `plain` not).
"""
