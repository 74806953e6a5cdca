"""Names that the bench and its worker share."""

STARTED = "bench:started"  # "<text's id> <seconds since 1970>" of each text that came to the provider
NOTED = "bench.noted"  # the task that only says when it began
NOTHING = "bench.nothing"  # the task that does nothing
