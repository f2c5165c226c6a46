"""The accounts that anybody may try in the demo: `demo-<role>`, each with the grants that its role has in a real season."""

from typing import Final, NamedTuple

from api.simulation.contests import Held
from api.simulation.keys import Keys
from api.simulation.organisations import Tree
from api.simulation.rows import Rows


class Role(NamedTuple):
    """A demo account: what stands behind `demo-`, its name, its roles, where it holds them, and in which batch besides."""

    login: str
    name: str
    roles: tuple[str, ...]
    where: str
    also: str = ""


# In the order in which the demo prints its links. `where`: an organisation of the tree, or a batch of the final. 邯郸 has entries in
# the batch that is open for registration.
ROLES: Final = (
    Role("organiser", "省组委会办公室", ("organiser",), "province"),
    Role("judge", "裁判甲", ("judge",), "main"),
    Role("chief-judge", "裁判长", ("judge", "chief_judge"), "main", "blind"),
    Role("authority", "人社厅经办人", ("award_authority",), "early"),
    Role("registrar", "邯郸报名员", ("registrar",), "handan"),
    Role("team-leader", "邯郸领队", ("team_leader",), "handan"),
    Role("reviewer", "资格审核员", ("reviewer",), "late"),
    Role("contestant", "参赛选手", ("contestant",), "main"),
    Role("data-clerk", "登分员", ("data_clerk",), "main"),
    Role("encryption-officer", "加密裁判", ("encryption_officer",), "late", "blind"),
    Role("supervisor", "监督仲裁员", ("supervisor",), "main", "blind"),
    Role("city-organiser", "石家庄市赛区经办人", ("organiser",), "shijiazhuang"),
    Role("auditor", "审计员", ("auditor",), "province"),
    Role("administrator", "系统管理员", ("administrator",), "national"),
    # Paper is typed twice, by two people. Last, so that every other account keeps its key.
    Role("second-data-clerk", "登分员乙", ("data_clerk",), "main"),
)
JUDGE: Final = 1
CHIEF: Final = 2
CONTESTANT: Final = 7
OFFICER: Final = 9
SUPERVISOR: Final = 10


class DemoAccounts:
    """Writes them; their keys follow from their place in ROLES."""

    def __init__(self, rows: Rows, keys: Keys) -> None:
        self._rows, self._keys = rows, keys

    def account(self, place: int) -> str:
        """The key of an account."""
        return self._keys.ordered("account", place)

    def write(self, tree: Tree, batches: dict[str, Held]) -> None:
        """All but the contestant, who is somebody of the season and is written with them."""
        for place, role in enumerate(ROLES):
            if place != CONTESTANT:
                looked_after = tree.national if role.where == "national" else tree.province.id
                self._rows.add(
                    "account", self.account(place), f"demo-{role.login}", role.name, None, looked_after
                )
                self._grant(place, role, tree, batches)

    def write_contestant(self, tree: Tree, batches: dict[str, Held], person: str) -> None:
        """The contestant, who can see their own entry."""
        role = ROLES[CONTESTANT]
        self._rows.add(
            "account", self.account(CONTESTANT), f"demo-{role.login}", role.name, person, tree.province.id
        )
        self._grant(CONTESTANT, role, tree, batches)

    def _grant(self, place: int, role: Role, tree: Tree, batches: dict[str, Held]) -> None:
        organisations = {
            "national": tree.national,
            "province": tree.province.id,
            **{code: host.id for code, host in tree.cities.items()},
        }
        scope = organisations.get(role.where)
        places: list[tuple[str | None, str | None]] = (
            [(None, scope)] if scope else [(batches[role.where].id, None)]
        )
        places += [(batches[role.also].id, None)] if role.also else []
        # A judge's grant comes with the seat on the panel.
        held = [(name, *at) for at in places for name in role.roles if name != "judge"]
        for number, (name, contest, organisation) in enumerate(held):
            self._rows.add(
                "access_grant", self._keys.ordered("demo grant", place * 4 + number), self.account(place), name,
                "organisation" if organisation else "contest", organisation or contest, contest, "2021-01-01",
            )  # fmt: skip
