"""How a person records the calls in a browser; the same text on the screen, on the command line and in README."""

WARNING = (
    "Generate API-Key in the browser makes a new key: one that you have ends then, and the new one is shown once. "
    "So take it from the page."
)

BROWSERS: dict[str, tuple[str, ...]] = {
    "Chrome and Edge": (
        "Press F12, choose Network, and tick Preserve log. Then reload the page.",
        "Press the button as below.",
        "Click the arrow down in the bar of the panel: Export HAR (sanitized). In older ones: Save all as HAR.",
    ),
    "Firefox": (
        "Press F12, choose Network, and in its gear menu Persist Logs. Then reload the page.",
        "Press the button as below.",
        "Right-click a line: Save All As HAR.",
    ),
}
"""Browser → what to do there, in this order."""

BUTTONS: dict[str, str] = {
    "The key": "your name > My settings > Generate API-Key. " + WARNING,
    "The duration": "Administration > Settings > Security settings. Note which API-Key Duration the page shows; then "
    "Edit, another duration, Save. Set it back when a360tui has learned the calls.",
}
"""What is wanted → where it is in the Control Room's pages."""

AFTERWARDS = (
    "The file holds your session, and the key if you made one. a360tui keeps nothing of them. Delete the file when the "
    "calls are learned, and sign out in the browser."
)

WITH_CONTENT = (
    "Save it with the contents of the answers: in Chrome and Edge by Export HAR, in Firefox by Save All As HAR while "
    "the Network panel is still open on that page."
)


def instructions() -> str:
    """All of it, a paragraph or a step a line; lists are numbered, and what belongs to them is not indented."""
    lines: list[str] = []
    for browser, steps in BROWSERS.items():
        lines += [browser, *(f"{number}. {step}" for number, step in enumerate(steps, 1)), ""]
    lines += [*(f"{what}: {where}" for what, where in BUTTONS.items()), "", AFTERWARDS]
    return "\n".join(lines)
