"""What matters most asks again who is there, before any of it is done: one list and one rule."""

from urllib.parse import urlsplit

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from web import guards
from web.console import passkeys

# What lets strangers in, sends calls elsewhere, opens or closes the line, or ends a person's record: no click undoes
# it. In words under "Who may sign in" in docs/operating.md; unmasking a number asks the same in its place on the page.
GRAVE = frozenset(
    {
        *("setup.keep", "setup.live", "dispatch.add", "dispatch.remove"),
        *("users.new", "users.act", "roster_file.take", "records.act", "api_keys.act"),
        *(f"second_factor.{act}" for act in ("page", "begin", "confirm", "codes")),
        "passkeys.remove",
    }
)
# Not passkeys.add: its challenge (passkeys.options) is handed out only to who proved that lately, and is the proof.
PROOF = frozenset({"password", "credential"})  # fields of the step-up's own form


def ask() -> ResponseReturnValue | None:
    """Runs after the guard: a grave act goes on by whoever proved lately, or proves now, who they are.

    A form keeps what was typed: it comes back inside the form that asks, and is sent again with the proof.
    """
    if request.endpoint not in GRAVE or guards.person().confirmed_lately(guards.now()):
        return None
    if request.method != "POST":
        return redirect(url_for("signing.step_up", next=request.full_path.rstrip("?")))
    with guards.person_limit():
        if proven():
            return None
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in {"csrf_token", *PROOF}]
    return page(request.full_path.rstrip("?"), kept), 422 if PROOF & request.form.keys() else 401


def proven() -> bool:
    """Whether this form brings the right password or passkey; the session then goes on under a new id."""
    if "credential" in request.form:
        return passkeys.step_up()
    return "password" in request.form and guards.step_up(request.form["password"])


def page(action: str, kept: list[tuple[str, str]]) -> str:
    """The page that asks: it says when what was given is not right, and how to leave."""
    came_from = urlsplit(request.referrer or "")
    back = came_from.path if kept and came_from.netloc == request.host else url_for("signing.home")
    return render_template(
        "step_up.html",
        action=action,
        kept=kept,
        back=back,
        refused="password" in request.form,
        passkey_refused="credential" in request.form,
        has_passkey=passkeys.offered(),
    )
