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
    """The same, asked with bodies that are not coded. A coding that is not known is passed on as it is."""

    def inflate_and_answer(environ: Environ, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Result:
        coding = environ.get("HTTP_CONTENT_ENCODING", "").strip().lower()
        if coding in _CODINGS:
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
    # 32 + 15: zlib or gzip, whichever header there is.
    decoder = zlib.decompressobj(32 + 15)
    try:
        plain = decoder.decompress(body, limit_bytes + 1)
    except zlib.error as error:
        raise BadRequestError(f"the body is marked as {coding} but is not: {error}") from error
    if len(plain) > limit_bytes:
        raise TooLargeError(f"the body unpacks to more than {limit_bytes} bytes, the most that is allowed here")
    if not decoder.eof:
        raise BadRequestError(f"the body is marked as {coding} but ends too early")
    return plain
