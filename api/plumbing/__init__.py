"""What every room needs and no room owns: settings, database, problems, ids, paging, ETags, idempotency, jobs, limits, logs.

Decides no rule of the contest and knows no room; the rooms import it, never the other way round.
"""
