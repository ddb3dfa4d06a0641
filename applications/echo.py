"""httpbin, asked by requests."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import HTTPDigestAuth

# Asked with GET; of each the status, the headers that are the application's, and the body are compared.
_PATHS = (
    *("/anything/a%20b", "/anything/%C3%A9%E6%97%A5", "/anything/a%2Fb", "/anything/a%252Fb", "/anything/a+b;c=d,e"),
    *("/anything//double//slash/", "/anything/a%3Fb", "/anything/a%23b", "/anything/100%25", "/anything/./../x"),
    *("/anything?a=1&a=2&b=", "/anything?flag", "/anything?a=%20+%2B", "/anything?%C3%A9=%E6%97%A5", "/anything?a=b=c"),
    *("/anything?a=%26%3D%3F%23", "/anything?a[]=1&a[]=2", "/anything?a=1;b=2", "/anything?=x", "/anything?a=%FF"),
    *("/anything?a=1&b=2&a=3", "/anything?&&a=1", "/anything?a=%2520", "/anything?q=a,b&q=c", "/get?x=%"),
    *("/gzip", "/deflate", "/brotli", "/encoding/utf8", "/html", "/xml", "/robots.txt", "/deny", "/json"),
    *("/stream/5", "/stream-bytes/3000?seed=1&chunk_size=100", "/bytes/3000?seed=1", "/drip?duration=0.2&numbytes=5"),
    *("/range/200", "/cache", "/cache/60", "/etag/abc", "/image/png", "/image/jpeg", "/image/webp", "/image/svg"),
    *("/status/200", "/status/204", "/status/304", "/status/400", "/status/401", "/status/402", "/status/418"),
    *("/status/500", "/status/503", "/status/207", "/status/299", "/response-headers?X-A=1&X-A=2&X-B=%C3%A9"),
    *("/response-headers?Set-Cookie=a%3D1&Set-Cookie=b%3D2", "/response-headers?Content-Type=text/plain%3B charset=x"),
    *("/response-headers?Server=mine&Date=x&Host=h", "/response-headers?Cache-Control=no-transform", "/links/3/0"),
    *("/redirect-to?url=%2Fget", "/redirect-to?url=http%3A%2F%2Fexample.org%2F%C3%A9&status_code=307", "/redirect/1"),
    *("/absolute-redirect/1", "/relative-redirect/1", "/cookies/set?a=1&b=2&c=%C3%A9", "/cookies/delete?a=&b="),
    *("/basic-auth/u/p", "/hidden-basic-auth/u/p", "/bearer", "/digest-auth/auth/u/p", "/base64/aGVsbG8gw6k%3D"),
    *("/forms/post", "/user-agent", "/ip", "/static/favicon.ico", "/flasgger_static/swagger-ui.css", "/nothing"),
)
_OWN = (
    *("Content-Type", "Content-Encoding", "Location", "Set-Cookie", "ETag", "Cache-Control", "Accept-Ranges"),
    *("WWW-Authenticate", "X-A", "X-B", "Allow", "Last-Modified", "Link"),
    *("Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "x-more-info"),
)
# Written by servers and gateways, or different each time.
_FOREIGN = (
    *("Cloudfront-Forwarded-Proto", "Connection", "Content-Length", "Via", "X-Amzn-Trace-Id"),
    *("X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"),
)
_CODED = ("Content-Encoding", "Accept-Ranges")
_RANDOM = re.compile(r"\b[0-9a-f]{32}\b|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]+ GMT")


def observe(url: str, place: Path) -> Iterator[tuple[str, object]]:
    """What the client sees, one thing at a time."""
    for path in _PATHS:
        yield f"GET {path}", _asked(url, "GET", path)
        yield f"GET {path} coded", _asked(url, "GET", path, headers={"Accept-Encoding": "gzip, deflate, br"})
    for path in ("/get", "/image/png", "/range/200", "/gzip", "/stream/3", "/status/404", "/redirect/1", "/nothing"):
        yield f"HEAD {path}", _asked(url, "HEAD", path)
    yield "length of a HEAD", requests.head(f"{url}/image/png").headers.get("Content-Length")
    for method in ("OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "PURGE"):
        yield f"{method} /anything", _asked(url, method, "/anything")
        yield f"{method} /get", _asked(url, method, "/get")
    yield from _conditions(url)
    yield from _bodies(url)
    yield from _sessions(url)
    yield from _targets(url)


def _asked(url: str, method: str, path: str, **given: Any) -> str:
    given["headers"] = {"Accept-Encoding": "identity", "Connection": "close", **given.get("headers", {})}
    answer = requests.request(method, url + path, allow_redirects=False, timeout=60, **given)
    own = {name: answer.raw.headers.getlist(name) for name in _OWN if name in answer.headers}
    # RFC 9110, section 5.3: one line or several are the same.
    own = {name: values if name == "Set-Cookie" else [", ".join(values)] for name, values in own.items()}
    if given["headers"].get("Accept-Encoding") != "identity":
        # What coding adds, and a weak ETag, are ours to do; the body is compared decoded.
        own = {name: [value.removeprefix("W/") for value in own[name]] for name in own if name not in _CODED}
    return _RANDOM.sub("…", f"{answer.status_code} {json.dumps(own, ensure_ascii=False)} {_body(answer)}")


def _body(answer: requests.Response) -> str:
    try:
        told = [json.loads(line) for line in answer.text.splitlines()] if "/stream/" in answer.url else answer.json()
    except ValueError:
        return f"{len(answer.content)} bytes {base64.b64encode(answer.content[:60]).decode()}"
    for each in told if isinstance(told, list) else [told]:
        if isinstance(each, dict) and isinstance(each.get("headers"), dict):
            each["headers"] = {name: value for name, value in each["headers"].items() if name not in _FOREIGN}
    return json.dumps(told, sort_keys=True)


def _conditions(url: str) -> Iterator[tuple[str, object]]:
    for name, value, path in (
        *(("If-None-Match", '"abc"', "/etag/abc"), ("If-None-Match", 'W/"abc", "x"', "/etag/abc")),
        *(("If-Match", '"x"', "/etag/abc"), ("If-Modified-Since", "Tue, 24 Nov 2026 10:00:00 GMT", "/cache")),
        *(("Range", f"bytes={part}", "/range/200") for part in ("10-19", "300-", "-5")),
    ):
        yield f"GET {path} {name}: {value}", _asked(url, "GET", path, headers={name: value})
    headers = {"X-Odd": "a,b;c", "X-Empty": "", "Accept-Language": "de, en;q=0.5", "X-Utf": "é日".encode()}
    yield "odd headers", _asked(url, "GET", "/headers", headers=headers)
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/p", "Forwarded": "host=evil.example"}
    yield "forwarded headers", _asked(url, "GET", "/redirect/1", headers=headers)
    yield "Authorization", _asked(url, "GET", "/headers", headers={"Authorization": "Bearer a.b.c"})
    yield "Cookie", _asked(url, "GET", "/cookies", headers={"Cookie": 'a=1; b="x y"; c=é'.encode()})


def _bodies(url: str) -> Iterator[tuple[str, object]]:
    every = bytes(range(256))
    yield "POST form", _asked(url, "POST", "/post", data={"a": ["1", "2"], "é": "日 +&="})
    yield "POST JSON", _asked(url, "POST", "/post", json={"é": [1, None]})
    yield "POST bytes", _asked(url, "POST", "/post", data=every)
    yield "POST bytes as text", _asked(url, "POST", "/post", data=every, headers={"Content-Type": "text/plain"})
    yield "POST nothing", _asked(url, "POST", "/post")
    yield "POST chunked", _asked(url, "POST", "/post", data=iter([b"one", every]))
    files = {"f": ("nä me.bin", every * 20, "application/octet-stream"), "t": ("t.txt", "text\r\n", "text/plain")}
    form = requests.Request("POST", url + "/post", files=files, data={"k": "v"}).prepare()
    boundary = form.headers["Content-Type"].partition("boundary=")[2]
    answer = requests.Session().send(form).text.replace(boundary, "boundary")
    yield "POST multipart", json.dumps({key: json.loads(answer)[key] for key in ("files", "form")})
    yield "DELETE with a body", _asked(url, "DELETE", "/delete", data=b"x=1", headers={"Content-Type": "text/plain"})
    yield "GET with a body", _asked(url, "GET", "/anything", data=b"body")
    headers = {"Content-Encoding": "gzip", "Content-Type": "text/plain"}
    yield "POST with a content coding", _asked(url, "POST", "/post", data=b"\x1f\x8b\x00", headers=headers)


def _sessions(url: str) -> Iterator[tuple[str, object]]:
    session = requests.Session()
    yield "cookies", session.get(f"{url}/cookies/set?a=1&b=2&c=3").json()
    yield "cookies fewer", session.get(f"{url}/cookies/delete?a=&c=").json()
    for qop in ("auth", "auth-int"):
        for algorithm in ("MD5", "SHA-256", "SHA-512"):
            path = f"/digest-auth/{qop}/u/p/{algorithm}"
            yield path, requests.get(url + path, auth=HTTPDigestAuth("u", "p")).status_code
    yield "Basic", requests.get(f"{url}/basic-auth/u/p", auth=("u", "p")).text
    for path in ("/redirect/3", "/absolute-redirect/3", "/relative-redirect/3"):
        followed = requests.get(url + path)
        yield f"{path} followed", (followed.status_code, followed.url, len(followed.history))
    target = {"url": f"{url}/anything", "status_code": "307"}
    posted = requests.post(f"{url}/redirect-to", params=target, data={"a": "1"})
    yield "307 followed", (posted.status_code, posted.url, _body(posted))


def _targets(url: str) -> Iterator[tuple[str, object]]:
    """What requests would not send."""
    parts = urlsplit(url)
    for target in (f"{parts.path}/anything/%e9", f"{url}/anything/absolute", f"{parts.path}/anything/a'(b)*!~$@:"):
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        connection.putrequest("GET", target, skip_accept_encoding=True)
        for value in ("one", "two"):
            connection.putheader("X-Twice", value)
        connection.putheader("Cookie", "a=1; b=2")
        connection.endheaders()
        answer = connection.getresponse()
        text = answer.read()
        told = json.loads(text) if answer.status == 200 else {}
        headers = told.get("headers", {})
        twice = headers.get("X-Twice", "").replace(" ", "")
        what = target.replace(parts.netloc, "").replace(parts.path, "", 1)
        yield f"GET {what}", (answer.status, told.get("url"), twice, headers.get("Cookie"))
        connection.close()
