"""Judges, panels, draws, stations, sheets, marks and theory marks.

Decides who marks what, which marks are taken, and what became of each operation of a tablet. Does not decide what a mark is worth
(`scoring`) nor when a result is shown (results).

Words: a *judging session* 场次 is one batch of contestants at the stations of one workshop (not a sign-in session); an *attempt* is
one contestant's turn at one *station* 工位; a *sheet* is one judge's marks of one attempt; an *operation* is one change of one mark
as a tablet made it; a *revision* is the fact it became. Nothing that a judge reads holds a name, a unit or a person.
"""
