"""The front door: no arguments opens the screens; each thing that a screen does is a command too.

One module for each group of commands. They are light: what they work with is imported when a command runs, so that
``--help`` and shell completion load neither an HTTP library nor a screen. May use everything; only the module
``screens`` opens the screens.
"""
