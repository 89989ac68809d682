#!/usr/bin/env python3
"""What the sandbox bank has booked on a day in Hong Kong, as its camt.053 file, in the running local
platform; then it is compared with the ledger: local/bank_statement.py 2026-11-29. It is what the
bank has said of what it was told (`bank_instructions`), and not what the ledger has."""

import datetime
import json
import os
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from decimal import Decimal
from xml.sax.saxutils import escape

DATA = ".local"
PORT_BASE = os.environ.get("PORT_BASE", "27")
FRONT_DOOR = f"http://127.0.0.1:{PORT_BASE}071"
BLOBS = f"https://127.0.0.1:{PORT_BASE}100/devstoreaccount1/bank-statements"
SERVER = ["--host=127.0.0.1", f"--port={PORT_BASE}306", "--user=root"]
MYSQL = ["mariadb", *SERVER, "--batch", "--skip-column-names"]
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
PREFIXES = {
    "card": "top",
    "direct-debit": "top",
    "credit-transfer": "wdr",
    "settlement": "stl",
    "fps-transfer": "fpay",
}
INCOMING = {"card", "direct-debit"}
BOOKED = """SELECT told.kind, HEX(operation_id), amount, DATE(CONVERT_TZ(ended_at, '+00:00', '+08:00'))
  FROM payments.bank_instructions AS told JOIN payments.operations USING (operation_id)
  WHERE status = 'ACSC' AND ended_at IS NOT NULL ORDER BY operation_id"""


def typed_id(kind, hexadecimal):
    number = int(hexadecimal, 16)
    letters = (LETTERS[number >> shift & 31] for shift in range(125, -1, -5))
    return f"{PREFIXES[kind]}_{''.join(letters)}"


def money(cents):
    direction = "DBIT" if cents < 0 else "CRDT"
    return f'<Amt Ccy="HKD">{Decimal(abs(cents)).scaleb(-2):.2f}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'


def balance(code, cents, day):
    kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
    return f"<Bal>{kind}{money(cents)}<Dt><Dt>{day}</Dt></Dt></Bal>"


def entry(reference, cents):
    details = f"<TxDtls><Refs><EndToEndId>{escape(reference)}</EndToEndId></Refs></TxDtls>"
    return f"<Ntry>{money(cents)}<Sts><Cd>BOOK</Cd></Sts><NtryDtls>{details}</NtryDtls></Ntry>\n"


def statement(day):
    asked = subprocess.run(MYSQL, input=BOOKED, stdout=subprocess.PIPE, text=True, check=True)
    opening, entries, closing = 0, [], 0
    for kind, identity, amount, booked_on in map(str.split, asked.stdout.splitlines()):
        cents = int(amount) if kind in INCOMING else -int(amount)
        opening += cents if booked_on < day else 0
        closing += cents if booked_on <= day else 0
        if booked_on == day:
            entries.append(entry(typed_id(kind, identity), cents))
    head = f"<GrpHdr><MsgId>sandbox-{day}</MsgId></GrpHdr>"
    account = "<Acct><Id><Othr><Id>sandbox</Id></Othr></Id><Ccy>HKD</Ccy></Acct>"
    both = balance("OPBD", opening, day) + balance("CLBD", closing, day)
    body = f"<Stmt><Id>sandbox-{day}</Id>{account}{both}\n{''.join(entries)}</Stmt>"
    namespace = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
    message = f"<BkToCstmrStmt>{head}{body}</BkToCstmrStmt>"
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{head}\n<Document xmlns="{namespace}">{message}</Document>\n'


def call(method, url, headers, body=None, context=None, known=()):
    request = urllib.request.Request(url, data=body, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, context=context, timeout=60) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        if error.code in known:
            return ""
        sys.exit(f"{method} {url}: {error.code} {error.read().decode()}")


def put(day, file):
    with open(f"{DATA}/apps/payment-reporting/local.settings.json", encoding="utf-8") as settings:
        values = json.load(settings)["Values"]
    asked = "api-version=2019-08-01&resource=https://storage.azure.com"
    url = f"{values['IDENTITY_ENDPOINT']}?{asked}&client_id={values['AZURE_CLIENT_ID']}"
    answer = call("GET", url, {"X-IDENTITY-HEADER": values["IDENTITY_HEADER"]})
    token = json.loads(answer)["access_token"]
    trusted = ssl.create_default_context(cafile=f"{DATA}/tls/ca.pem")
    headers = {"Authorization": f"Bearer {token}", "x-ms-version": "2024-11-04"}
    # In Azure the container comes with the account.
    call("PUT", f"{BLOBS}?restype=container", headers, b"", trusted, known=(409,))
    headers |= {"x-ms-blob-type": "BlockBlob", "Content-Type": "application/xml"}
    call("PUT", f"{BLOBS}/{day}.xml", headers, file.encode(), trusted)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    day = datetime.date.fromisoformat(sys.argv[1]).isoformat()
    put(day, statement(day))
    with open(f"{DATA}/functions-host/keys.json", encoding="utf-8") as keys:
        key = json.load(keys)["functionKey"]
    url = f"{FRONT_DOOR}/api/v1/bank-statements/{day}"
    headers = {"x-functions-key": key, "Content-Type": "application/json"}
    print(call("PUT", url, headers, json.dumps({"operator": "sandbox"}).encode()))


if __name__ == "__main__":
    main()
