"""A Twilio stand-in with pretend phones in a browser page."""
