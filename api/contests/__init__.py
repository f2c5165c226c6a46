"""Seasons with their 10 / 100 / 1,000, contests with their rules, items with their assessment plans.

Decides what a contest is, when it changes state, and which rules hold in it. Does not decide who takes part (registration), who
marks (judging) or what follows from marks (`scoring`).

Words: a *season* is one year of the programme; an *event* is held once, and one or several *contests* take its results; a contest has
*items*, each of a *trade* (two items may share a trade); a *preset* is a versioned document with locked and adjustable parts
from which contests are made; a *plan* says how an item is assessed, and a plan that holds marks never changes: a new version does.
"""
