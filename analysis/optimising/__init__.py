"""How best to split a budget over levers, what that is worth, and what it would be worth to know more."""
