"""How to record the calls in a browser; the same text on the screen, on the command line and in README."""

BROWSERS: dict[str, tuple[str, ...]] = {
    "Chrome and Edge": (
        "Press F12, choose Network, and tick Preserve log. Then reload the page.",
        "Press the button that is named below, once.",
        "Click the arrow down in the bar of the panel: Export HAR (sanitized). In older ones: Save all as HAR.",
    ),
    "Firefox": (
        "Press F12, choose Network, and in its gear menu Persist Logs. Then reload the page.",
        "Press the button that is named below, once.",
        "Right-click a line: Save All As HAR.",
    ),
}
"""The steps in each browser."""

BUTTONS: dict[str, str] = {
    "The key": "Open My settings under your name, and press Generate API-Key. It makes a new key: one that you have "
    "ends then, and the new one is shown once, so take it from the page.",
    "The duration": "Open Administration > Settings > Security settings, and note the API-Key Duration that it shows. "
    "Then press Edit, choose another one, and save. Set it back when a360tui has learned the calls.",
}
"""Where to find each call in the Control Room's pages."""

AFTERWARDS = (
    "The file holds your session, and the key if you made one. a360tui keeps nothing of them. Delete the file when the "
    "calls are learned, and sign out in the browser."
)

WITH_CONTENT = (
    "Save it with the contents of the answers: in Chrome and Edge by Export HAR, in Firefox by Save All As HAR while "
    "the Network panel is still open on that page."
)


def instructions() -> str:
    """The whole text, one paragraph or step a line; steps are numbered, and nothing is indented."""
    lines: list[str] = []
    for browser, steps in BROWSERS.items():
        lines += [browser, *(f"{number}. {step}" for number, step in enumerate(steps, 1)), ""]
    lines += [*(f"{what}: {where}" for what, where in BUTTONS.items()), "", AFTERWARDS]
    return "\n".join(lines)
