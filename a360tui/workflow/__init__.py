"""What people come to do, with no screen: role set-up, the key's life, its references, the duration.

May use ``api`` and ``storage``; knows no terminal. What is going to be written is a `plan.Plan` first, which can be
shown, then run; the TUI and the command line draw the same one.
"""
