"""What integrations in PHP send, byte for byte: http_build_query, json_encode, the headers of cURL, Guzzle and Laravel.

Where there is no PHP this shows it all the same. Which of them: the argument.
"""
import http.client
import json
import os
import sys
from urllib.parse import quote_plus, urlsplit

WENI = urlsplit(os.environ["WENI_URL"])
TOKEN = os.environ["WENI_TOKEN"]
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def http_build_query(value, prefix=""):
    """Nested arrays as `urns[0]=…`, true as 1, null left out."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    parts = []
    for name, member in members:
        key = f"{prefix}[{name}]" if prefix else str(name)
        if isinstance(member, (dict, list)):
            parts.append(http_build_query(member, key))
        elif member is not None:
            text = str(int(member)) if isinstance(member, bool) else str(member)
            parts.append(f"{quote_plus(key)}={quote_plus(text)}")
    return "&".join(part for part in parts if part)


def json_encode(value):
    """`\\u00e9` for é, `\\/` for /. PHP has one kind of array: an empty one is [], one with a hole is an object."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/")


def send(method, path, body, content_type, headers):
    connection = http.client.HTTPConnection(WENI.hostname, WENI.port, timeout=30)
    connection.putrequest(method, "/api/v2/" + path, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Type", content_type)
        connection.putheader("Content-Length", str(len(body.encode())))
    connection.endheaders(None if body is None else body.encode())
    answer = connection.getresponse()
    print(method, path, answer.status, answer.read().decode())


def guzzle(method, path, json=None, form_params=None):
    headers = {"User-Agent": "GuzzleHttp/7", "Authorization": "Token " + TOKEN}
    if form_params is not None:
        return send(method, path, http_build_query(form_params), FORM, headers)
    return send(method, path, None if json is None else json_encode(json), JSON, headers)


def curl(path, post_fields):
    """CURLOPT_POSTFIELDS without a header of one's own: cURL says that it is a form."""
    send("POST", path, post_fields, FORM, {"Accept": "*/*", "authorization": "token " + TOKEN})


def laravel(path, data):
    """Http::withToken($token)->post(…)"""
    send("POST", path, json_encode(data), JSON, {"User-Agent": "GuzzleHttp/7", "Authorization": "Bearer " + TOKEN})


BIA = "contacts.json?" + http_build_query({"uuid": "92c48673-a904-47a1-8df9-88dda0fd9d62"})


def as_form():
    guzzle("POST", "contacts.json", form_params={
        "name": "José Álvares", "language": "por", "urns": ["tel:+5582985550301", "mailto:jose@example.com"],
        "groups": ["Novidades"], "fields": {"city": "Maceió", "total_spent": 10.5},
    })
    guzzle("POST", "contacts.json?" + http_build_query({"urn": "tel:+5582985550301"}), form_params={"name": "José", "opt_in": True})
    guzzle("POST", BIA, form_params={"groups": [{"uuid": "6685e933-26e1-4363-a468-8f7268ab63a9", "name": "Devs"}]})


def as_json():
    zoe = "contacts.json?" + http_build_query({"urn": "tel:+5582985550311"})
    guzzle("POST", zoe, json={"name": "Zoé/Café", "fields": {"city": "Maceió"}})
    # array_filter has left nothing, and then a hole.
    guzzle("POST", zoe, json={"name": "Zoé", "fields": []})
    guzzle("POST", BIA, json={"groups": {"0": "Novidades", "2": "Clube do Grão"}})
    # number_format, and a date as date('d/m/Y') writes it, which is one.
    guzzle("POST", BIA, json={"fields": {"total_spent": "1,032.00", "last_order": "30/11/2025"}})
    guzzle("DELETE", zoe)


def as_curl():
    curl("contacts.json", json_encode({"name": "Léo", "urns": ["tel:+5582985550321"]}))
    curl("contacts.json?" + http_build_query({"urn": "tel:+5582985550322"}), http_build_query({"name": "Léo"}))


def as_laravel():
    laravel("contacts.json?" + http_build_query({"urn": "tel:+5582985550331"}), {"name": "Bia"})


{"form": as_form, "json": as_json, "curl": as_curl, "laravel": as_laravel}[sys.argv[1]]()
