"""Reading a season's data file: a mistyped figure is found here and not on a page."""

from functools import cache

import msgspec

from api.simulation.figures import Season
from api.simulation.practical import DATA
from api.simulation.scaling import LARGEST, scale


@cache
def load_season(code: str = "hebei-2021") -> Season:
    """The season of a data file that stands beside this program. Raises ValueError that names what is wrong."""
    return read_season((DATA / f"{code}.toml").read_bytes())


def read_season(source: bytes) -> Season:
    """A season from its file's contents, whose teams and people at full size are the published ones.

    Raises msgspec.ValidationError for what is wrong in a table, ValueError for a sum that fails at full size.
    """
    season = msgspec.toml.decode(source, type=Season)
    full = scale(season, LARGEST)
    if min(team.contestants for team in full.teams) < 1:
        raise ValueError(f"{season.published.people} people leave a team without contestants")
    if (len(full.teams), full.people) != (season.published.teams, season.published.people):
        raise ValueError(f"the delegations make {len(full.teams)} teams and {full.people} people")
    return season
