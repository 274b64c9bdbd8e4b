"""How a program signs in with an API key: the same call in three languages, without the key."""

import re

from a360tui.api import Address

_CURL = """\
jq -n --arg user '{username}' \\
  '{{username: $user, apiKey: env.A360_API_KEY}}' |
  curl --silent --json @- \\
    {url}{path}"""

_POWERSHELL = """\
$body = @{{ username = '{username}'; apiKey = $env:A360_API_KEY }}
$answer = Invoke-RestMethod -Method Post `
  -ContentType application/json -Body ($body | ConvertTo-Json) `
  {url}{path}
$headers = @{{ 'X-Authorization' = $answer.token }}"""

_POWERSHELL_QUOTES = re.compile("['\u2018-\u201b]")
"""Each of these ends a string in single quotes there, and stands for itself where it is doubled."""

_PYTHON = """\
answer = httpx.post(
    "{url}{path}",
    json={{"username": {literal}, "apiKey": os.environ["A360_API_KEY"]}},
)
headers = {{"X-Authorization": answer.raise_for_status().json()["token"]}}"""


def usage_examples(address: Address, username: str, release: str | None = None) -> dict[str, str]:
    """Language → an example that signs in as ``username`` at ``release`` (``v1`` or ``v2``).

    The key is read from ``A360_API_KEY`` and stays out of every argument list. The user name is quoted for each
    language, so that a name with a quote in it does no harm.
    """
    path = f"/{release or 'v2'}/authentication"
    shell = username.replace("'", "'\\''")
    powershell = _POWERSHELL_QUOTES.sub(r"\g<0>\g<0>", username)
    return {
        "curl": _CURL.format(url=address.url, path=path, username=shell),
        "PowerShell": _POWERSHELL.format(url=address.url, path=path, username=powershell),
        "Python": _PYTHON.format(url=address.url, path=path, literal=repr(username)),
    }
