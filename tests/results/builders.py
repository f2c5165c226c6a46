"""Marked items, ready for the publication machine. Marks go in through the database's own function, theory as rows."""

import json
from decimal import Decimal
from uuid import uuid4

from api.judging.commands.theory import theory_digest, theory_hash
from api.plumbing.ids import encode_id
from api.results.commands import refresh_standings

MARKS = {  # C1, C2 by entry; every judge of the panel gives the same
    "甲": ("9.5", "80"),
    "乙": ("9", "85"),
    "丙": ("8", "70"),
}
THEORY = {"甲": "90", "乙": "80", "丙": "70"}


async def mark(world, contest, sheets, names, marks=MARKS, theory=THEORY):
    """Enter marks by the database's own function, theory by rows."""
    for name, row in zip(names, sheets, strict=True):
        for sheet in row:
            account = await world.fetchval("SELECT account_id FROM sheet WHERE id = $1", sheet)
            codes = await world.fetch(
                "SELECT code FROM enter_marks($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::numeric[], $7::text[], $8::int[], array[now(), now()], array[NULL, NULL]::text[])",
                [sheet] * 2, [account] * 2, [uuid4(), uuid4()], ["C1", "C2"], ["scored"] * 2,
                [Decimal(value) for value in marks[name]], ["", ""], [0, 0],
            )  # fmt: skip
            assert [code["code"] for code in codes] == ["accepted", "accepted"]


async def add_theory(world, contest, entries, theory=THEORY):
    """One act, with its links and its line in the ledger."""
    account, links = await world.account(), []
    async with world.db.transaction() as connection:
        for name, entry in entries.items():
            value = Decimal(theory[name])
            links.append(theory_hash(b"", entry, "theory", 1, "scored", value, account, None))
            await connection.execute(
                "INSERT INTO theory_mark (season_id, entry_id, node, rev, item_id, state, value, account_id, hash) "
                "VALUES ($1, $2, 'theory', 1, $3, 'scored', $4, $5, $6)",
                contest.season, entry, contest.item, value, account, links[-1],
            )  # fmt: skip
        payload = json.dumps({"marks": len(links), "corrections": 0, "digest": theory_digest(links)})
        await connection.execute(
            "SELECT append_ledger($1, $2, 'theory.entered', $2, $3, $4)",
            contest.season, contest.item, payload, account,
        )  # fmt: skip


async def sign(world, contest):
    """Every sheet, and the version that follows from them."""
    for state in ("submitted", "signed"):
        await world.execute("UPDATE sheet SET state = $2 WHERE item_id = $1", contest.item, state)
    await world.execute(
        "INSERT INTO sheet_transition (season_id, sheet_id, position, from_state, to_state, seq, head) "
        "SELECT season_id, id, 1, 'submitted', 'signed', seq, head FROM sheet WHERE item_id = $1",
        contest.item,
    )
    await sign_off(world, contest)


async def sign_off(world, contest):
    """The chief judge's signature under the latest version, as a row."""
    await refresh_standings(world.db, contest.item)
    await world.execute(
        "INSERT INTO result_sign_off (season_id, item_id, snapshot, output_hash, by_account) "
        "SELECT season_id, item_id, number, output_hash, $2 FROM standings_snapshot WHERE item_id = $1 ORDER BY number DESC LIMIT 1",
        contest.item, await world.account("裁判长"),
    )  # fmt: skip


async def step(client, contest, to, **more):
    """One step with the right If-Match."""
    url = f"/api/v1/items/{encode_id('item', contest.item)}/publication"
    current = await client.get(url)
    return await client.post(
        f"{url}/transitions", json={"to": to, **more}, headers={"If-Match": current.headers["etag"]}
    )


async def publish(client, contest, *steps):
    """The named steps, each of which must succeed."""
    for to in steps or ("closed", "confirmed", "provisional", "final"):
        answer = await step(client, contest, to)
        assert answer.status_code == 200, answer.text


async def final_item(world, contest, marks, theory):
    """Entries by name, marked, signed and final under an organiser, who is given back with the entries."""
    await world.execute("UPDATE contest SET notice_days = 0 WHERE id = $1", contest.contest)
    entries = {name: await world.entry(contest, name=name) for name in marks}
    sheets = await world.sheets(contest, list(entries.values()), await world.judges(contest))
    await mark(world, contest, sheets, list(marks), marks)
    await add_theory(world, contest, entries, theory)
    await sign(world, contest)
    organiser = await world.client("organiser", "contest", contest.contest)
    await publish(organiser, contest)
    return entries, organiser
