"""Rights as data: which role may do what. A route names one right; the generated table route × role is tested cell by cell."""

import msgspec

ROLES = (
    "administrator", "organiser", "registrar", "reviewer", "team_leader", "encryption_officer", "supervisor", "judge",
    "chief_judge", "timekeeper", "data_clerk", "check_in", "presenter", "outside_assessor", "award_authority", "auditor",
    "integrator", "contestant",
)  # fmt: skip

ROLE_NAMES = {
    "administrator": "管理员",
    "organiser": "主办单位",
    "registrar": "单位报名员",
    "reviewer": "审核员",
    "team_leader": "领队",
    "encryption_officer": "加密裁判",
    "supervisor": "监督仲裁",
    "judge": "裁判",
    "chief_judge": "裁判长",
    "timekeeper": "计时员",
    "data_clerk": "登分员",
    "check_in": "检录员",
    "presenter": "主持人",
    "outside_assessor": "外部评估",
    "award_authority": "授奖单位",
    "auditor": "审计",
    "integrator": "系统对接",
    "contestant": "选手",
}

# What everybody who is signed in may do, with or without a grant: see and change what is their own.
SELF = "self.use"


class Right(msgspec.Struct, frozen=True):
    """Roles that hold a right; `writes` says whether a node's grant stops at the node (DESIGN 6).

    `reads` says that it only looks: a token with the scope `read` carries it. An authority decides in its whole subtree, so that
    what does not stop at the node is not therefore mere reading.
    A right that is not `by_support` is not carried by the short grant for a contest of a lower node: what it gave away
    would outlive it. One that is not `by_token` needs a person: a leaked token must not make accounts, grants or tokens.
    """

    roles: frozenset[str]
    writes: bool = True
    reads: bool = False
    by_support: bool = True
    by_token: bool = True


def _read(*roles: str) -> Right:
    return Right(frozenset(roles) | {"administrator", "auditor"}, writes=False, reads=True)


def _write(*roles: str) -> Right:
    return Right(frozenset(roles))


def _in_person(*roles: str) -> Right:
    return Right(frozenset(roles), by_support=False, by_token=False)


