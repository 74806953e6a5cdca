"""Settings of every process, and the content that a helpline edits."""
