"""Content coding of request bodies, undone for applications that cannot do it, up to a limit."""

from __future__ import annotations

import zlib
from io import BytesIO

from lambwsgi.adapter.errors import BadRequestError, TooLargeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambwsgi.adapter.wsgi import Asked, Environ, Rest, Result

_CODINGS = frozenset({"gzip", "x-gzip", "deflate"})


def answer_inflated(answer: Asked[Rest, Result], limit_bytes: int) -> Asked[Rest, Result]:
    """The same, asked with bodies that are not coded. A coding that is not known is passed on as it is.

    So is a request that names a coding and has no body.
    """

    def inflate_and_answer(environ: Environ, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Result:
        coding = environ.get("HTTP_CONTENT_ENCODING", "").strip().lower()
        if coding in _CODINGS and environ.get("CONTENT_LENGTH", "0") != "0":
            plain = inflate(environ["wsgi.input"].read(), coding, limit_bytes)
            del environ["HTTP_CONTENT_ENCODING"]
            environ["wsgi.input"] = BytesIO(plain)
            environ["CONTENT_LENGTH"] = str(len(plain))
        return answer(environ, *args, **kwargs)

    return inflate_and_answer


def inflate(body: bytes, coding: str, limit_bytes: int) -> bytes:
    """The body without its content coding, gzip or deflate.

    Raises TooLargeError above `limit_bytes`, before more than that is unpacked, and BadRequestError for what is broken.
    """
    try:
        # One byte more shows that there is more. The members of gzip may be several (RFC 1952, section 2.2).
        plain = (_deflate_of if coding == "deflate" else _gzip_of)(body, limit_bytes + 1)
    except EOFError as error:
        raise BadRequestError(f"the body is marked as {coding} but ends too early") from error
    except (OSError, zlib.error) as error:
        raise BadRequestError(f"the body is marked as {coding} but is not: {error}") from error
    if len(plain) > limit_bytes:
        raise TooLargeError(f"the body unpacks to more than {limit_bytes} bytes, the most that is allowed here")
    return plain


def _gzip_of(body: bytes, most_bytes: int) -> bytes:
    from gzip import GzipFile  # noqa: PLC0415 - only for a body that is coded

    return GzipFile(fileobj=BytesIO(body)).read(most_bytes)


def _deflate_of(body: bytes, most_bytes: int) -> bytes:
    # 32 + 15: zlib or gzip, whichever header there is.
    decoder = zlib.decompressobj(32 + 15)
    plain = decoder.decompress(body, most_bytes)
    if not decoder.eof and len(plain) < most_bytes:
        raise EOFError
    return plain
