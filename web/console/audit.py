"""The audit on a page and as CSV: who read or changed what, for admins and auditors."""

import io
import re
import uuid
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from services import audit, audit_trail
from services.audit_trail import Wanted
from web import guards
from web.console.shift_forms import day
from web.console.speech import words
from web.guards import AUDITING, allow
from web.house import house
from web.spreadsheet import write_csv

NOBODY = "nobody"
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

blueprint = Blueprint("audit", __name__)


@blueprint.get("/admin/audit")
@allow(AUDITING)
def listing() -> ResponseReturnValue:
    """One page of what fits; a field that cannot be read is named and nothing is searched by it."""
    wanted, refused = _wanted()
    number = request.args.get("page", 1, type=int)
    found = audit_trail.trail(house(), guards.person().id, wanted, number, guards.now())
    asked = {name: request.args[name] for name in ("who", "what", "contact", "from", "until") if request.args.get(name)}
    kinds = sorted(audit.KINDS, key=lambda kind: words()(f"audit.{kind}").casefold())
    page = {"found": found, "asked": asked, "kinds": kinds, "refused": refused, "nobody": NOBODY}
    return render_template("audit.html", **page), 422 if refused else 200


@blueprint.get("/admin/audit.csv")
@allow(AUDITING)
def as_csv() -> ResponseReturnValue:
    """All that fits, the newest 50 000 rows, times in UTC."""
    text, t = io.StringIO(), words()
    rows = [
        [entry.at.isoformat(timespec="seconds"), entry.actor, entry.kind, t(f"audit.{entry.kind}"), entry.person,
         entry.contact_id, "; ".join(f"{key}={value}" for key, value in entry.data.items())]
        for entry in audit_trail.table(house(), guards.person().id, _wanted()[0], guards.now())
    ]  # fmt: skip
    write_csv(text, [["at", "who", "kind", "what", "person", "contact", "details"], *rows])
    return Response(
        text.getvalue(), mimetype="text/csv", headers={"Content-Disposition": "attachment; filename=audit.csv"}
    )


def _wanted() -> tuple[Wanted, tuple[str, ...]]:
    """What the form asks for, and the names of fields that nobody can read."""
    given = {name: request.args.get(name, "").strip() for name in ("who", "what", "contact", "from", "until")}
    who, contact = _id(given["who"]), _id(given["contact"])
    first, last = day(given["from"]), day(given["until"])
    known = given["what"] in audit.KINDS
    checks = {
        "who": not given["who"] or who or given["who"] == NOBODY,
        "what": not given["what"] or known,
        "contact": not given["contact"] or contact,
        "from": not given["from"] or first,
        "until": not given["until"] or last,
    }
    wanted = Wanted(
        actor_id=who,
        by_nobody=given["who"] == NOBODY,
        kind=given["what"] if known else "",
        contact_id=contact,
        since=_midnight(first) if first else None,
        before=_midnight(last + timedelta(days=1)) if last else None,
    )
    return wanted, tuple(name for name, fine in checks.items() if not fine)


def _id(text: str) -> uuid.UUID | None:
    """The id in a text; the address of a contact's page will do."""
    found = _ID.search(text.lower())
    return uuid.UUID(found[0]) if found else None


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), ZoneInfo(guards.person().timezone))
