"""Swatches: pick a colour, keep it in a cookie, download it as a PNG, watch it fade, mix it; upload a file."""

from __future__ import annotations

import hashlib
import os
import re
import struct
import time
import zlib
from collections.abc import Iterator

from flask import Flask, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

app = Flask(__name__)
app.secret_key = os.environ.get("SWATCHES_SECRET_KEY", "only-for-this-machine")
app.config["MAX_CONTENT_LENGTH"] = 4 * 1024 * 1024

COLOURS = {"Lamb": "#f4ede4", "Meadow": "#5b8c5a", "Sky": "#6fa8dc", "Clay": "#b5651d"}
DEFAULT = COLOURS["Meadow"]
COLOUR = re.compile("#[0-9a-f]{6}")
FADE_STEPS = 8
FADE_SECONDS = 2.0


def chosen_colour() -> str:
    """The colour of the cookie, if it is one."""
    colour = request.cookies.get("colour", DEFAULT)
    return colour if COLOUR.fullmatch(colour) else DEFAULT


def mix(first: str, second: str, share: float) -> str:
    """The colour that has so much of the second, from 0 to 1."""
    pairs = zip(bytes.fromhex(first[1:]), bytes.fromhex(second[1:]), strict=True)
    return "#" + bytes(round(one + (other - one) * share) for one, other in pairs).hex()


def draw_png(colour: str, size: int) -> bytes:
    """A square PNG of one colour, `size` pixels wide (PNG specification, sections 5 and 11)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = b"\0" + bytes.fromhex(colour[1:]) * size
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * size)) + chunk(b"IEND", b"")
    )


@app.get("/")
def index() -> str:
    return render_template("index.html", colours=COLOURS, colour=chosen_colour())


@app.post("/colour")
def choose() -> BaseResponse:
    """The form: keep the colour and go back."""
    colour = request.form.get("colour", "").lower()
    if not COLOUR.fullmatch(colour):
        abort(400, "A colour looks like #5b8c5a.")
    flash(f"{colour} it is.")
    response = redirect(url_for("index"))
    response.set_cookie("colour", colour, max_age=86400, samesite="Lax", httponly=True)
    return response


@app.get("/swatch.png")
def swatch() -> Response:
    """A binary download."""
    size = max(1, min(request.args.get("size", 256, type=int), 1024))
    response = Response(draw_png(chosen_colour(), size), mimetype="image/png")
    response.headers["Content-Disposition"] = "attachment; filename=swatch.png"
    response.headers["Cache-Control"] = "private, max-age=60"
    return response


@app.post("/upload")
def upload() -> str:
    """A file upload: what arrived, byte for byte."""
    file = request.files.get("file")
    if file is None or not file.filename:
        abort(400, "Choose a file first.")
    data = file.read()
    digest = hashlib.sha256(data).hexdigest()
    return render_template("uploaded.html", name=file.filename, size=len(data), digest=digest)


@app.get("/fade")
def fade() -> str:
    """The page that shows the events as they arrive."""
    return render_template("fade.html", colour=chosen_colour())


@app.get("/fade/events")
def fade_events() -> Response:
    """Server-sent events: each leaves when it is made, since lambwsgi.yml says `streaming: true`."""

    def events(colour: str) -> Iterator[str]:
        for step in range(FADE_STEPS):
            yield f"data: {mix(colour, '#ffffff', step / (FADE_STEPS - 1))}\n\n"
            time.sleep(FADE_SECONDS / FADE_STEPS)
        # EventSource would ask again, and again, if nothing told it to stop.
        yield "event: done\ndata:\n\n"

    return Response(events(chosen_colour()), mimetype="text/event-stream", headers={"Cache-Control": "no-store"})


@app.get("/api/colours")
def colours() -> Response:
    return jsonify(colours=COLOURS, chosen=chosen_colour(), you=request.remote_addr)


@app.post("/api/mix")
def mixed() -> Response:
    """The colour between two: `{"first": "#000000", "second": "#ffffff"}`."""
    asked = request.get_json()
    colours = [asked.get(name) for name in ("first", "second")] if isinstance(asked, dict) else []
    if not colours or not all(isinstance(colour, str) and COLOUR.fullmatch(colour) for colour in colours):
        abort(400, "first and second have to be colours, as #5b8c5a.")
    return jsonify(colour=mix(*colours, 0.5))


@app.errorhandler(HTTPException)
def tell(error: HTTPException) -> BaseResponse | HTTPException:
    """Errors as JSON for programs, as pages for people."""
    if not request.path.startswith("/api/"):
        return error
    response = jsonify(error=error.description)
    response.status_code = error.code or 500
    return response
