"""Who stands where towards an entry: its host, its unit, its delegation's sender, or the contestant themselves."""

from uuid import UUID

import msgspec

from api.access.actor import Actor, Scope


class EntryPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where an entry lies for rights. `unit_path` and `sender_path` are empty where it has no unit or no sending organisation."""

    contest_id: UUID
    item_id: UUID
    host_path: tuple[UUID, ...]
    unit_path: tuple[UUID, ...] = ()
    sender_path: tuple[UUID, ...] = ()
    created_by: UUID | None = None
    people: frozenset[UUID] = frozenset()

    @property
    def host(self) -> Scope:
        """As the host's people reach it."""
        return Scope(organisation_path=self.host_path, contest_id=self.contest_id, item_id=self.item_id)

    @property
    def senders(self) -> tuple[Scope, ...]:
        """As its unit's and its delegation's people reach it."""
        return tuple(
            Scope(organisation_path=path, contest_id=self.contest_id, item_id=self.item_id)
            for path in (self.unit_path, self.sender_path)
            if path
        )


def office_of(actor: Actor) -> Actor:
    """The actor without the grants of a contestant, who reaches their own entries only."""
    return msgspec.structs.replace(actor, grants=tuple(g for g in actor.grants if g.role != "contestant"))


def acts_for_host(actor: Actor, place: EntryPlace, right: str = "entry.register") -> bool:
    """Whether the actor acts in the host's name."""
    return office_of(actor).may(right, place.host)


def acts_for_sender(actor: Actor, place: EntryPlace, right: str = "entry.register") -> bool:
    """Whether the actor acts in the name of the entry's unit or delegation."""
    office = office_of(actor)
    return any(office.may(right, scope) for scope in place.senders)


def competes(actor: Actor, place: EntryPlace, own_person: UUID | None) -> bool:
    """Whether it is a contestant's own entry: made by them, or with them in it."""
    return _as_contestant(actor).may("entry.read", place.host) and (
        place.created_by == actor.account_id or (own_person is not None and own_person in place.people)
    )


def in_office(actor: Actor, place: EntryPlace) -> bool:
    """Whether the actor enters others: for the host, the unit or the delegation."""
    return acts_for_host(actor, place) or acts_for_sender(actor, place)


def may_register(actor: Actor, place: EntryPlace) -> bool:
    """Whether the actor may enter people at this place. A contestant enters themselves, without unit and delegation."""
    if in_office(actor, place):
        return True
    return not place.senders and _as_contestant(actor).may("entry.register", place.host)


def may_pass_unit(actor: Actor, place: EntryPlace) -> bool:
    """Whether the actor may send an entry straight to the organiser: no unit has to agree, or they agree for it."""
    return (
        not place.unit_path
        or acts_for_host(actor, place)
        or acts_for_sender(actor, place, "entry.review_unit")
    )


def _as_contestant(actor: Actor) -> Actor:
    return msgspec.structs.replace(actor, grants=tuple(g for g in actor.grants if g.role == "contestant"))
