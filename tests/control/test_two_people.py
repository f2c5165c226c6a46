"""A rule that asks for two people is not met by two accounts of one."""

from tests.control.conftest import post
from tests.control.test_corrections import ask, confirm
from tests.control.test_rechecks import RULE, draw, record
from tests.judging.blind import blind_of
from tests.judging.conftest import marking_of
from tests.judging.marking import facts
from tests.judging.test_paper import copy, transfer, type_in
from tests.results.builders import step


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


async def test_nobody_draws_two_layers_with_two_accounts(world):
    blind = await blind_of(world, 2)
    await own(world, *blind.officers)
    await blind.commit(1)
    await blind.draw(1)

    answer = await blind.commit(2)

    assert (answer.status_code, answer.json()["code"]) == (409, "layer_officer_once")


async def test_two_accounts_of_one_clerk_are_one_copy(world):
    it = await marking_of(world, judges=2)
    one, other, second = [await world.client("data_clerk", "contest", it.contest.contest) for _ in range(3)]
    chief = await world.client("chief_judge", "contest", it.contest.contest)
    await own(world, one, other)

    await type_in(one, it.sheet, copy())
    again = (await type_in(other, it.sheet, copy())).json()

    assert (again["state"], again["copies"], again["mine"]) == ("one", 1, 2)
    assert (await transfer(chief, it.sheet)).json()["code"] == "paper_differs"
    # What the person typed last, under whichever name, is their copy; the second clerk has room.
    await type_in(one, it.sheet, copy("7", "80"))
    assert (await type_in(second, it.sheet, copy("7", "80"))).json()["state"] == "agrees"
    assert (await transfer(chief, it.sheet)).json()["state"] == "transferred"
    assert [fact[3] for fact in await facts(world, it.sheet)] == ["7", "80"]


async def test_copies_of_two_accounts_that_turn_out_to_be_one_person_become_no_marks(world):
    it = await marking_of(world, judges=2)
    one, other = [await world.client("data_clerk", "contest", it.contest.contest) for _ in range(2)]
    chief = await world.client("chief_judge", "contest", it.contest.contest)
    for clerk in (one, other):
        await type_in(clerk, it.sheet, copy())
    await own(world, one, other)

    assert (await transfer(chief, it.sheet)).json()["code"] == "paper_differs"
    assert await facts(world, it.sheet) == []


async def test_nobody_transfers_with_another_account_what_they_typed(world):
    it = await marking_of(world, judges=2)
    one, two = [await world.client("data_clerk", "contest", it.contest.contest) for _ in range(2)]
    chief = await world.client("chief_judge", "contest", it.contest.contest)
    for clerk in (one, two):
        await type_in(clerk, it.sheet, copy())
    await own(world, two, chief)

    assert (await transfer(chief, it.sheet)).json()["code"] == "paper_own_copy"


async def test_nobody_checks_their_own_marks_with_another_account(world, controlled):
    await controlled.rules(recheck=RULE)
    [line, *_] = (await draw(controlled)).json()["current"]["entries"]
    await own(world, controlled.judges[2], controlled.supervisor)

    answer = await record(controlled, line)

    assert (answer.status_code, answer.json()["code"]) == (409, "recheck_own_marks")


async def test_whoever_asked_sees_it_as_their_own_with_another_account(world, controlled):
    correction = (await ask(controlled)).json()
    await own(world, controlled.chief, controlled.supervisor)

    shown = (await controlled.supervisor.get(f"/api/v1/corrections/{correction['id']}")).json()

    assert shown["own"] is True


async def test_correction_asked_for_before_publication_and_made_after_it_has_the_same_note(world, controlled):
    before = (await ask(controlled)).json()
    assert before["note"] is None
    await controlled.steps("closed", "confirmed")
    await controlled.sign_off()
    await controlled.steps("provisional")
    after = (await ask(controlled, judge=2, note="登分有误，更正一项")).json()

    silent = await confirm(controlled.supervisor, before["id"])
    blank = await post(controlled.supervisor, f"/corrections/{before['id']}/confirmation", {"note": "  "})
    made = await post(
        controlled.supervisor, f"/corrections/{before['id']}/confirmation", {"note": "登分有误，更正一项"}
    )

    assert (silent.status_code, silent.json()["code"]) == (422, "correction_note")
    assert blank.json()["code"] == "correction_note"
    assert made.status_code == 201, made.text
    assert (made.json()["outcome"], made.json()["note"]) == ("made", after["note"])
    again = (await controlled.organiser.get(f"/api/v1/corrections/{before['id']}")).json()
    assert again["note"] == "登分有误，更正一项"


async def test_the_second_person_does_not_replace_the_note_that_stands(world, controlled):
    await controlled.steps("closed", "confirmed")
    await controlled.sign_off()
    await controlled.steps("provisional")
    asked = (await ask(controlled, note="更正一项")).json()

    made = await post(controlled.supervisor, f"/corrections/{asked['id']}/confirmation", {"note": "别的说法"})

    assert made.json()["note"] == "更正一项"


async def test_the_public_reads_the_note_that_the_second_person_wrote(controlled, anonymous):
    early = (await ask(controlled)).json()
    await controlled.steps("closed", "confirmed", "provisional", "final")
    await post(
        controlled.supervisor, f"/corrections/{early['id']}/confirmation", {"note": "登分有误，更正一项"}
    )
    await controlled.sign_off()
    await step(controlled.organiser, controlled.contest, "amended", reason="内部原因")

    shown = (await anonymous.get(f"/api/v1/public/rankings/{controlled.item}")).json()

    assert shown["amended_note"] == "登分有误，更正一项"
