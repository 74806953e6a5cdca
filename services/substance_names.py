"""What somebody at a keyboard calls a substance -> its id, the ids it may mean, or ids with names like it."""

from dataclasses import dataclass

from services.house import House
from services.matching import desk_of


@dataclass(frozen=True)
class NamedAs:
    """`id` when the name is clear; else `choices` that it may mean, or ids with names `near` it."""

    id: str | None = None
    choices: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


def find_substance(house: House, name: str) -> NamedAs:
    """An id of the catalogue, or any name that triage understands: brand, generic, or street where it is clear."""
    known = desk_of(house).catalog.substances
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    if plain in known:
        return NamedAs(plain)
    heard = house.triage.understand(name, None, "what")
    ids = tuple(substance.id for substance in heard.substances if substance.id in known)
    if len(ids) == 1:
        return NamedAs(ids[0])
    unclear = ids or tuple(id_ for one in heard.unclear for id_ in one.substances if id_ in known)
    return NamedAs(choices=unclear, near=() if unclear else house.triage.near_substances(name))
