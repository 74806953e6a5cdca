"""The OpenAPI 3.1 description of the API, made from the types that every answer is built of."""

from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from services.directory.hsds import shapes

Json = dict[str, Any]
# Address, what a list holds, what one of it is
_KINDS: tuple[tuple[str, type[BaseModel], type[BaseModel]], ...] = (
    ("organizations", shapes.Page[shapes.Organization], shapes.FullOrganization),
    ("services", shapes.Page[shapes.ListedService], shapes.Service),
    ("service_at_locations", shapes.Page[shapes.OfferedService], shapes.OfferedService),
    ("locations", shapes.Page[shapes.Location], shapes.Location),
)
_DESCRIPTION = (
    "The treatment directory of a Harborline helpline in the shape of the Human Services Data Specification 3.0, with"
    " open beds as in HSDS 3.1. Read-only. Each fact carries its source and date in `metadata`. Places that the"
    " helpline does not refer to are left out."
)
_ERROR: Json = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}


@cache
def openapi() -> Json:
    """The whole document."""
    models = [model for _, *both in _KINDS for model in both]
    wanted = [(model, "serialization") for model in dict.fromkeys(models)]
    _, schemas = models_json_schema(wanted, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    paths: Json = {}
    for name, page, one in _KINDS:
        paths[f"/{name}"] = _list(name, page)
        paths[f"/{name}/{{id}}"] = _single(name, one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Harborline directory", "version": "1", "description": _DESCRIPTION},
        "servers": [{"url": "/api/v1"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}},
            "schemas": {**schemas["$defs"], "Error": _ERROR},
        },
    }


def _list(name: str, page: type[BaseModel]) -> Json:
    parameters = [
        _parameter("page", {"type": "integer", "minimum": 1, "default": 1}, "Pages count from 1."),
        _parameter("per_page", {"type": "integer", "minimum": 1, "maximum": 100, "default": 25}, "How many on a page."),
        _parameter("search", {"type": "string", "maxLength": 80}, "Words that name, street, town or ZIP hold."),
        _parameter("full", {"type": "boolean", "default": False}, "Everything that belongs to each of them."),
    ]
    if name != "organizations":
        at = {"type": "string", "format": "uuid"}
        parameters.append(_parameter("organization_id", at, "Only what this organization offers."))
    return {"get": {"summary": f"A page of {name}", "operationId": f"list_{name}", "parameters": parameters,
                    "responses": _responses(page, 400)}}  # fmt: skip


def _single(name: str, one: type[BaseModel]) -> Json:
    id_ = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    return {"get": {"summary": f"One of {name}", "operationId": f"get_{name}", "parameters": [id_],
                    "responses": _responses(one, 404)}}  # fmt: skip


def _responses(model: type[BaseModel], wrong: int) -> Json:
    said = {400: "The query asks for what there is not.", 401: "The key is missing or wrong.", 404: "Not published."}
    return {
        "200": {
            "description": "Found.",
            "headers": {"ETag": {"schema": {"type": "string"}}},
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{_name(model)}"}}},
        },
        "304": {"description": "As the reader has it (If-None-Match)."},
        **{str(status): _error(said[status]) for status in sorted({401, wrong})},
        "429": _error("Too many requests."),
    }


def _error(description: str) -> Json:
    return {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }


def _parameter(name: str, schema: Json, description: str) -> Json:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _name(model: type[BaseModel]) -> str:
    """As pydantic names it among the components."""
    return model.__name__.replace("[", "_").replace("]", "_")
