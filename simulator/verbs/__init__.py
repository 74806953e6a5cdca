"""The verbs of voice TwiML; importing this package registers their handlers."""

from simulator.verbs import dial, enqueue, gather, record, speak, transfer

__all__ = ["dial", "enqueue", "gather", "record", "speak", "transfer"]
