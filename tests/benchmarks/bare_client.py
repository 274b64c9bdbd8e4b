"""The yardstick of a headless command: httpx and nothing else, with the requests that the command sends."""

import json
import sys

import httpx

url, username, what = sys.argv[1:]
with httpx.Client(base_url=url, trust_env=False) as client:
    credential = {"username": username, "password": sys.stdin.read()}
    signed_in = client.post("/v2/authentication", json=credential).json()
    client.headers["X-Authorization"] = signed_in["token"]
    path = f"/v2/usermanagement/users/{signed_in['user']['id']}" if what == "key" else "/v2/settings/security"
    found = client.get(path).json()
    client.post("/v1/authentication/logout")
sys.stdout.write(json.dumps(found))
