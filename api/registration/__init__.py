"""Registration: entries, their members, their review on three levels, and what became of them on the day.

Decides who may enter what and when, which places are left, who reviews, and which number an accepted entry gets. Does not decide who
somebody is (people), how an item is assessed (contests) or who goes up a tier (advancement).

Words: an *entry* takes part in one item: one worker, a pair, a triple or a team, with leaders and coaches; a *unit* is the employer
that enters it, a *delegation* the team it belongs to; *state* is where the review stands, *standing* what became of it on the day.
"""
