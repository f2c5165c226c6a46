"""SJ10 as its people use it: slips once, the draw, the signed list, and decoding by two at one screen."""

import re
from html import unescape

import pytest

from tests.judging.blind import Blind, blind_of


@pytest.fixture
async def blind(world) -> Blind:
    return await blind_of(world)


def slip_codes(page: str) -> list[str]:
    return re.findall(r'class="slip__code"[^>]*>([0-9A-Z-]{14})<', page)


def layer_of(page: str, act: str) -> str:
    """The layer that the form of this act names."""
    form = next(form for form in re.findall(r"<form.*?</form>", page, re.S) if f'value="{act}"' in form)
    return re.search(r'name="layer" value="([^"]+)"', form)[1]  # type: ignore[index]


async def number(blind: Blind) -> dict[int, str]:
    """Both layers by the pages alone; gives the officers' codes."""
    codes = {}
    for layer, officer in enumerate(blind.officers, 1):
        path = f"/blind/{blind.item}"
        slips = await officer.post(path, data={"act": "commit"})
        assert slips.status_code == 200, slips.text
        codes[layer], _ = slip_codes(slips.text)
        drawn = await officer.post(
            path,
            data={"act": "draw", "layer": layer_of(slips.text, "draw"), "code": codes[layer], "lot": "七"},
        )
        assert drawn.status_code == 200, drawn.text
    return codes


async def test_officer_comes_to_the_item_from_the_list(blind):
    listed = unescape((await blind.officers[0].get("/blind")).text)

    assert f'href="/blind/{blind.item}"' in listed
    assert "已抽0/2层" in listed
    assert "0/2 layers drawn" in unescape((await blind.officers[0].get("/en/blind")).text)


async def test_codes_are_shown_once_and_never_again(blind):
    slips = await blind.officers[0].post(f"/blind/{blind.item}", data={"act": "commit"})
    codes = slip_codes(slips.text)

    page = (await blind.officers[0].get(f"/blind/{blind.item}")).text

    assert len(set(codes)) == 2
    assert slips.headers["cache-control"] == "no-store"
    assert not [code for code in codes if code in page]
    assert "种子已登记" in page


async def test_list_of_the_first_layer_names_people_and_no_other_does(blind):
    codes = await number(blind)
    path = f"/blind/{blind.item}"
    lists = []
    for layer, officer in enumerate(blind.officers, 1):
        page = (await officer.get(path)).text
        form = {"act": "read", "layer": layer_of(page, "read"), "code": codes[layer].lower()}
        lists.append((await officer.post(path, data=form)).text)

    assert (lists[0].count("试甲"), lists[1].count("试甲")) == (4, 0)
    assert re.findall(r"<b>(1-00\d)</b>", lists[0]) == ["1-001", "1-002", "1-003", "1-004"]
    assert re.findall(r"<b>第1场 (\d\d)</b>", lists[1]) == ["01", "02", "03", "04"]
    for page in lists:
        assert page.count("校验码") >= 3
        assert "监督签字" in page


