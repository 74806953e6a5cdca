"""The console: pages behind a sign-in for counselors, supervisors, admins and auditors."""

from flask import Flask
from werkzeug.exceptions import HTTPException

from web import guards
from web.console import (
    admin,
    api_keys,
    assets,
    audit,
    call,
    care,
    contact_work,
    contacts,
    coverage,
    desk,
    directory,
    directory_desk,
    dispatch,
    experiments,
    failures,
    form_desk,
    imports,
    information,
    my_shifts,
    neutrality,
    pairs,
    passkeys,
    place,
    plan_desk,
    quarantine,
    records,
    referrals,
    reports,
    rescue,
    retention,
    roster_file,
    second_factor,
    settings,
    setup,
    sharing,
    shift_moves,
    signing,
    softphone,
    speech,
    step_up,
    unreadable,
    users,
    voicemails,
    words_desk,
)
from web.receiving import HouseRequest

BLUEPRINTS = (
    admin.blueprint,
    api_keys.blueprint,
    audit.blueprint,
    assets.blueprint,
    signing.blueprint,
    second_factor.blueprint,
    passkeys.blueprint,
    users.blueprint,
    roster_file.blueprint,
    settings.blueprint,
    retention.blueprint,
    contacts.blueprint,
    contact_work.blueprint,
    call.blueprint,
    care.blueprint,
    desk.blueprint,
    voicemails.blueprint,
    directory.blueprint,
    directory_desk.blueprint,
    pairs.blueprint,
    quarantine.blueprint,
    imports.blueprint,
    records.blueprint,
    place.blueprint,
    information.blueprint,
    rescue.blueprint,
    sharing.blueprint,
    referrals.blueprint,
    dispatch.blueprint,
    experiments.blueprint,
    failures.blueprint,
    coverage.blueprint,
    shift_moves.blueprint,
    my_shifts.blueprint,
    reports.blueprint,
    neutrality.blueprint,
    form_desk.blueprint,
    words_desk.blueprint,
    plan_desk.blueprint,
    setup.blueprint,
    softphone.blueprint,
)


def register(app: Flask) -> None:
    """Hang guards, pages, error pages and what every template may call on the application."""
    unreadable.register(app)
    guards.register(app)
    app.before_request(step_up.ask)
    app.request_class = HouseRequest
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.context_processor(speech.for_templates)
    app.register_error_handler(HTTPException, speech.error_page)
