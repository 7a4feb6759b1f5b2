"""Done right, in Python: one event on standard input, exit code 0 once Weni has it.

    weni-conformance try --explore-faults --command 'python3 right.py'

Whatever befalls one of its requests, the end is the same and nothing is found. `../careful` explains each decision.
"""
import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

API = os.environ["WENI_URL"].rstrip("/") + "/api/v2"
TOKEN = os.environ["WENI_TOKEN"]
STATE = Path(os.environ.get("WENI_SCRATCH", ".")) / "customers.json"
CLUB = "ab2a8ecb-bd2a-4b3b-a151-92e593428ba3"  # made when the integration was set up
ATTEMPTS = 6


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would go on as a GET, and write nothing."""

    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(NoRedirect)


def call(method, url, body=None):
    """Sends a request until it is answered. None of those below does harm when it is sent twice."""
    request = urllib.request.Request(url, method=method, headers={"Authorization": f"Token {TOKEN}"})
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    pause = 0.2
    for attempt in range(1, ATTEMPTS + 1):
        wait = pause
        try:
            with OPENER.open(request, timeout=5) as answer:
                text = answer.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            if method == "DELETE" and error.code == 404:
                return None  # it is gone, as it should be
            if error.code != 429 and error.code < 500:
                sys.exit(f"{method}: refused, {error.code} {error.read().decode(errors='replace')}")
            why = f"answered {error.code}"
            wait = float(error.headers["Retry-After"] or pause)
        # No connection, none any more, no answer in time, half an answer, and what is no JSON.
        except (OSError, http.client.HTTPException, ValueError) as error:
            why = repr(error)
        if attempt == ATTEMPTS:
            sys.exit(f"{method}: {why}, {ATTEMPTS} times")
        time.sleep(wait)
        pause *= 2


def contacts(**look_up):
    """The URL, the value escaped: `whatsapp%3A55…`."""
    return f"{API}/contacts.json?{urlencode(look_up)}"


def all_of(url):
    """A list to its end: `next` as it came."""
    while url:
        page = call("GET", url)
        yield from page["results"]
        url = page["next"]


def urns(person):
    """The URN that we use; for a number of Brazil also with or without the ninth digit, which GET and DELETE need."""
    digits = person["phone"].removeprefix("+")
    yield f"whatsapp:{digits}"
    if digits.startswith("55") and len(digits) == 13 and digits[4] == "9":
        yield f"whatsapp:{digits[:4]}{digits[5:]}"
    if digits.startswith("55") and len(digits) == 12:
        yield f"whatsapp:{digits[:4]}9{digits[4:]}"


def find(person, known):
    look_ups = [{"uuid": known["contact"]}] if "contact" in known else []
    for look_up in look_ups + [{"urn": urn} for urn in urns(person)]:
        for contact in all_of(contacts(**look_up)):
            return contact
    return None


def save(person, body):
    """POST ?urn= changes the contact or makes it, and finds either form of the number."""
    return call("POST", contacts(urn=next(urns(person))), body)["uuid"]


def customer_saved(customer, known, _at):
    return save(customer, {"name": customer["name"][:100], "fields": {"city": customer["city"][:640]}})


def lead_changed(lead, known, at):
    body = {} if is_after(known, "saved", at) else {"name": lead["name"][:100]}
    if lead["status"] != "won":
        return save(lead, body)
    # `groups` replaces all memberships: those that there are go along, but for query-based ones, which nobody may set.
    static = {group["uuid"] for group in all_of(f"{API}/groups.json") if group["query"] is None}
    contact = find(lead, known)
    has = {group["uuid"] for group in contact["groups"]} if contact else set()
    body["groups"] = sorted(has & static | {CLUB})
    if contact:
        return call("POST", contacts(uuid=contact["uuid"]), body)["uuid"]
    return save(lead, body)


def customer_deleted(customer, known, _at):
    contact = find(customer, known)
    if contact:
        call("DELETE", contacts(uuid=contact["uuid"]))
    return None


def is_after(known, kind, at):
    return kind in known and instant(known[kind]) > instant(at)


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


# What happened: as what it is remembered, what was newer and makes it void, and what is done.
EVENTS = {
    "customer.created": ("saved", ["saved", "deleted"], customer_saved),
    "customer.updated": ("saved", ["saved", "deleted"], customer_saved),
    "customer.deleted": ("deleted", ["saved", "lead"], customer_deleted),
    "lead.status_changed": ("lead", ["lead", "deleted"], lead_changed),
}


def main():
    event = json.load(sys.stdin)
    at, person = event["at"], event.get("customer") or event["lead"]
    kind, newer, handle = EVENTS[event["event"]]
    state = json.loads(STATE.read_text()) if STATE.exists() else {}
    known = state.setdefault(person["id"], {})
    if any(is_after(known, other, at) for other in newer):
        return
    contact = handle(person, known, at)
    known.pop("contact", None)
    known |= {kind: at} | ({"contact": contact} if contact else {})
    # Beside it and renamed: the old state or the new one, never half of one.
    beside = STATE.with_suffix(".new")
    beside.write_text(json.dumps(state))
    beside.replace(STATE)


main()
