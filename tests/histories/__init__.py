"""Random histories of whole calls: real services, web, database and SDK, in virtual time."""
