"""Opening a call in one statement: receipt, caller, contact, leg, timeline and outbox together, or nothing.

One statement in autocommit is one round trip to the database while a caller waits for the first word
(docs/decisions.md, "One statement opens a call"). It does what the same six inserts in a transaction would do.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Boolean, DateTime, Integer, LargeBinary, String, Uuid, bindparam, text

from models.crypto import encrypt, lookup_hash
from models.database import Database, Wake

_STATEMENT: Final = text("""
WITH staff AS (
    SELECT id FROM counselor WHERE NOT :as_caller AND phone_hash = :number_hash AND active
       AND role IN ('counselor', 'supervisor')
), held AS (
    SELECT CASE
        WHEN EXISTS (SELECT FROM block WHERE number_hash = :number_hash AND until > :now) THEN 'blocked'
        WHEN :flood > 0
             AND (SELECT count(*) FROM (SELECT FROM contact WHERE channel = 'voice' AND opened_at > :minute_ago
                                        LIMIT :flood) AS lately) >= :flood
             AND NOT EXISTS (SELECT FROM contact JOIN caller ON caller.id = contact.caller_id
                             WHERE caller.number_hash = :number_hash
                               AND (contact.connected_at IS NOT NULL OR contact.urgency <> 'none')) THEN 'challenged'
        END AS why
), taken AS (
    INSERT INTO receipt (provider_id, contact_id, at) SELECT :sid, :contact, :now WHERE NOT EXISTS (SELECT FROM staff)
    ON CONFLICT (provider_id) DO NOTHING RETURNING contact_id
), known AS (
    INSERT INTO caller (id, number, number_hash, created_at)
    SELECT :caller, :number, :number_hash, :now FROM taken
    ON CONFLICT (number_hash) DO UPDATE SET number_hash = excluded.number_hash RETURNING id
), opened AS (
    INSERT INTO contact (id, caller_id, channel, helpline_number, status, language, urgency, flow, opened_at,
                         waiting_since, deadline_at, next_step, calling_back, stir, disposition, ended_at)
    SELECT :contact, known.id, 'voice', :line, CASE WHEN held.why IS NULL THEN 'waiting' ELSE 'closed' END,
           'en', 'none', CASE WHEN held.why IS NULL THEN CAST('{}' AS jsonb) ELSE jsonb_build_object(held.why, 1) END,
           :now,
           CASE WHEN held.why IS NULL THEN :now END, CASE WHEN held.why IS NULL THEN :deadline END,
           CASE WHEN held.why IS NULL THEN 'ring' END, false, :stir,
           CASE held.why WHEN 'blocked' THEN 'not_for_us' WHEN 'challenged' THEN 'caller_left' END,
           CASE WHEN held.why IS NOT NULL THEN :now END
    FROM known, held RETURNING id
), phone AS (
    INSERT INTO leg (id, contact_id, kind, status, provider_sid, planned_at, answered_at, prompts, bridged)
    SELECT :leg, opened.id, 'caller', 'answered', :sid, :now, :now, 0, false FROM opened
), told AS (
    INSERT INTO contact_event (contact_id, at, kind, data)
    SELECT opened.id, :now, 'call_opened', CAST('{}' AS jsonb) FROM opened
    UNION ALL SELECT opened.id, :now, 'call_held', jsonb_build_object('kind', held.why) FROM opened, held
    WHERE held.why IS NOT NULL
), asked AS (
    INSERT INTO outbox (task, queue, args, created_at)
    SELECT :task, :queue, jsonb_build_array(opened.id::text), :now FROM opened, held
    WHERE held.why IS NULL RETURNING id
)
SELECT (SELECT id FROM asked) AS outbox_id, (SELECT contact_id FROM receipt WHERE provider_id = :sid) AS before,
       (SELECT id FROM staff) AS staff, (SELECT contact_id FROM taken) AS taken, (SELECT why FROM held) AS why,
       (SELECT contact.flow FROM receipt JOIN contact ON contact.id = receipt.contact_id
        WHERE provider_id = :sid) AS flow
""").bindparams(
    bindparam("sid", type_=String),
    bindparam("as_caller", type_=Boolean),
    bindparam("contact", type_=Uuid),
    bindparam("caller", type_=Uuid),
    bindparam("leg", type_=Uuid),
    bindparam("number", type_=LargeBinary),
    bindparam("number_hash", type_=LargeBinary),
    bindparam("now", type_=DateTime(timezone=True)),
    bindparam("minute_ago", type_=DateTime(timezone=True)),
    bindparam("flood", type_=Integer),
    bindparam("stir", type_=String),
    bindparam("deadline", type_=DateTime(timezone=True)),
    bindparam("line", type_=String),
    bindparam("task", type_=String),
    bindparam("queue", type_=String),
)


@dataclass(frozen=True)
class Opening:
    """What is to be written; `number` is E.164 or None when withheld, `task` and `queue` are who rings.

    With `as_caller` it is opened whoever calls; otherwise nothing is when the number is that of somebody on the roster.
    """

    sid: str
    number: str | None
    line: str
    deadline: datetime
    task: str
    queue: str
    as_caller: bool = False
    stir: str | None = None  # the network's verdict on the number
    flood: int = 0  # calls in a minute from which on strangers are asked for a key first; 0: never


@dataclass(frozen=True)
class Opened:
    """The contact, and whether its call is held back: `blocked`, `challenged`, or empty for everybody else."""

    contact_id: uuid.UUID
    held: str = ""


HELD = ("blocked", "challenged")


def open_call(db: Database, opening: Opening, now: datetime) -> Opened | None:
    """Write a new waiting call and wake its worker; the same sid again only gives the contact it had.

    None: one of our own people calls, and nothing was written.
    """
    contact = uuid.uuid4()
    values = {
        "sid": opening.sid,
        "contact": contact,
        "caller": uuid.uuid4(),
        "leg": uuid.uuid4(),
        "number": encrypt(opening.number) if opening.number else None,
        "number_hash": lookup_hash(opening.number) if opening.number else None,
        "now": now,
        "deadline": opening.deadline,
        "line": opening.line,
        "minute_ago": now - timedelta(minutes=1),
        "flood": opening.flood,
        "stir": opening.stir,
        "task": opening.task,
        "queue": opening.queue,
        "as_caller": opening.as_caller,
    }
    with db.autocommit() as connection:
        row = connection.execute(_STATEMENT, values).one()
        if row.taken is None and row.before is None and row.staff is None:
            # the same call came twice at once: now the other is visible
            row = connection.execute(_STATEMENT, values).one()
    if row.taken is not None and row.why is not None:
        return Opened(contact, row.why)
    if row.outbox_id is None:
        flow = row.flow or {}
        return Opened(row.before, next((why for why in HELD if why in flow), "")) if row.before else None
    wake = Wake("outbox", str(row.outbox_id), opening.task, opening.queue, (str(contact),))
    db.wake([wake, Wake("live", str(contact))])
    return Opened(contact)
