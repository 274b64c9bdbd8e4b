"""How little is sent to the terminal: what it shows already is kept, and only what differs goes over the line.

All that overrides Textual's insides is here, in `overrides`; the rest needs Rich's styles and Textual's strips alone.
"""
