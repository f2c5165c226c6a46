"""A plan in words of both languages: the one description that `plan explain` and the plan page share."""
