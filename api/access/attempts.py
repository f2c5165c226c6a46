"""Wrong passwords, PINs and codes in a row: five, and the subject rests for a minute. Kept in the database, so that it holds over processes."""

from datetime import UTC, datetime

from api.plumbing.db import Db
from api.plumbing.problems import Problem

# An attempt is counted before it is checked: a hundred guesses at once must not all pass before the first is found wrong.
# The fifth locks at once; if it is the right one, the row goes and the lock with it.
COUNT_ATTEMPT = """/* access.count_attempt */
INSERT INTO sign_in_failure AS f (subject, failures) VALUES ($1, 1)
ON CONFLICT (subject) DO UPDATE SET
    failures = CASE WHEN f.locked_until IS NOT NULL OR f.last_at < now() - interval '15 minutes' THEN 1 ELSE f.failures + 1 END,
    last_at = now(),
    locked_until = CASE WHEN f.locked_until IS NULL AND f.last_at >= now() - interval '15 minutes' AND f.failures + 1 >= 5
                        THEN now() + interval '60 seconds' END
WHERE f.locked_until IS NULL OR f.locked_until <= now()
RETURNING failures
"""
LOCKED_UNTIL = """/* access.locked_until */
SELECT locked_until FROM sign_in_failure WHERE subject = $1
"""
FORGET = """/* access.forget_attempts */
DELETE FROM sign_in_failure WHERE subject = ANY($1::text[])
"""
TIDY = """/* access.tidy_attempts */
DELETE FROM sign_in_failure WHERE last_at < now() - interval '1 day'
"""


async def count_attempt(db: Db, *subjects: str) -> None:
    """Count one attempt of each subject, committed before anything is compared. Raises sign_in_locked."""
    async with db.reading() as connection:
        # The order is the same for everybody, so that two attempts never wait for each other in a circle.
        for subject in sorted(subjects):
            if await connection.fetchval(COUNT_ATTEMPT, subject) is None:
                until = await connection.fetchval(LOCKED_UNTIL, subject)
                raise _locked(until)


async def forget_attempts(db: Db, *subjects: str) -> None:
    """The right one came: begin again at none."""
    async with db.reading() as connection:
        await connection.execute(FORGET, list(subjects))


async def tidy_attempts(db: Db) -> None:
    """Remove what is a day old; for the hourly job."""
    async with db.reading() as connection:
        await connection.execute(TIDY)


def _locked(until: datetime | None) -> Problem:
    wait = 1 if until is None else max(1, round((until - datetime.now(UTC)).total_seconds()))
    return Problem("sign_in_locked", headers={"Retry-After": str(wait)}, seconds=wait)
