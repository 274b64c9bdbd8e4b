"""The command line: without arguments it opens the screens, and whatever a screen does is a command too.

There is one module for each group of commands. Each imports what it works with only when a command runs, so that
``--help`` and shell completion load neither an HTTP library nor a screen. May use everything; only the module
``screens`` opens the screens.
"""
