"""What is asked of an entry, as pure functions; the database holds those that two people could break at once.

| rule | source | code | held by |
| --- | --- | --- | --- |
| entered within the window, whose end counts as 24:00 of the day before | DOMAIN 2, DESIGN 3.12 | registration_not_open, registration_closed | here |
| as many contestants as the item's kind | DOMAIN 2 | wrong_team_size | here |
| minimum age on the first day of the contest | DOMAIN 2, aged ≥ 16 or ≥ 18 | under_age, birth_date_needed | here |
| one entry of a person per item | DOMAIN 2 | person_already_entered | unique index |
| one item per person, where the contest says so | DOMAIN 2 | one_item_per_person | people locked |
| places of an item, places of a delegation in it | DOMAIN 1 | item_full, delegation_full | item locked |
| a slot won below is used by those who won it, once | DESIGN 3.9 | slot_of_another, slot_not_open, slot_already_used | here, unique index |

Not done: student caps, work or residence of a year, bars on earlier winners — no table holds what they ask yet.
"""

from datetime import date, datetime
from typing import Literal


def window_at(opens: datetime, closes: datetime, now: datetime) -> Literal["not_yet", "open", "closed"]:
    """Where `now` lies; the end is outside: what closes on 26 February 24:00 is stored as 27 February 00:00 and open before it."""
    if now < opens:
        return "not_yet"
    return "open" if now < closes else "closed"


def full_years(born: date, day: date) -> int:
    """Age in full years on a day; who was born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def number_prefix(item_code: str) -> str:
    """What an item's contest numbers begin with: the first six letters and digits of its code, in capitals."""
    return "".join(c for c in item_code if c.isalnum())[:6].upper()


def contest_number(item_code: str, place: int) -> str:
    """The contest number 参赛号 of the `place`-th accepted entry of an item: FITTER-0007."""
    return f"{number_prefix(item_code)}-{place:04d}"
