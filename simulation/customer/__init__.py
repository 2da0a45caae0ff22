"""The customer's week: one file per box of the diagram, and the two drivers that call them (`week` compiled, `plain` not)."""
