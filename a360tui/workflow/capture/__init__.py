"""Learning the calls that the vendor does not publish from what a browser recorded of them, a HAR file.

Nothing of the file is kept but the calls: no token, no key, no cookie, nobody's name. Uses ijson, and of the product
`a360tui.api` (what a call is, JSON), the tables and words of calls in `a360tui.workflow`, errors and texts.
"""
