"""The addresses of the API: lists in pages, single objects by id, and the description of all of it."""

import uuid

from flask import Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from services.directory.hsds import names, serving
from services.directory.hsds.serving import Asked
from web.api import PREFIX, answer, blueprint, refusal
from web.api.document import openapi
from web.guards import now
from web.house import house

MOST_PER_PAGE, MOST_PAGES, LONGEST_SEARCH = 100, 1_000_000, 80
_PARAMETERS = frozenset({"page", "per_page", "search", "full"})


@blueprint.get("/")
def about() -> Response:
    """What this API speaks."""
    address = f"{house().rules.public_base_url}{PREFIX}/openapi.json"
    return jsonify(version=names.VERSION, profile=names.PROFILE, openapi_url=address)


@blueprint.get("/openapi.json")
def document() -> Response:
    """The OpenAPI document of this API."""
    return jsonify(openapi())


@blueprint.get("/organizations")
def organizations() -> Response:
    """A page of organizations."""
    return answer(serving.organizations(house(), asked(), now()))


@blueprint.get("/organizations/<uuid:id_>")
def organization(id_: uuid.UUID) -> Response:
    """One organization with its locations and services."""
    return answer(serving.organization(house(), id_, now()))


@blueprint.get("/services")
def services() -> Response:
    """A page of services."""
    return answer(serving.services(house(), asked("organization_id"), now()))


@blueprint.get("/services/<uuid:id_>")
def service(id_: uuid.UUID) -> Response:
    """One service with all that belongs to it."""
    return answer(serving.service(house(), id_, now()))


@blueprint.get("/service_at_locations")
def service_at_locations() -> Response:
    """A page of services at locations."""
    return answer(serving.services_at_locations(house(), asked("organization_id"), now()))


@blueprint.get("/service_at_locations/<uuid:id_>")
def service_at_location(id_: uuid.UUID) -> Response:
    """One service at a location."""
    return answer(serving.service_at_location(house(), id_, now()))


@blueprint.get("/locations")
def locations() -> Response:
    """A page of locations."""
    return answer(serving.locations(house(), asked("organization_id"), now()))


@blueprint.get("/locations/<uuid:id_>")
def location(id_: uuid.UUID) -> Response:
    """One location."""
    return answer(serving.location(house(), id_, now()))


@blueprint.get("/<path:rest>")
def nothing(rest: str) -> ResponseReturnValue:  # noqa: ARG001 - the rest of the address
    """Any other address, in the form of the API."""
    return refusal(404)


def asked(*more: str) -> Asked:
    """The page that the query asks for; 400 with a sentence when it asks for what there is not."""
    unknown = set(request.args) - _PARAMETERS - set(more)
    if unknown:
        known = ", ".join(sorted(_PARAMETERS | set(more)))
        abort(400, f"{sorted(unknown)[0][:32]} cannot be asked for here. Say any of {known}.")
    search = request.args.get("search", "")
    if len(search) > LONGEST_SEARCH or "\x00" in search:
        abort(400, f"Search for at most {LONGEST_SEARCH} characters.")
    full = request.args.get("full", "false").lower()
    if full not in {"true", "false"}:
        abort(400, "full is true or false.")
    return Asked(
        page=_number("page", 1, MOST_PAGES),
        per_page=_number("per_page", 25, MOST_PER_PAGE),
        search=search,
        organization_id=_organization(),
        full=full == "true",
    )


def _number(name: str, default: int, most: int) -> int:
    given = request.args.get(name, str(default))
    if not (given.isascii() and given.isdigit() and 1 <= int(given[:9]) <= most):
        abort(400, f"{name} is a number from 1 to {most:,}.")
    return int(given)


def _organization() -> uuid.UUID | None:
    given = request.args.get("organization_id")
    try:
        return uuid.UUID(given) if given is not None else None
    except ValueError:
        abort(400, "organization_id is the id of an organization, a UUID.")
