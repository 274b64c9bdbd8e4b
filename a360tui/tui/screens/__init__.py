"""The full screens, each with its styles beside it."""
