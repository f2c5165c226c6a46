"""Long work with a result for every row: uploads of registrations and of theory marks.

Decides how a file is read, how far a job has come, and what it answers for each row. Does not decide what a row means: the room that
opened the job does, and reports each row's outcome here.

Words: a *job* belongs to the account that opened it; a *row* is known by its line in the user's own file; an *outcome* is accepted,
duplicate (already so, left untouched), rejected or skipped.
"""
