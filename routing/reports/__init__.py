"""What reports are counted from and how: pure functions over the timeline of contacts, one place for each figure."""
