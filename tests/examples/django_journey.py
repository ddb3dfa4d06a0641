"""A visitor's way through the Django example by one gateway. Run by test_django_app.py in a process of its own."""

from __future__ import annotations

import re
import sys
from io import BytesIO

from django.core.management import call_command
from project.wsgi import application
from werkzeug.test import TestResponse

from lambwsgi import make_handler
from lambwsgi.testing import LambdaClient

EVERY_BYTE = bytes(range(256)) * 16


def token_of(page: str) -> str:
    """The CSRF token of the first form."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    return found[1]


def become_bob(client: LambdaClient) -> TestResponse:
    """Sign up, log out, be refused, log in again; the page with the form that adds notes."""
    signup = client.get("/signup")
    account = {"username": "bob", "password1": "battery staple", "password2": "battery staple"}
    refused = client.post("/signup", data={"csrfmiddlewaretoken": token_of(signup.text), **account, "password2": "b"})
    assert refused.status_code == 400
    assert "match" in refused.text
    assert client.post("/signup", data={"csrfmiddlewaretoken": token_of(signup.text), **account}).status_code == 302
    page = client.get("/")
    assert "Log out" in page.text
    client.post("/logout", data={"csrfmiddlewaretoken": token_of(page.text)})
    login = client.get("/login")
    sent_away = client.post("/", data={"csrfmiddlewaretoken": token_of(login.text), "title": "nobody's"})
    assert sent_away.location.partition("?")[0].endswith("/login")
    account = {"username": "bob", "password": "battery staple", "next": ""}
    client.post("/login", data={"csrfmiddlewaretoken": token_of(login.text), **account})
    page = client.get("/")
    assert "Log out" in page.text
    return page


def run_commands() -> None:
    """Management commands, as `lambwsgi manage` sends them."""
    handler = make_handler(application, commands=frozenset({"manage"}))
    done = handler({"lambwsgi": {"op": "manage", "args": ["migrate", "--check"]}}, None)
    failed = handler({"lambwsgi": {"op": "manage", "args": ["no_such_command"]}}, None)
    assert done == {"exit_code": 0, "output": ""}, done
    assert failed["exit_code"] == 1
    assert "no_such_command" in failed["output"]
    asked = handler({"lambwsgi": {"op": "manage", "args": ["createsuperuser"]}}, None)
    assert "`--noinput` in Django" in asked["advice"], asked
    checked = handler({"lambwsgi": {"op": "manage", "args": ["check", "--deploy", "--fail-level", "WARNING"]}}, None)
    assert checked["exit_code"] == 1
    assert "(lambwsgi.W004) The database 'default' is SQLite" in checked["output"]


def main(gateway: str) -> None:
    client = LambdaClient(application, gateway=gateway)
    call_command("migrate", verbosity=0)
    call_command("createsuperuser", interactive=False, username="ada", email="ada@example.com", verbosity=0)

    page = client.get("/")
    assert page.status_code == 200
    assert "Nothing noted yet" in page.text
    print("pages")

    page = become_bob(client)
    print("users")

    form = {"csrfmiddlewaretoken": token_of(page.text), "title": "Grüße", "text": "a & b"}
    saved = client.post("/", data=form | {"file": (BytesIO(EVERY_BYTE), "every byte.bin")})
    assert saved.status_code == 302, saved.text
    page = client.get("/")
    assert "Noted." in page.text
    assert "Grüße" in page.text
    assert "a &amp; b" in page.text
    print("note")

    download = client.get("/notes/1/attachment")
    assert download.data == EVERY_BYTE
    assert download.headers["Content-Disposition"] == 'attachment; filename="every byte.bin"'
    assert client.get("/notes/2/attachment").status_code == 404
    print("attachment")

    client.post("/theme", data={"csrfmiddlewaretoken": token_of(page.text), "theme": "dark"})
    assert 'data-theme="dark"' in client.get("/").text
    print("cookie")

    [note] = client.get("/api/notes").get_json()["notes"]
    assert note["title"] == "Grüße"
    assert note["author__username"] == "bob"
    print("json")

    style = re.search(r'href="([^"]+style\.css)"', page.text)
    assert style
    below_script_name = style[1][style[1].index("/static/") :]
    assert client.get(below_script_name).content_type.startswith("text/css"), style[1]
    assert client.get("/static/admin/css/base.css").status_code == 200
    print("static")

    login = client.get("/admin/login/")
    answer = client.post(
        "/admin/login/",
        data={
            "csrfmiddlewaretoken": token_of(login.text),
            "username": "ada",
            "password": "correct horse",
            "next": "/admin/",
        },
    )
    assert answer.status_code == 302, answer.text
    assert "every byte.bin" in client.get("/admin/notes/note/").text
    print("admin")

    run_commands()
    print("commands")


main(sys.argv[1])
