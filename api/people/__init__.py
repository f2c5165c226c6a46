"""People: who somebody is, where they work, what level they hold, and how little of that is shown.

Decides when two inputs mean one person (the same document), what a person's data looked like on a day (versions, dated
employment) and what an erasure takes away. Does not decide who takes part (registration) or who may sign in (access).

Words: a *person* is an id that facts may hold; a *version* holds what is personal and can be erased; a *document* is an identity
card or its like, encrypted, found by a blind index, shown behind one mask.
"""
