"""Widgets of our own: each posts messages about itself and knows nothing of the Control Room."""
