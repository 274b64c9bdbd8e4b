"""What people see: the Textual app, its screens, dialogs and widgets.

May use ``workflow`` and below, never HTTP, the keyring or the vault directly. Widgets post messages and the screen
decides. Whatever writes runs as a task of the app, which no closing screen cancels.
"""
