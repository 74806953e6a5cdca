"""What undoing an import does to the directory, in numbers, for whoever is about to ask for it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.directory import last_change
from models.directory_store import left_without


@dataclass(frozen=True)
class Undoing:
    """Of the newest import: its file, and how many places go, come back, or become again what they were.

    `left`: how many places there are to search afterwards.
    """

    import_id: int
    file: str
    go: int
    come_back: int
    change_back: int
    left: int

    @property
    def empties(self) -> bool:
        """Whether no place would be left at all."""
        return self.go > 0 and self.left == 0


def undoing(session: Session) -> Undoing | None:
    """What undoing the newest import that changed something would do; None when there is none."""
    newest = last_change(session)
    if newest is None or newest.generation is None:
        return None
    counts = newest.counts
    return Undoing(
        newest.id,
        newest.file_name,
        go=counts.get("added", 0),
        come_back=counts.get("retired", 0) + counts.get("invented", 0),
        change_back=counts.get("changed", 0),
        left=left_without(session, newest.id, newest.generation),
    )
