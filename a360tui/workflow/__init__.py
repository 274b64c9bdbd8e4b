"""What people come to do, independent of any screen: role set-up, a key's life, its references, the duration.

May use ``api`` and ``storage``; knows no terminal. Whatever changes a Control Room is a `plan.Plan` first, which is
shown and then run; the TUI and the command line show the same one.
"""
