"""One event on standard input becomes requests to Weni: look up, then update or create."""
import json
import os
import sys
import urllib.request

BASE = os.environ["WENI_URL"] + "/api/v2"
TOKEN = os.environ["WENI_TOKEN"]


def call(method, path, body=None):
    request = urllib.request.Request(
        BASE + path,
        method=method,
        data=json.dumps(body).encode() if body is not None else None,
        headers={"Authorization": "Token " + TOKEN, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        text = answer.read()
        return json.loads(text) if text else None


def find(phone):
    results = call("GET", f"/contacts.json?urn=tel:{phone}")["results"]
    return results[0] if results else None


event = json.load(sys.stdin)
person = event.get("customer") or event["lead"]
contact = find(person["phone"])

if event["event"] == "customer.deleted":
    if contact:
        call("DELETE", f"/contacts.json?uuid={contact['uuid']}")
    sys.exit()

body = {
    "name": person["name"],
    "language": "por",
    "email": person["email"],
    "urns": ["tel:" + person["phone"], "mailto:" + person["email"]],
    "groups": ["Novidades"],
    "fields": {"city": person["city"]} if "city" in person else {"lead_status": person["status"]},
}
if contact:
    call("POST", f"/contacts.json?uuid={contact['uuid']}", body)
else:
    call("POST", "/contacts.json", body)
