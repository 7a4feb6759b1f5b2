"""Nightly: whoever subscribed in the shop is to be in the group, and nobody else."""
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

GROUP = "Feira do Jaraguá 2025"


def call(method, endpoint, params=None, body=None):
    url = f"{os.environ['WENI_URL']}/api/v2/{endpoint}.json?{urllib.parse.urlencode(params or {})}"
    request = urllib.request.Request(url, method=method, headers={"Authorization": "Token " + os.environ["WENI_TOKEN"]})
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        print(error.code, error.read().decode(), file=sys.stderr)
        return None


subscribers = sys.stdin.read().split()
group = call("GET", "groups", {"name": GROUP})["results"][0]
members = call("GET", "contacts", {"group": group["uuid"]})["results"]

for phone in subscribers:
    urn = "whatsapp:" + phone
    found = call("GET", "contacts", {"urn": urn})["results"]
    if not found:
        call("POST", "contacts", body={"urns": [urn], "groups": [group["uuid"]]})
    elif group["name"] not in [g["name"] for g in found[0]["groups"]]:
        groups = found[0]["groups"] + [{"uuid": group["uuid"], "name": group["name"]}]
        call("POST", "contacts", {"uuid": found[0]["uuid"]}, {"groups": groups})

for contact in members:
    if not any(urn.split(":")[1] in subscribers for urn in contact["urns"]):
        call("POST", "contacts", {"uuid": contact["uuid"]}, {"groups": []})
