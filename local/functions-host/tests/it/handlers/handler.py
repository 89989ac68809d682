"""A custom handler in Python, as the public documentation describes one: no library but Python's own."""

import base64
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def start(data):
    order = data["req"]["Body"]
    return {"Outputs": {"res": {"statusCode": 202, "body": "python"}, "order": order}}


def on_message(data):
    return {"ReturnValue": json.loads(data["item"])}


def on_blob(data):
    return {"Outputs": {"event": base64.b64decode(data["blob"]).decode()}}


def on_events(data):
    return {"Outputs": {"documents": [json.loads(event) for event in json.loads(data["events"])]}}


def on_documents(data):
    documents = json.loads(json.loads(data["docs"]))
    return {"Outputs": {"last": [f"{document['id']} by python" for document in documents]}}


def on_timer(data):
    return {"Outputs": {"tick": f"past due: {data['timer']['IsPastDue']}"}}


def on_grid(data):
    return {"Outputs": {"told": data["event"]["data"]["name"] + ": told"}}


FUNCTIONS = {"/" + call.__name__: call for call in (start, on_message, on_blob, on_events, on_documents, on_timer, on_grid)}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(200, {})

    def do_POST(self):
        call = FUNCTIONS.get(self.path)
        data = json.loads(self.body())["Data"]
        self.answer(200, call(data)) if call else self.answer(404, {})

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"]))
        body = b""
        while length := int(self.rfile.readline(), 16):
            body += self.rfile.read(length)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


port = int(os.environ["FUNCTIONS_CUSTOMHANDLER_PORT"])
ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
