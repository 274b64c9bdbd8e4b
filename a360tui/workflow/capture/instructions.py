"""How to record the calls in a browser; the same text on the screen, on the command line and in README."""

BROWSERS: dict[str, tuple[str, ...]] = {
    "Chrome and Edge": (
        "Press F12, choose Network, and tick Preserve log. Then reload the page.",
        "Press the button named below, once.",
        "Click the download arrow in the panel's toolbar: Export HAR (sanitized). In older versions: Save all as HAR.",
    ),
    "Firefox": (
        "Press F12, choose Network, and in its gear menu Persist Logs. Then reload the page.",
        "Press the button named below, once.",
        "Right-click a line: Save All As HAR.",
    ),
}
"""The steps in each browser."""

BUTTONS: dict[str, str] = {
    "The key": "Open My settings under your name, and press Generate API-Key. This makes a new key: one you already "
    "have ends then, and the new one is shown once, so copy it from the page.",
    "The duration": "Open Administration > Settings > Security settings, and note the API-Key Duration it shows. "
    "Then press Edit, choose another one, and save. Set it back once a360tui has learned the calls.",
}
"""Where to find each call in the Control Room's pages."""

AFTERWARDS = (
    "The file holds your session, and the key if you made one. a360tui keeps neither. Delete the file once the "
    "calls are learned, and sign out in the browser."
)

WITH_CONTENT = (
    "Save it with the contents of the responses: in Chrome and Edge by Export HAR, in Firefox by Save All As HAR while "
    "the Network panel is still open on that page."
)


def instructions() -> str:
    """The whole text, one paragraph or step a line; steps are numbered, and nothing is indented."""
    lines: list[str] = []
    for browser, steps in BROWSERS.items():
        lines += [browser, *(f"{number}. {step}" for number, step in enumerate(steps, 1)), ""]
    lines += [*(f"{what}: {where}" for what, where in BUTTONS.items()), "", AFTERWARDS]
    return "\n".join(lines)
