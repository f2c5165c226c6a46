"""Regions, the tree of organisations, and the delegations of a season.

Decides who stands below whom and which code means which region on which day. Does not decide who may do what (access) or who
takes part (registration).

Words: a *region* is a division of GB/T 2260, dated; an *organisation* is a federation, industry line, enterprise or authority in one
tree; a *delegation* is who sends teams in one season: a region, an industry line or a firm, and not the same thing as a region.
"""
