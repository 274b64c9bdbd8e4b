"""What floats over a screen and needs an answer."""
