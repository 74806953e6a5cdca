"""The directory of facilities: files in, search, corrections, and what is known by the hour."""
