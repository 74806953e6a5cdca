"""The terms by which our HSDS says what a place offers: SAMHSA's service codes, and a few of our own."""

from dataclasses import dataclass, field

from services.directory.hsds import names
from services.directory.hsds.shapes import Attribute, Taxonomy, TaxonomyTerm
from services.directory.service_codes import ServiceCodes

SAMHSA = Taxonomy(
    id=names.part_id(names.NAMESPACE, names.SAMHSA_TAXONOMY),
    name=names.SAMHSA_TAXONOMY,
    description="The service codes of SAMHSA's national directory and of FindTreatment.gov.",
)
LISTING = Taxonomy(
    id=names.part_id(names.NAMESPACE, names.LISTING_TAXONOMY),
    name=names.LISTING_TAXONOMY,
    description="What a Harborline directory needs beyond HSDS to take its own export back unchanged.",
)
PUBLISHER, KIND, WEBSITE = "publisher", "kind", "website"
_OWN_WORDS = {
    PUBLISHER: "Whose list the service stands on",
    KIND: "Which part of that list",
    WEBSITE: "The website as the list writes it",
}


@dataclass
class Terms:
    """Makes each term once."""

    codes: ServiceCodes
    _made: dict[tuple[str, str], TaxonomyTerm] = field(default_factory=dict)

    def service(self, service_id: str, code: str) -> Attribute:
        """That a service has a SAMHSA code."""
        return self._attribute(service_id, SAMHSA, code, self.codes.name(code), None)

    def own(self, service_id: str, code: str, value: str) -> Attribute:
        """Something of ours about a service."""
        name = _OWN_WORDS.get(code, code.removeprefix(names.FACT).replace("_", " "))
        return self._attribute(service_id, LISTING, code, name, value)

    def _attribute(self, service_id: str, taxonomy: Taxonomy, code: str, name: str, value: str | None) -> Attribute:
        key = (taxonomy.name, code)
        if key not in self._made:
            self._made[key] = TaxonomyTerm(
                id=names.part_id(taxonomy.id, code), code=code, name=name, description=name,
                taxonomy=taxonomy.name, taxonomy_id=taxonomy.id,
            )  # fmt: skip
        return Attribute(id=names.part_id(service_id, code), value=value, taxonomy_term=self._made[key])
