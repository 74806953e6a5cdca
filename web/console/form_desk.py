"""The contact form: admins define it, counselors fill it on the contact's page, funders get its counts."""

import io
import uuid
from collections.abc import Sequence

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from routing.forms import FieldCount, FieldKind, Form, FormField, FormWrong, Option, key_of
from services import forms
from web import guards
from web.console.reports import period, zones
from web.console.speech import words
from web.guards import ADMINS, ANSWERING, REPORTING, allow
from web.house import house
from web.spreadsheet import write_csv

blueprint = Blueprint("form_desk", __name__)


@blueprint.get("/form")
@allow(ADMINS)
def edit() -> ResponseReturnValue:
    """The form as it is now, to be changed, and its versions."""
    return _page(forms.current(house()) or _starter())


@blueprint.post("/form")
@allow(ADMINS)
def change() -> ResponseReturnValue:
    """Add, move or remove a field of the draft, which only the page keeps; or save it as a new version."""
    draft, act = _draft(), request.form.get("act", "")
    what, _, where = act.partition("-")
    at = int(where) if where.isdecimal() and int(where) < len(draft) else None
    if what == "add":
        return _page((*draft, FormField("", FieldKind.CHOICE, "", "")), unsaved=True)
    if what == "remove" and at is not None:
        return _page(draft[:at] + draft[at + 1 :], unsaved=True)
    if what == "up" and at:
        return _page((*draft[: at - 1], draft[at], draft[at - 1], *draft[at + 1 :]), unsaved=True)
    if act != "save":
        abort(400)
    wrong = forms.define(house(), draft, guards.person().id, guards.now())
    if wrong:
        return _page(draft, unsaved=True, wrong=wrong), 422
    return redirect(url_for("form_desk.edit"))


def _page(draft: Form, *, unsaved: bool = False, wrong: tuple[FormWrong, ...] = ()) -> str:
    versions = forms.versions(house())
    return render_template(
        "form_desk.html",
        draft=draft,
        kinds=list(FieldKind),
        versions=versions,
        unsaved=unsaved,
        wrong={(one.field, one.part): one.rule for one in wrong},
    )


def _draft() -> Form:
    """The fields on the page. A new one gets its key from its English label, an option likewise."""
    columns = {name: request.form.getlist(name) for name in ("key", "kind", "en", "es", "options")}
    if len({len(column) for column in columns.values()}) != 1:
        abort(400)
    draft: list[FormField] = []
    for key, kind, en, es, lines in zip(*columns.values(), strict=True):
        if kind not in set(FieldKind):
            abort(400)
        own = key or (key_of(en, [field.key for field in draft] + columns["key"]) if en.strip() else "")
        options = _options(lines) if kind == FieldKind.CHOICE else ()
        draft.append(FormField(own, FieldKind(kind), en.strip(), es.strip(), options))
    return tuple(draft)


def _options(lines: str) -> tuple[Option, ...]:
    """One option a line: `English = Español`, with its key in brackets behind once it has one."""
    found: list[Option] = []
    for line in filter(None, map(str.strip, lines.splitlines())):
        said, _, key = line.partition("[")
        en, _, es = (part.strip() for part in said.partition("="))
        key = key.rstrip("] ") or key_of(en, [option.key for option in found])
        found.append(Option(key, en, es))
    return tuple(found)


def _starter() -> Form:
    """What most helplines are asked for, to begin with."""
    calls = (("crisis", "Crisis", "Crisis"), ("treatment", "Looking for treatment", "Busca tratamiento"))
    more = (("family", "Family or friend", "Familiar o amistad"), ("information", "Information", "Información"))
    return (
        FormField(
            "call_type", FieldKind.CHOICE, "Call type", "Tipo de llamada", tuple(Option(*o) for o in calls + more)
        ),
        FormField("county", FieldKind.COUNTY, "County", "Condado"),
    )


@blueprint.post("/contacts/<uuid:contact_id>/form")
@allow(ANSWERING)
def fill(contact_id: uuid.UUID) -> ResponseReturnValue:
    """Keep one field as it is filled; the rest of the page stays as it is."""
    version = request.form.get("form_version", 0, type=int)
    given = {name.removeprefix("f-"): value for name, value in request.form.items() if name.startswith("f-")}
    saved = forms.fill(house(), contact_id, version, given, guards.person().id, guards.now())
    if saved is None:
        abort(404)
    return render_template("_form_saved.html", saved=saved), 422 if saved.refused else 200


@blueprint.get("/reports/form")
@allow(REPORTING)
def report() -> ResponseReturnValue:
    """Counts of the form's fields over a period."""
    asked = period()
    found = forms.funder_report(house(), asked.span, asked.timezone)
    return render_template("form_report.html", found=found, period=asked, zones=zones(asked.timezone))


@blueprint.get("/reports/form.csv")
@allow(REPORTING)
def report_csv() -> ResponseReturnValue:
    """The same as CSV, one value of one month a line."""
    asked, text = period(), io.StringIO()
    found = forms.funder_report(house(), asked.span, asked.timezone)
    rows: list[list[object]] = [["contacts", "", "", "", month, count] for month, count in found.contacts.items()]
    rows += [row for one in found.fields for row in _rows(one, tuple(found.contacts))]
    write_csv(text, [["field", "label", "value", "value_label", "month", "count"], *rows])
    headers = {"Content-Disposition": f"attachment; filename=form-{asked.since}-{asked.until}.csv"}
    return Response(text.getvalue(), mimetype="text/csv", headers=headers)


def _rows(one: FieldCount, months: Sequence[str]) -> list[list[object]]:
    spanish = words().language == "es"
    label = one.asked.es if spanish else one.asked.en
    names = {option.key: option.es if spanish else option.en for option in one.asked.options}
    rows: list[list[object]] = [[one.asked.key, label, "", "filled", month, one.months[month]] for month in months]
    if one.asked.kind is FieldKind.NUMBER:
        rows.append([one.asked.key, label, "", "sum", "", round(one.total, 2)])
    for value, _ in one.values.most_common():
        rows += [
            [one.asked.key, label, value, names.get(value, value), month, count]
            for month in months
            if (count := one.by_month[value, month])
        ]
    return rows
