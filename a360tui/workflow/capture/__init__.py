"""Learn the calls that the vendor does not publish from a browser's recording of them, a HAR file.

Nothing of the file is kept but the calls: no token, no key, no cookie, nobody's name. Uses ijson, and of the product
`a360tui.api` (the call map, JSON), the tables and words of calls in `a360tui.workflow`, errors and texts.
"""
