"""Who holds a contest: exactly one leads. With whom it is filed: before it begins, once per authority."""

import pytest
import pytest_asyncio

from api.plumbing.ids import encode_id
from tests.organisations.watching import nothing_written


@pytest_asyncio.fixture
async def contest(province):
    return await province.contest()


@pytest_asyncio.fixture
async def office(province, world):
    return encode_id(
        "organisation", await world.organisation(parent=province.root, kind="authority", tier=None)
    )


async def name(province, contest, organisers, tag='"r1"'):
    return await province.organiser.put(
        f"/api/v1/contests/{contest['id']}/organisers",
        json={"organisers": organisers},
        headers={"If-Match": tag},
    )


async def test_organisers_stand_in_the_order_of_a_notice(province, contest, office):
    answer = await name(
        province,
        contest,
        [
            {"role": "committee", "name_zh": "组委会"},
            {"role": "co_organiser", "name_zh": "协办一"},
            {
                "role": "lead",
                "organisation_id": encode_id("organisation", province.root),
                "name_zh": "省总工会",
            },
            {"role": "co_organiser", "name_zh": "协办二"},
            {"role": "host", "organisation_id": office},
        ],
    )

    assert answer.status_code == 200, answer.text
    shown = answer.json()["organisers"]
    assert [each["role"] for each in shown] == ["lead", "host", "co_organiser", "co_organiser", "committee"]
    assert [each["name_zh"] for each in shown[2:4]] == ["协办一", "协办二"]
    assert shown[0]["name_zh"] == "省总工会"
    assert answer.json()["rev"] == 2


@pytest.mark.parametrize(
    ("organisers", "errors"),
    [
        ([{"role": "host", "name_zh": "甲"}], [("/organisers", "one_lead_organiser")]),
        (
            [{"role": "lead", "name_zh": "甲"}, {"role": "lead", "name_zh": "乙"}],
            [("/organisers", "one_lead_organiser")],
        ),
        ([{"role": "lead"}], [("/organisers/0/name_zh", "organiser_nameless")]),
        ([{"role": "lead", "name_zh": "甲\u200b"}], [("/organisers/0/name_zh", "name_invalid")]),
        (
            [{"role": "lead", "organisation_id": "org_1"}],
            [("/organisers/0/organisation_id", "reference_unknown")],
        ),
        (
            [{"role": "lead", "organisation_id": "org_" + "0" * 26}],
            [("/organisers/0/organisation_id", "reference_unknown")],
        ),
    ],
)
async def test_refused_organisers_leave_the_old_ones(province, world, contest, errors_of, organisers, errors):
    async with nothing_written(world):
        answer = await name(province, contest, organisers)

    assert answer.status_code == 422
    assert errors_of(answer) == errors


async def test_organisers_on_an_old_version_are_refused(province, world, contest):
    async with nothing_written(world):
        answer = await name(province, contest, [{"role": "lead", "name_zh": "甲"}], tag='"r9"')

    assert answer.status_code == 412


def filing(office, **changes):
    return {"authority_id": office, "number": "冀赛2021-003", "filed_on": "2021-02-28", **changes}


async def test_contest_is_filed_once_per_authority(province, world, contest, office):
    path = f"/contests/{contest['id']}/filings"
    made = await province.post(path, filing(office))
    async with nothing_written(world):
        twice = await province.post(path, filing(office, number="冀赛2021-004"))

    listed = (await province.organiser.get(f"/api/v1{path}")).json()["data"]
    assert made.status_code == 201, made.text
    assert listed == [made.json()]
    assert (twice.status_code, twice.json()["code"]) == (409, "filing_exists")


async def test_number_of_an_authority_belongs_to_one_contest(province, world, contest, office):
    await province.post(f"/contests/{contest['id']}/filings", filing(office))
    other = await province.contest()
    async with nothing_written(world):
        answer = await province.post(f"/contests/{other['id']}/filings", filing(office))

    assert (answer.status_code, answer.json()["code"]) == (409, "filing_number_taken")


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"filed_on": "2021-03-01"}, [("/filed_on", "filing_late")]),
        ({"filed_on": "2021-02-29"}, [("/filed_on", "date_invalid")]),
        ({"number": "冀\u200b赛"}, [("/number", "name_invalid")]),
        ({"number": "9" * 61}, [("/number", "name_invalid")]),
        ({"authority_id": "org_" + "0" * 26}, [("/authority_id", "reference_unknown")]),
    ],
)
async def test_refused_filing_writes_nothing(province, world, contest, office, errors_of, changes, errors):
    async with nothing_written(world):
        answer = await province.post(f"/contests/{contest['id']}/filings", filing(office, **changes))

    assert answer.status_code == 422
    assert errors_of(answer) == errors


async def test_enterprise_is_no_authority(province, world, contest, errors_of):
    firm = await world.organisation(parent=province.root, kind="enterprise", tier="base")
    async with nothing_written(world):
        answer = await province.post(
            f"/contests/{contest['id']}/filings", filing(encode_id("organisation", firm))
        )

    assert errors_of(answer) == [("/authority_id", "reference_unknown")]


async def test_finished_contest_takes_no_filing(province, world, office):
    contest = await world.contest(organisation=province.root, season=province.season_node, state="finished")
    async with nothing_written(world):
        answer = await province.post(
            f"/contests/{encode_id('contest', contest.contest)}/filings", filing(office)
        )

    assert (answer.status_code, answer.json()["code"]) == (409, "contest_settled")
