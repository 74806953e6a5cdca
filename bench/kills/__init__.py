"""Live calls while processes and servers are killed."""
