"""Learning the calls that the vendor does not publish from what a browser recorded of them, a HAR file.

Nothing of the file is kept but the calls: no token, no key, no cookie, nobody's name. Uses ijson, and of the product
`a360tui.api` (what a call is), `a360tui.errors`, `a360tui.secret` and `a360tui.text`.
"""
