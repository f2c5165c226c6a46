"""Standings, snapshots, the publication machine and the ledger of an item.

Decides when a result may be shown and to whom, and that nothing becomes final that cannot be recomputed. Does not decide a rank:
`scoring` does. Words: a *snapshot* is a numbered standing with the hash of its inputs; a *board* is what readers see of one;
*confirmed*, *provisional* (公示), *final* are states of the publication machine (DESIGN 3.9); *frozen* is a switch beside it.
"""
