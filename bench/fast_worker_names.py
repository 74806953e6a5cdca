"""Names that the bench and its worker share."""

STARTED = "bench:started"  # "<text's id> <seconds since 1970>" of each text that came to the provider
NOTHING = "bench.nothing"  # the task that does nothing
