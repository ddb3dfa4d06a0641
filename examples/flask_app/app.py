"""Swatches: pick a colour, keep it in a cookie, download it as a PNG; upload a file and learn what it is."""

from __future__ import annotations

import hashlib
import os
import re
import struct
import zlib

from flask import Flask, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

app = Flask(__name__)
app.secret_key = os.environ.get("SWATCHES_SECRET_KEY", "only-for-this-machine")
app.config["MAX_CONTENT_LENGTH"] = 4 * 1024 * 1024

COLOURS = {"Lamb": "#f4ede4", "Meadow": "#5b8c5a", "Sky": "#6fa8dc", "Clay": "#b5651d"}
DEFAULT = COLOURS["Meadow"]


def chosen_colour() -> str:
    """The colour of the cookie, if it is one."""
    colour = request.cookies.get("colour", DEFAULT)
    return colour if re.fullmatch(r"#[0-9a-f]{6}", colour) else DEFAULT


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
    colour = request.form.get("colour", "")
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        abort(400, "A colour looks like #5b8c5a.")
    flash(f"{colour.lower()} it is.")
    response = redirect(url_for("index"))
    response.set_cookie("colour", colour.lower(), max_age=86400, samesite="Lax", httponly=True)
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


@app.get("/api/colours")
def colours() -> Response:
    return jsonify(colours=COLOURS, chosen=chosen_colour(), you=request.remote_addr)
