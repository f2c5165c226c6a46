"""A list leads forwards by cursors and back by those that were passed."""

from urllib.parse import parse_qsl

from frontend.pages.paging import KEPT, Place


def place_of(address):
    given = dict(parse_qsl(address))
    return Place(given.get("cursor", ""), int(given.get("before", 0)), given.get("back", ""))


def walked(pages):
    """Places of a walk forwards through so many pages of ten."""
    place, places = Place(), []
    for number in range(1, pages + 1):
        places.append(place)
        address = place.paging(10, 10, f"c{number + 1}", _address).next_url
        place = place_of(address)
    return places


def _address(more):
    return "&".join(f"{name}={value}" for name, value in more.items())


def test_first_page_has_nothing_before_it():
    assert Place().paging(3, 10, None, _address).previous_url is None


def test_every_page_leads_back_to_the_one_it_was_reached_from():
    places = walked(5)

    back = [place_of(place.paging(10, 10, None, _address).previous_url) for place in places[1:]]

    assert [(each.cursor, each.before) for each in back] == [
        (each.cursor, each.before) for each in places[:-1]
    ]


def test_way_back_is_cut_to_its_length_and_ends_at_the_first_page():
    place = walked(KEPT + 5)[-1]

    steps = 0
    while place.cursor:
        place = place_of(place.paging(10, 10, None, _address).previous_url)
        steps += 1

    assert steps == KEPT + 1
    assert place == Place()


def test_empty_page_counts_from_nothing():
    paging = Place().paging(0, 10, None, _address)

    assert (paging.first, paging.last) == (0, 0)
