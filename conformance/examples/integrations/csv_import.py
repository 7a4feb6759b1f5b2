"""Imports the customers of a spreadsheet: makes what is missing, then a contact for each row."""
import csv
import http.client
import io
import json
import os
import sys
from urllib.parse import urlsplit

WENI = urlsplit(os.environ["WENI_URL"])
HEADERS = {"Authorization": "Token " + os.environ["WENI_TOKEN"], "Content-Type": "application/json"}
connection = http.client.HTTPConnection(WENI.hostname, WENI.port)


def post(endpoint, body):
    connection.request("POST", f"/api/v2/{endpoint}.json", json.dumps(body), HEADERS)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


post("fields", {"label": "Data de nascimento", "value_type": "datetime"})
post("groups", {"name": "Importados"})

failed = 0
for row in csv.DictReader(io.TextIOWrapper(sys.stdin.buffer, "utf-8")):
    urns = []
    if row["telefone"]:
        urns.append("tel:" + row["telefone"])
    if row["email"]:
        urns.append("mailto:" + row["email"])
    body = {
        "name": row["nome"],
        "language": "pt",
        "urns": urns,
        "groups": ["Importados"],
        "fields": {"city": row["cidade"], "total_spent": row["gasto"], "data_de_nascimento": row["nascimento"]},
    }
    status, answer = post("contacts", body)
    if status == 400 and "language" in answer:
        del body["language"]
        status, answer = post("contacts", body)
    if status >= 400:
        failed += 1
        print(row["nome"], status, answer, file=sys.stderr)
print(f"{failed} rows failed")
