"""The HTTP edge: webhooks, console, admin, health, CLI commands."""
