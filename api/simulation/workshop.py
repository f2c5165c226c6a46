"""What all builders of a season share: its figures at this scale, and the tools that write."""

from datetime import date, datetime

from api.access.secret_texts import cipher_of
from api.simulation.chains import Ledger
from api.simulation.closing import Closer
from api.simulation.contests import Item
from api.simulation.dates import day_in_china
from api.simulation.entering import Registry
from api.simulation.figures import Season
from api.simulation.keys import Keys
from api.simulation.marking import Marker
from api.simulation.rows import CopyInto, Rows
from api.simulation.scaling import SeasonPlan, scale
from api.simulation.season_file import load_season


class Workshop:
    """Figures and tools of one season. With `live_at` its final is going on at that moment."""

    def __init__(
        self, secret_key: str, workers: int, seed: int, live_at: datetime | None, copy: CopyInto
    ) -> None:
        self.live_at = live_at
        self.season: Season = load_season()
        self.plan: SeasonPlan = scale(self.season, workers)
        self.final: date = day_in_china(live_at) if live_at else self.season.final_starts_on
        self.keys, self.rows = Keys(seed), Rows(copy)
        self.season_id = self.keys.ordered("season", 0)
        self.registry = Registry(
            self.rows, self.keys, cipher_of(secret_key), self.season_id, seed, self.final
        )
        self.marker = Marker(self.rows, self.keys, self.season_id, seed)
        self.closer = Closer(self.rows, self.keys, self.season_id, self.marker)

    def ledger_of(self, item: Item) -> Ledger:
        """The chain of an item, from its beginning."""
        return Ledger(self.rows, self.keys, self.season_id, item.id)
