"""Calendars and address books in Radicale, asked by caldav and requests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import caldav
import requests

USER = ("user", "secret")
_CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{uid}\r\nFN:Jörg Müller\r\nN:Müller;Jörg;;;\r\nNOTE:{note}\r\nEND:VCARD\r\n"
_EVENT = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//lambwsgi//EN\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n"
    "DTSTAMP:20260101T000000Z\r\nDTSTART:20260102T100000Z\r\nDTEND:20260102T110000Z\r\nSUMMARY:{summary}\r\n"
    "DESCRIPTION:{description}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def observe(url: str, place: Path) -> Iterator[tuple[str, object]]:
    """What the clients see, one thing at a time."""
    yield from _challenge(url)
    with caldav.DAVClient(url=f"{url}/", username=USER[0], password=USER[1], auth_type="basic") as client:
        yield from _calendar(client)
    with requests.Session() as session:
        session.auth = USER
        yield from _address_book(session, url)
        yield from _versions(session, url)


def _challenge(url: str) -> Iterator[tuple[str, object]]:
    nobody = requests.request("PROPFIND", f"{url}/user/", headers={"Depth": "0"})
    yield "challenge", (nobody.status_code, nobody.headers.get("WWW-Authenticate"))
    moved = requests.get(f"{url}/.well-known/caldav", allow_redirects=False)
    yield "well-known", (moved.status_code, moved.headers.get("Location"))
    with caldav.DAVClient(url=f"{url}/", username=USER[0], password=USER[1]) as client:
        try:
            yield "caldav finds out how to authenticate", str(client.principal().url)
        except caldav.lib.error.DAVError as error:
            yield "caldav finds out how to authenticate", type(error).__name__


def _calendar(client: caldav.DAVClient) -> Iterator[tuple[str, object]]:
    principal = client.principal()
    calendar = principal.make_calendar(name="Büro & Home", cal_id="kalender")
    yield "calendars", [(str(each.url), each.get_display_name()) for each in principal.calendars()]
    for number in range(30):
        summary = f"Besprechung Nr. {number} — é日本"
        start = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=number)
        calendar.save_event(dtstart=start, dtend=start + timedelta(hours=1), summary=summary, uid=f"event {number}@x")
    calendar.save_todo(summary="todo", uid="todo")
    found = calendar.search(start=datetime(2026, 1, 10, tzinfo=UTC), end=datetime(2026, 1, 20, tzinfo=UTC), event=True)
    yield "search", sorted((str(each.url), str(each.component["SUMMARY"])) for each in found)
    event = calendar.event_by_uid("event 7@x")
    event.load()
    event.component["SUMMARY"] = "changed — ü"
    event.save()
    yield "changed", str(calendar.event_by_uid("event 7@x").component["SUMMARY"])
    token = calendar.get_objects_by_sync_token(load_objects=True)
    yield "sync", len(list(token))
    calendar.event_by_uid("event 8@x").delete()
    calendar.event_by_uid("event 9@x").delete()
    yield "sync after deletion", sorted(str(each.url) for each in token.sync()[1])
    busy = calendar.freebusy_request(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
    yield "freebusy", len(str(busy.data))
    yield "todos", [str(each.component["SUMMARY"]) for each in calendar.todos()]
    calendar.delete()
    yield "calendars at the end", [str(each.url) for each in principal.calendars()]


def _address_book(session: requests.Session, url: str) -> Iterator[tuple[str, object]]:
    book = f"{url}/user/book/"
    body = (
        '<?xml version="1.0"?><create xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><set><prop><resourcetype>'
        "<collection/><C:addressbook/></resourcetype><displayname>Adreßbuch</displayname></prop></set></create>"
    )
    yield "MKCOL", session.request("MKCOL", book, data=body.encode()).status_code
    for uid in ("one", "two 2", "three#3", "vier ä"):
        target = book + quote(f"{uid}.vcf")
        headers = {"Content-Type": "text/vcard; charset=utf-8", "If-None-Match": "*"}
        put = session.put(target, data=_CARD.format(uid=uid, note="n").encode(), headers=headers)
        yield f"PUT {uid}", put.status_code
        got = session.get(target)
        yield f"GET {uid}", (got.text, got.headers["Content-Type"])
        headers = {"Destination": book + quote(f"moved {uid}.vcf")}
        yield f"MOVE {uid}", session.request("MOVE", target, headers=headers).status_code
    report = (
        '<C:addressbook-query xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav"><prop><getetag/><C:address-data/>'
        "</prop></C:addressbook-query>"
    )
    queried = session.request("REPORT", book, data=report, headers={"Depth": "1", "Content-Type": "text/xml"})
    yield "REPORT", (queried.status_code, queried.text.count("Jörg"), queried.headers["Content-Type"])
    whole = session.get(book)
    yield "GET book", (whole.status_code, whole.text.count("Jörg"), whole.headers.get("Content-Disposition"))


def _versions(session: requests.Session, url: str) -> Iterator[tuple[str, object]]:
    session.request("MKCALENDAR", f"{url}/user/versions/")
    target = f"{url}/user/versions/a.ics"
    event = _EVENT.format(uid="a", summary="s", description="long text " * 200).encode()
    headers = {"Content-Type": "text/calendar"}
    session.put(target, data=event, headers=headers)
    for coding in ("identity", "gzip"):
        etag = session.get(target, headers={"Accept-Encoding": coding}).headers["ETag"]
        again = session.get(target, headers={"Accept-Encoding": coding, "If-None-Match": etag})
        yield f"If-None-Match after {coding}", again.status_code
        changed = session.put(target, data=event, headers={**headers, "If-Match": etag})
        yield f"If-Match after {coding}", changed.status_code
        changed = session.put(target, data=event, headers={**headers, "If-Match": '"old"'})
        yield f"If-Match of another after {coding}", changed.status_code
