"""Tags of responses that are coded on their way: coding makes a strong one weak, and the client sends back what it got.

Source: RFC 9110, sections 8.8.1, 13.1.1, 13.1.2 and 15.4.5.
"""

from __future__ import annotations

from lambwsgi.adapter.message import HttpResponse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambwsgi.adapter.wsgi import Environ

_OF_A_BODY = frozenset({"content-encoding", "content-length", "content-type"})


def restore_etags(environ: Environ) -> None:
    """Give the application its own tags in `If-Match`, which a client has from coded responses.

    They are compared strongly, so a tag that coding made weak would never match, and whoever accepts a coding could
    change nothing. One that was weak from the beginning does not match without its mark either.
    """
    tags = environ.get("HTTP_IF_MATCH")
    if tags is not None and "W/" in tags:
        # Every second piece stands between quotes, where anything may.
        pieces = tags.split('"')
        pieces[::2] = [piece.replace("W/", "") for piece in pieces[::2]]
        environ["HTTP_IF_MATCH"] = '"'.join(pieces)


def unless_known(coded: HttpResponse, method: str, if_none_match: str) -> HttpResponse:
    """The coded response, or a 304 where the client has it.

    It sends back the weak tag that coding gave it, and an application that compares tags by their letters, as
    whitenoise does, does not know its own again.
    """
    tag = next((value for name, value in coded.headers if name.lower() == "etag"), None)
    known = [each.strip() for each in if_none_match.split(",")]
    if coded.status != 200 or method not in ("GET", "HEAD") or tag not in known:
        return coded
    kept = [(name, value) for name, value in coded.headers if name.lower() not in _OF_A_BODY]
    return HttpResponse(304, "Not Modified", kept, b"")
