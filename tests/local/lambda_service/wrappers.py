"""A runtime of our own, as a function can ship one: a wrapper script and a client that streams, in raw sockets."""

from __future__ import annotations

from pathlib import Path

WRAPPER = '#!/bin/sh\nexec "$1" "${0%/*}/client.py"\n'

# What the event asks for is done with the connection itself, so that every wrong step can be taken too.
CLIENT = """\
import base64, json, os, socket, sys, time

host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
connection = socket.create_connection((host, int(port)))
connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
reader = connection.makefile("rb")

def ask(method, path, *headers, body=b""):
    lines = [f"{method} /2018-06-01/runtime/{path} HTTP/1.1", f"Host: {host}", *headers]
    connection.sendall("\\r\\n".join([*lines, "", ""]).encode() + body)

def answer():
    status = int(reader.readline().split()[1])
    headers = {}
    while (line := reader.readline().strip()):
        name, _, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    return status, headers, reader.read(int(headers["content-length"]))

def chunk(data):
    connection.sendall(b"%x\\r\\n%s\\r\\n" % (len(data), data))

def begin(request, content_type="application/vnd.awslambda.http-integration-response", mode="streaming"):
    ask("POST", f"invocation/{request}/response", f"Lambda-Runtime-Function-Response-Mode: {mode}",
        "Transfer-Encoding: chunked", f"Content-Type: {content_type}",
        "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body")

def end(trailers=b""):
    connection.sendall(b"0\\r\\n" + trailers + b"\\r\\n")
    return answer()

def buffered(request, value):
    body = json.dumps(value).encode()
    ask("POST", f"invocation/{request}/response", f"Content-Length: {len(body)}", body=body)
    return answer()

PRELUDE = json.dumps({"statusCode": 200}).encode() + bytes(8)

while True:
    ask("GET", "invocation/next")
    _, headers, event = answer()
    request, event = headers["lambda-runtime-aws-request-id"], json.loads(event)
    do = event.get("do")
    if do == "stream":
        begin(request)
        chunk(PRELUDE)
        for number in range(event["pieces"]):
            time.sleep(event.get("pause", 0))
            chunk(b"%d%s;" % (number, event.get("token", "").encode()))
        end()
    elif do == "pour":
        begin(request, "application/octet-stream")
        for _ in range(event["mb"] * 16):
            chunk(bytes(65536))
        print("poured", end()[0], flush=True)
    elif do == "break off":
        begin(request)
        chunk(PRELUDE + b"so far")
        error = json.dumps({"errorMessage": "no more", "errorType": "ValueError"}).encode()
        end(b"Lambda-Runtime-Function-Error-Type: Runtime.Stream\\r\\n"
            b"Lambda-Runtime-Function-Error-Body: " + base64.b64encode(error) + b"\\r\\n")
    elif do == "die":
        begin(request)
        chunk(PRELUDE + b"so far")
        os._exit(7)
    elif do == "let go":
        begin(request)
        chunk(PRELUDE)
        connection.shutdown(socket.SHUT_WR)
        time.sleep(60)
    elif do == "hang":
        begin(request)
        chunk(PRELUDE)
        time.sleep(60)
    elif do == "wrong mode":
        begin(request, mode="trickling")
        print(end()[0], flush=True)
    elif do == "chunked":
        ask("POST", f"invocation/{request}/response", "Transfer-Encoding: chunked")
        chunk(b'{"put":')
        chunk(b'"together"}')
        end()
    else:
        buffered(request, {"event": event, "argv": sys.argv, "path": sys.path, "isolated": sys.flags.no_site,
                           "warnings": sys.warnoptions})
"""


def ship_runtime(task_root: Path) -> None:
    """Put a runtime of its own into the function's code, as `runtime/bootstrap` and `runtime/client.py`."""
    folder = task_root / "runtime"
    folder.mkdir()
    (folder / "client.py").write_text(CLIENT, "utf-8")
    write_wrapper(folder / "bootstrap", WRAPPER)


def write_wrapper(path: Path, text: str) -> None:
    """Write a script that may be executed."""
    path.write_text(text, "utf-8")
    path.chmod(0o755)
