"""A rule that asks for two people is not met by two accounts of one."""

from tests.control.test_corrections import ask, confirm
from tests.judging.blind import blind_of


async def own(world, *clients):
    person, _ = await world.person("双账号")
    for client in clients:
        await world.execute("UPDATE account SET person_id = $2 WHERE id = $1", client.account_id, person)


async def test_nobody_confirms_their_own_correction_with_another_account(world, controlled):
    correction = (await ask(controlled)).json()
    await own(world, controlled.chief, controlled.supervisor)

    answer = await confirm(controlled.supervisor, correction["id"])

    assert (answer.status_code, answer.json()["code"]) == (409, "correction_needs_two")
    assert (await confirm(controlled.organiser, correction["id"])).json()["outcome"] == "made"


async def test_nobody_opens_a_layer_with_two_accounts(world):
    blind = await blind_of(world, 1)
    await blind.number()
    await blind.finish()
    await own(world, blind.officers[0], blind.supervisor)

    answer = await blind.open(1)

    assert (answer.status_code, answer.json()["code"]) == (409, "layer_needs_two")
