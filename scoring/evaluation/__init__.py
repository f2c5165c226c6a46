"""From the facts of an entry to its result, with every value in between."""