async def test_two_people_decode_at_one_screen(blind):
    codes = await number(blind)
    path, login = f"/blind/{blind.item}", await blind.login(blind.supervisor)
    early = (await blind.officers[1].get(path)).text
    assert 'value="open"' not in early
    await blind.finish()

    for layer in (2, 1):
        officer = blind.officers[layer - 1]
        page = (await officer.get(path)).text
        answer = await officer.post(
            path,
            data={
                "act": "open", "layer": layer_of(page, "open"), "code": codes[layer], "secret": f"200{layer}",
                "login": login, "second_secret": "3000", "reason": "",
            },
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
        assert "已解密4/4" in unescape(answer.text)
        assert ("继续解密第1层" in answer.text) == (layer == 2)

    done = (await blind.supervisor.get(path)).text
    assert "成绩与选手已对应" in done
    assert 'value="open"' not in done


async def test_refused_form_keeps_what_was_typed_but_no_secret(blind):
    await number(blind)
    await blind.finish()
    path, login = f"/blind/{blind.item}", await blind.login(blind.supervisor)
    page = (await blind.officers[1].get(path)).text

    answer = await blind.officers[1].post(
        path,
        data={"act": "open", "layer": layer_of(page, "open"), "code": "AAAA-BBBB-CCCC", "secret": "2002", "login": login, "second_secret": "3000"},
    )  # fmt: skip

    assert answer.status_code == 422
    assert "加密码不对" in answer.text
    assert 'id="code-error"' in answer.text
    assert f'value="{login}"' in answer.text
    assert not [secret for secret in ("AAAA-BBBB", "2002", '"3000"') if secret in answer.text]


async def test_use_of_the_reserve_envelope_asks_for_the_reason_where_it_is_typed(blind):
    await blind.number()
    await blind.finish()
    path, officer = f"/blind/{blind.item}", blind.officers[1]
    form = {
        "act": "open", "layer": layer_of((await officer.get(path)).text, "open"), "secret": "2002",
        "login": await blind.login(blind.supervisor), "second_secret": "3000", "code": blind.codes[2][1],
    }  # fmt: skip

    answer = await officer.post(path, data=form)

    assert answer.status_code == 422
    assert 'id="reason-error"' in answer.text


async def test_officer_of_one_layer_is_not_offered_the_next(world, blind):
    path, holder = f"/blind/{blind.item}", blind.officers[0]
    await world.execute("UPDATE access_grant SET blind_layer = NULL, scope_kind = 'item' WHERE account_id = $1", holder.account_id)  # fmt: skip
    assert 'value="commit"' in (await holder.get(path)).text
    slips = await holder.post(path, data={"act": "commit"})
    await holder.post(
        path,
        data={"act": "draw", "layer": layer_of(slips.text, "draw"), "code": slip_codes(slips.text)[0]},
    )

    assert 'value="commit"' not in (await holder.get(path)).text
    assert 'value="commit"' in (await blind.officers[1].get(path)).text


async def test_what_decoding_waits_for_is_named_and_nothing_else(blind):
    await number(blind)

    page = unescape((await blind.supervisor.get(f"/blind/{blind.item}")).text)

    assert "还有1场未结束，全部结束后才能解密" in page
    assert "0张" not in page


async def test_second_person_with_a_second_factor_enters_its_code(blind):
    codes = await number(blind)
    await blind.finish()
    totp = await blind.give_totp(blind.supervisor)
    path, officer = f"/blind/{blind.item}", blind.officers[1]
    form = {
        "act": "open", "layer": layer_of((await officer.get(path)).text, "open"), "code": codes[2], "secret": "2002",
        "login": await blind.login(blind.supervisor), "second_secret": "3000",
    }  # fmt: skip

    missing = await officer.post(path, data=form)
    garbled = await officer.post(path, data=form | {"second_totp": "１２３４５６"})
    opened = await officer.post(path, data=form | {"second_totp": totp.now()})

    assert (missing.status_code, garbled.status_code) == (422, 422)
    assert 'id="second_totp-error"' in missing.text
    assert "两步验证" in missing.text
    assert "１２３４５６" not in garbled.text
    assert "已解密4/4" in unescape(opened.text)


async def test_organiser_plans_sessions_and_is_led_to_the_layers(world, blind):
    contest = blind.contest
    code = await world.fetchval("SELECT code FROM item WHERE id = $1", contest.item)
    path = f"/org/c/{(await blind.layers())['contest']}/e/{code}/draw"

    page = (await blind.office.organiser.get(path)).text

    assert f'href="/blind/{blind.item}"' in page
    assert 'value="draw"' not in page
    assert 'value="redraw"' not in page
    await number(blind)
    again = (await blind.office.organiser.get(path)).text
    assert 'value="redraw"' in again
    assert "谁在哪个工位已密封" in again
    assert "还没有抽签" not in again
    assert "依次抽签" not in again
    assert "试甲" not in unescape(again)


async def test_who_is_no_officer_sees_how_far_it_is_and_no_form(blind):
    await number(blind)
    await blind.finish()

    page = await blind.office.organiser.get(f"/blind/{blind.item}")

    assert page.status_code == 200
    assert not re.findall(r'name="act"', page.text)
    assert (
        await blind.office.organiser.post(f"/blind/{blind.item}", data={"act": "commit"})
    ).status_code == 403


async def test_address_of_a_session_leads_to_its_item(world, blind):
    answer = await blind.supervisor.get(f"/blind/s/{blind.sessions[0]['id']}")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/blind/{blind.item}")
    stranger = await world.client("supervisor", "contest", (await world.contest()).contest)
    assert (await stranger.get(f"/blind/s/{blind.sessions[0]['id']}")).status_code == 404
    assert (await stranger.get(f"/blind/{blind.item}")).status_code == 404
    assert blind.item not in (await stranger.get("/blind")).text
