"""The outside voice and text network: ports, Twilio client, TwiML, signature."""
