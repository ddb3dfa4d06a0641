"""A WebDAV share, asked by litmus, cadaver, webdavclient3 and requests."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit
from xml.etree import ElementTree

import requests
from requests.auth import HTTPDigestAuth
from webdav3.client import Client

USER = ("user", "secret")
NAMES = (
    *("plain.txt", "a b.txt", "100%.txt", "a+b.txt", "a#b.txt", "a?b.txt", "a%2Fb.txt", "a%41.txt", "a&b=c;d.txt"),
    *("é.txt", "日本.txt", "a'b(c)!~*.txt", "a@b:c,d$.txt", "[a]{b}|^`.txt"),
)
# Tokens, times, and the bars of progress.
_RANDOM = re.compile(r"opaquelocktoken:\S+|\w{3} +\d+ +\d+:\d+|\[[ =>]*\] *[\d.]+%|\[[.\]]+")
_LITMUS = ("basic", "copymove", "props", "locks", "http")


def observe(url: str, place: Path) -> Iterator[tuple[str, object]]:
    """What the clients see, one thing at a time."""
    yield from _passwords(f"{url}/closed")
    url = f"{url}/open"
    yield from _litmus(url, place)
    session = requests.Session()
    for name in NAMES:
        yield from _name(session, url, name)
    yield from _bodies(session, url)
    yield from _validators(session, url)
    yield from _heads(session, url)
    yield from _expect(url)
    yield from _cadaver(url, place)
    if urlsplit(url).path == "/open":
        # Its Destination is a path only, which wsgidav does not take where it is mounted below another.
        yield from _webdavclient(url, place)


def _passwords(url: str) -> Iterator[tuple[str, object]]:
    nobody = requests.get(f"{url}/")
    yield "challenge", (nobody.status_code, nobody.headers.get("WWW-Authenticate"))
    yield "Basic", requests.get(f"{url}/", auth=USER).status_code
    yield "Digest", requests.get(f"{url}/", auth=HTTPDigestAuth(*USER)).status_code


def _litmus(url: str, place: Path) -> Iterator[tuple[str, object]]:
    for suite in _LITMUS:
        done = subprocess.run(
            ["litmus", "-k", f"{url}/"],
            cwd=place,
            env={"TESTS": suite, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        text = done.stdout.replace("\r", "\n")
        for line in text.splitlines():
            found = re.match(r" ?\d+\. (\w+)\.+ (pass|FAIL.*|SKIPPED.*|WARNING.*)", line)
            if found:
                yield f"litmus {suite} {found[1]}", found[2]


def _name(session: requests.Session, url: str, name: str) -> Iterator[tuple[str, object]]:
    target = f"{url}/{quote(name, safe='')}"
    yield f"PUT {name}", session.put(target, data=name.encode()).status_code
    yield f"GET {name}", session.get(target).text
    yield f"PROPFIND {name}", _hrefs(session.request("PROPFIND", target, headers={"Depth": "0"}), url)
    headers = {"Destination": f"{url}/{quote('copy of ' + name, safe='')}", "Overwrite": "F"}
    yield f"COPY {name}", session.request("COPY", target, headers=headers).status_code
    headers = {"Destination": f"{url}/{quote('moved ' + name, safe='')}"}
    moved = session.request("MOVE", target, headers=headers)
    yield f"MOVE {name}", (moved.status_code, moved.headers.get("Location"))
    yield f"listing with {name}", sorted(_hrefs(session.request("PROPFIND", f"{url}/", headers={"Depth": "1"}), url))
    yield f"DELETE {name}", session.delete(headers["Destination"]).status_code


def _hrefs(response: requests.Response, url: str) -> list[str]:
    if response.status_code != 207:
        return [str(response.status_code), response.text[:200]]
    path = urlsplit(url).path
    found = ElementTree.fromstring(response.content).iter("{DAV:}href")
    return [(unquote(href.text or "")).removeprefix(path) for href in found]


def _bodies(session: requests.Session, url: str) -> Iterator[tuple[str, object]]:
    every = bytes(range(256)) * 40
    yield "PUT chunked", session.put(f"{url}/chunked.bin", data=iter([every, every])).status_code
    yield "GET of what came chunked", session.get(f"{url}/chunked.bin").content == every * 2
    yield "PUT empty", session.put(f"{url}/empty.txt", data=b"").status_code
    yield "GET empty", session.get(f"{url}/empty.txt").content
    yield "PUT 700 KB", session.put(f"{url}/large.bin", data=every * 70).status_code
    yield "GET 700 KB", session.get(f"{url}/large.bin").content == every * 70
    yield "PUT 2 MB", session.put(f"{url}/larger.bin", data=every * 200).status_code
    yield "GET 2 MB", session.get(f"{url}/larger.bin").content == every * 200
    yield "PUT text that is no UTF-8", session.put(f"{url}/latin.txt", data=b"caf\xe9\r\n").status_code
    latin = session.get(f"{url}/latin.txt")
    yield "GET text that is no UTF-8", (latin.content, latin.headers["Content-Type"])
    for spec in ("bytes=0-9", "bytes=-5", "bytes=100-", "bytes=999999-", "bytes=0-3,8-9"):
        part = session.get(f"{url}/chunked.bin", headers={"Range": spec})
        yield f"GET {spec}", (part.status_code, part.headers.get("Content-Range"), len(part.content))
    headers = {"Content-Type": "text/plain"}
    yield "PUT as text", session.put(f"{url}/text.txt", data="é\r\n" * 3, headers=headers).status_code
    yield "GET as text", session.get(f"{url}/text.txt").content


def _validators(session: requests.Session, url: str) -> Iterator[tuple[str, object]]:
    target = f"{url}/versioned.txt"
    session.put(target, data=b"line of text\n" * 200)
    for coding in ("identity", "gzip"):
        got = session.get(target, headers={"Accept-Encoding": coding})
        yield f"GET {coding}", (got.status_code, len(got.content))
        etag = got.headers["ETag"]
        again = session.get(target, headers={"If-None-Match": etag, "Accept-Encoding": coding})
        yield f"If-None-Match after {coding}", (again.status_code, len(again.content))
        put = session.put(target, data=b"line of text\n" * 200, headers={"If-Match": etag})
        yield f"If-Match after {coding}", put.status_code
        etag = session.get(target, headers={"Accept-Encoding": coding}).headers["ETag"]
        ranged = session.get(target, headers={"If-Range": etag, "Range": "bytes=0-9", "Accept-Encoding": coding})
        yield f"If-Range after {coding}", (ranged.status_code, ranged.headers.get("Content-Range"))
        put = session.put(target, data=b"line of text\n" * 200, headers={"If-None-Match": "*"})
        yield f"If-None-Match: * after {coding}", put.status_code
        session.put(target, data=b"line of another text\n" * 200)
        put = session.put(target, data=b"lost", headers={"If-Match": etag})
        yield f"If-Match of an old version after {coding}", put.status_code
        session.put(target, data=b"line of text\n" * 200)


def _heads(session: requests.Session, url: str) -> Iterator[tuple[str, object]]:
    yield "HEAD length", session.head(f"{url}/large.bin").headers.get("Content-Length")
    yield "HEAD type", session.head(f"{url}/text.txt").headers.get("Content-Type")
    options = session.options(f"{url}/")
    for name in ("DAV", "Allow", "MS-Author-Via"):
        yield f"OPTIONS {name}", options.headers.get(name)
    odd = session.request("PROPFIND", f"{url}/", headers={"Depth": "infinity"}, data=b"<no xml")
    yield "PROPFIND that is no XML", odd.status_code
    missing = session.get(f"{url}/nothing here")
    yield "404", (missing.status_code, missing.headers["Content-Type"])


def _expect(url: str) -> Iterator[tuple[str, object]]:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    connection.putrequest("PUT", f"{parts.path}/expected.txt")
    for name, value in (("Content-Length", "5"), ("Expect", "100-continue")):
        connection.putheader(name, value)
    connection.endheaders()
    first = connection.sock.recv(64).partition(b"\r\n")[0]
    yield "Expect: 100-continue", first.decode()
    connection.close()


def _cadaver(url: str, place: Path) -> Iterator[tuple[str, object]]:
    home = place / "home"
    home.mkdir()
    (home / ".netrc").write_text(f"machine 127.0.0.1 login {USER[0]} password {USER[1]}\n")
    (place / "näme one.txt").write_text("one\n" * 1000)
    script = (
        'mkcol "new folder"\ncd "new folder"\nput "näme one.txt"\nls\nlock "näme one.txt"\n'
        'copy "näme one.txt" "two #2.txt"\nmove "two #2.txt" three.txt\nls\npropset three.txt colour red\n'
        'propget three.txt colour\nget three.txt got.txt\nunlock "näme one.txt"\ndelete three.txt\nls\n'
        'cd ..\nrmcol "new folder"\nquit\n'
    )
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["cadaver", f"{url}/"], cwd=place, env=environment, input=script, capture_output=True, text=True, check=False
    )
    text = _RANDOM.sub("…", done.stdout + done.stderr)
    lines = text.replace("\r", "\n").replace(urlsplit(url).path + "/", "/").splitlines()
    for number, line in enumerate(line for line in lines if line.strip() and "rogress" not in line):
        yield f"cadaver line {number}", line.strip()
    yield "cadaver get", (place / "got.txt").exists() and (place / "got.txt").read_text() == "one\n" * 1000


def _webdavclient(url: str, place: Path) -> Iterator[tuple[str, object]]:
    parts = urlsplit(url)
    client = Client({"webdav_hostname": f"http://{parts.netloc}", "webdav_root": parts.path})
    client.verbose = False
    (place / "up.bin").write_bytes(bytes(range(256)) * 100)
    client.mkdir("dir")
    yield "webdavclient3 check", client.check("dir")
    client.upload_sync(remote_path="dir/ü p.bin", local_path=str(place / "up.bin"))
    yield "webdavclient3 list", client.list("dir")
    client.copy(remote_path_from="dir/ü p.bin", remote_path_to="dir/two.bin")
    client.move(remote_path_from="dir/two.bin", remote_path_to="dir/three.bin")
    client.download_sync(remote_path="dir/three.bin", local_path=str(place / "down.bin"))
    yield "webdavclient3 download", (place / "down.bin").read_bytes() == (place / "up.bin").read_bytes()
    yield "webdavclient3 info", client.info("dir/three.bin")["size"]
    client.clean("dir")
    yield "webdavclient3 clean", client.check("dir")
