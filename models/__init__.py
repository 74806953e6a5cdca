"""Tables and their named queries: the only home of SQL."""
