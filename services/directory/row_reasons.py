"""Why a row of a file cannot be taken, or what was noted of it; pages say each in the reader's language."""

from routing.sentence import Sentence, cut, sentence

SENTENCES = {
    "no_name": "it has no name",
    "no_city": "it has no city",
    "too_long": "{field} is longer than {most} characters",
    "html": "{field} holds HTML",
    "formula": "{field} holds a formula",
    "no_state": "{given} is no state or territory",
    "no_zip": "{given} is no ZIP code of five digits",
    "unknown_zip": "ZIP code {zip} does not exist",
    "no_service": "it names no service",
    "codes_too_long": "its service codes are longer than {most} characters",
    "no_code": "{given} is no service code",
    "unknown_codes": "none of its service codes is known",
    "invented": "it is an invented place, and real ones are in the directory",
    "outside": "it lies in {state}, outside the scope {scope}",
    "twice": "it is the same as line {line}",
    "there_already": "it stands there already, from “{source}”",
    "no_licence": "it has no licence number",
    "licence_twice": "licence number {number} stands there twice",
    "no_capacity": "capacity {given} is no whole number of beds",
    "no_kind": "{column} {given} is neither SU nor MH",
    "strange_cell": "column {column} holds neither 1 nor nothing",
    "no_facility": "typeFacility {given} is no facility",
    "unknown_exclusive": "whom it serves only is not known: '{label}'",
    "not_active": "its service is {status}",
    "no_location": "it stands at no location",
    "no_list": "its attributes do not say which list it comes from",
    "no_place": "its location is {given} and no place to go to",
    "several": "{all}",
    "unknown": "unknown: {facts}",
    "fact_codes": "what it treats, whom it takes and who pays (it can be searched for, never matched)",
    "fact_phone": "phone",
    "fact_hours": "hours",
    "fact_coordinates": "coordinates",
    "services_left_out": "{count} services have no code and were left out, such as '{example}'",
    "put_right_elsewhere": "the exporting helpline had put {fields} right; the list's own words were taken",
    "filler_phone": "the phone number {number} is a filler and was left out",
    "point_swapped": "latitude and longitude were swapped and have been put right",
    "point_far": "its coordinates are more than {miles} miles from ZIP {zip}; not used",
}


def because(code: str, /, **values: object) -> Sentence:
    """A reason with its values, cut to what a page can show. KeyError: no such code, which is a bug."""
    return sentence(code, SENTENCES[code], cut(values, 80))
