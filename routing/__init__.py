"""Pure decisions: where a contact goes. No clock, network or database."""
