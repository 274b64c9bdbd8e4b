"""What people see: the Textual app, its screens, dialogs and widgets.

May use ``workflow`` and below, never the wire, the keyring or the vault themselves. Widgets post messages, the screen
decides; what is written runs as a task of the app that no closing screen cancels.
"""
