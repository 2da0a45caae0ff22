"""Why an effect is what it is: which levers make it, through what customers meet it goes, and what would turn it."""
