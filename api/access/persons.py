"""Who two accounts are: a rule that asks for two people is not met by two accounts of one."""

from uuid import UUID

from api.plumbing.db import Connection

ONE_PERSON = """/* access.one_person */
SELECT EXISTS (SELECT FROM account a JOIN account b ON b.person_id = a.person_id WHERE a.id = $1 AND b.id = $2)
"""


ACCOUNTS_OF_PERSON = """/* access.accounts_of_person */
SELECT $1::uuid AS id UNION SELECT b.id FROM account a JOIN account b ON b.person_id = a.person_id WHERE a.id = $1
"""


async def one_person(connection: Connection, account_id: UUID, other_id: UUID) -> bool:
    """Whether both accounts are one person's, as far as the people register knows."""
    return account_id == other_id or bool(await connection.fetchval(ONE_PERSON, account_id, other_id))


async def accounts_of_person(connection: Connection, account_id: UUID) -> list[UUID]:
    """The account with every other one of its person, as far as the people register knows."""
    return [row["id"] for row in await connection.fetch(ACCOUNTS_OF_PERSON, account_id)]
