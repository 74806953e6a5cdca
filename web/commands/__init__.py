"""Commands of `flask --app app`: thin, over the services."""
