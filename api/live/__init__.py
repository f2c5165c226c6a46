"""What happens in a contest, told while it happens.

Decides who is told what and in which order; does not decide what changed, nor what may be seen of it: a notice names a thing and its
number, and whoever is told asks for the thing with their own rights. Words: an *event* is one notice of a contest for one
*audience* (public, unit, judge, org); a *stream* is one reader's connection; *reset* says that the past cannot be told any more.
"""
