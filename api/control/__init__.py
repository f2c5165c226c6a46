"""What the chief judge controls: the room of a running session, spreads, corrections, the recheck, the sign-off of a version.

Decides whether a result may go on: a mark that two people corrected, a sample that was checked, a version that was signed. Does not
decide what a mark is worth (`scoring`) nor when a result is shown (results).

Words: a *spread* 分歧 is the distance between the highest and the lowest mark of a panel; a *correction* 更正 is a new revision of a
mark on a closed sheet; a *recheck* 复核 goes through entries once more, drawn with a recorded seed; a *sign-off* 签发 names one
standing by its number and hash, and is void as soon as there is another.
"""
