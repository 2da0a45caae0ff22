"""What a study says: what matters and how sure, where it fails, which policy stands; in words, tables, pictures."""