RIGHTS: dict[str, Right] = {
    # access
    SELF: Right(frozenset(ROLES), writes=False, reads=True),
    "account.read": _read("organiser"),
    # Organisers too: a county that runs a contest makes its own judges' and units' accounts, there is nobody else to ask.
    "account.manage": _in_person("administrator", "organiser"),
    "grant.read": _read("organiser"),
    "grant.give": _in_person("administrator", "organiser"),
    "support.take": Right(frozenset({"administrator", "organiser"}), writes=False, by_support=False, by_token=False),
    "device.enrol": _in_person("organiser", "chief_judge"),
    "token.manage": Right(frozenset({"administrator", "organiser", "integrator"}), by_token=False),
    "access_event.read": _read("organiser"),
    # organisations
    "organisation.manage": _write("administrator"),
    # Units too: who enters people chooses their delegation and unit from the tree.
    "organisation.read": _read("organiser", "registrar", "reviewer", "team_leader", "award_authority", "integrator", "data_clerk"),
    # contests
    "season.create": _write("administrator", "organiser"),
    "season.change": _write("administrator", "organiser"),
    "preset.create": _write("administrator", "organiser"),
    "contest.read": _read("organiser", "reviewer", "supervisor", "chief_judge", "award_authority", "integrator", "data_clerk",
                          "encryption_officer", "presenter", "check_in", "outside_assessor"),
    "contest.create": _write("administrator", "organiser"),
    "contest.change": _write("organiser", "integrator"),
    "item.change": _write("organiser", "integrator"),
    "plan.change": _write("organiser"),
    # registration
    "entry.read": _read("organiser", "reviewer", "registrar", "team_leader", "supervisor", "award_authority", "integrator",
                        "check_in", "contestant"),
    "entry.register": _write("registrar", "team_leader", "organiser", "integrator", "contestant"),
    "entry.review_unit": _write("registrar"),
    "entry.review": _write("organiser", "reviewer"),
    "entry.change_standing": _write("organiser", "chief_judge", "check_in"),
    # Not `reads`: full numbers are for people who give a reason, and for a token only where it names this right.
    "person.reveal": Right(frozenset({"administrator", "organiser", "reviewer", "award_authority", "auditor"}), writes=False),
    # Nobody below an administrator may take a person out of everybody's records.
    "person.erase": _write("administrator"),
    # judging
    "panel.change": _write("organiser", "chief_judge"),
    "panel.read": _read("organiser", "chief_judge", "supervisor", "encryption_officer"),
    "draw.make": _write("organiser", "encryption_officer"),
    # Whoever confirms a redraw that somebody else has asked for: a person on the spot, not a token and not a helper from above.
    "draw.confirm": _in_person("chief_judge", "supervisor", "encryption_officer"),
    "draw.read": _read("organiser", "encryption_officer", "supervisor", "chief_judge", "check_in"),
    # Codes are shown to whoever sits there, and a layer is opened by two people in the room.
    "layer.draw": _in_person("encryption_officer"),
    "layer.open": _in_person("encryption_officer", "supervisor"),
    "session.run": _write("organiser", "chief_judge", "timekeeper"),
    "session.read": _read("organiser", "chief_judge", "judge", "timekeeper", "supervisor"),
    "sheet.mark": _write("judge", "chief_judge", "outside_assessor"),
    "sheet.read": _read("judge", "chief_judge", "outside_assessor", "supervisor"),
    "sheet.sign": _write("chief_judge"),
    "tablet.read": _read("organiser", "chief_judge", "timekeeper", "supervisor"),
    "incident.raise": _write("judge", "chief_judge", "outside_assessor", "timekeeper"),
    "incident.read": _read("organiser", "chief_judge", "timekeeper", "supervisor"),
    "incident.answer": _write("organiser", "chief_judge"),
    # To every judge of the contest only for whoever holds it there.
    "broadcast.send": _write("organiser", "chief_judge"),
    "paper.read": _read("organiser", "chief_judge", "data_clerk", "supervisor"),
    "paper.enter": _write("data_clerk"),
    "paper.transfer": _write("chief_judge"),
    "time.keep": _write("timekeeper", "chief_judge"),
    "theory.import": _write("organiser", "data_clerk", "integrator"),
    "theory.read": _read("organiser", "data_clerk", "chief_judge", "integrator"),
    # venue: what goes out holds the hashes of badges and PINs, so that nobody helps from above; to end a hand-out takes a person.
    "venue.read": _read("organiser", "chief_judge", "supervisor"),
    "venue.run": Right(frozenset({"organiser"}), by_support=False),
    "venue.take_back": _in_person("organiser"),
    # results
    "standings.read": _read("organiser", "chief_judge", "supervisor", "award_authority", "integrator", "presenter"),
    "result.confirm": _write("chief_judge", "organiser"),
    "result.publish": _write("organiser"),
    "tie.decide": _write("chief_judge"),
    "ledger.verify": _read("organiser", "supervisor", "award_authority"),
    # control
    # Nameless. Data clerks too, who look at the sheets that they check once more.
    "control.read": _read("organiser", "chief_judge", "timekeeper", "supervisor", "data_clerk"),
    "spread.decide": _write("chief_judge"),
    # A mark on a closed sheet is corrected by two people who are there, one of them its chief judge.
    "correction.read": _read("organiser", "chief_judge", "supervisor"),
    "correction.ask": _in_person("organiser", "chief_judge"),
    "correction.confirm": _in_person("organiser", "chief_judge", "supervisor"),
    "recheck.read": _read("organiser", "chief_judge", "supervisor", "data_clerk"),
    "recheck.make": _write("organiser", "chief_judge"),
    "recheck.record": _in_person("chief_judge", "supervisor", "data_clerk"),
    "result.sign_off": _in_person("chief_judge"),
    # live
    "screen.read": _read("organiser", "presenter"),
    "screen.change": _write("organiser"),
    # Whoever speaks in the hall has the next name on the phone, and nobody else has.
    "ceremony.run": _write("organiser", "presenter"),
    # advancement
    "slot.read": _read("organiser", "registrar", "team_leader", "award_authority", "integrator"),
    "slot.offer": _write("organiser"),
    "slot.answer": _write("registrar", "team_leader", "organiser"),
    # awards
    "award.read": _read("organiser", "award_authority", "integrator"),
    "award.propose": _write("organiser", "award_authority"),
    "award.decide": Right(frozenset({"award_authority"}), writes=False),
    "award.check": Right(frozenset({"award_authority", "organiser"}), writes=False),
    # jobs
    # Whoever may send a file in; a job shows itself to its owner only.
    "job.read": _read("organiser", "registrar", "team_leader", "data_clerk", "integrator"),
    "job.cancel": _write("organiser", "registrar", "team_leader", "data_clerk", "integrator"),
}  # fmt: skip

# Who may give which role: below one's own only. An organiser makes no administrator, and no auditor, who audits organisers.
GIVES: dict[str, frozenset[str]] = {
    "administrator": frozenset(ROLES),
    "organiser": frozenset(ROLES) - {"administrator", "auditor"},
}

# What a badge and four digits open: marking and what goes with it, whatever else the account may do with its password.
PIN_ROLES = frozenset({"judge", "chief_judge", "timekeeper", "outside_assessor"})
