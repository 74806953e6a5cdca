"""What a helpline edits: substances, red flags, payers. Data files beside this one, checked when they are read."""

from config.content.loader import ContentError, load_content
from config.content.shapes import Content

__all__ = ["Content", "ContentError", "load_content"]
