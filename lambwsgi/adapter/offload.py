"""A response that is too large for the gateway goes to S3, and the client to where it lies, for a short time.

boto3 is the one that Lambda's Python brings; it is imported when the first response needs it.
"""

from __future__ import annotations

from lambwsgi.adapter.message import HttpResponse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_EXPIRES_SECONDS = 300
# Headers that S3 keeps with an object and sends with it, by the name that it has for them.
_KEPT_BY_S3 = {
    "cache-control": "CacheControl",
    "content-disposition": "ContentDisposition",
    "content-encoding": "ContentEncoding",
    "content-language": "ContentLanguage",
    "content-type": "ContentType",
}
# What speaks of a body that this answer no longer has, and the application's own Location, which it has no more either.
_GONE = frozenset(
    {*_KEPT_BY_S3, "accept-ranges", "content-digest", "content-length", "content-location", "content-md5"}
    | {"content-range", "digest", "etag", "last-modified", "location"}
)

_client: Any = None


def offload(response: HttpResponse, place: str) -> HttpResponse:
    """A redirect to the body, which now lies under `place` (`bucket/prefix`) in S3 for five minutes of reading.

    The function's role needs s3:PutObject and s3:GetObject there; a lifecycle rule should remove what is old.
    """
    from uuid import uuid4  # noqa: PLC0415 - seldom needed, so not at INIT

    bucket, _, prefix = place.partition("/")
    key = f"{prefix.rstrip('/')}/{uuid4().hex}" if prefix else uuid4().hex
    kept = {_KEPT_BY_S3[name.lower()]: value for name, value in response.headers if name.lower() in _KEPT_BY_S3}
    client = _s3()
    client.put_object(Bucket=bucket, Key=key, Body=response.body, **kept)
    address = client.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=_EXPIRES_SECONDS
    )
    headers = [(name, value) for name, value in response.headers if name.lower() not in _GONE]
    # RFC 9110, section 15.4.4: whatever the method was, the client is to GET what it is sent to.
    return HttpResponse(303, "See Other", [("Location", address), ("Cache-Control", "no-store"), *headers], b"")


def _s3() -> Any:
    global _client  # noqa: PLW0603 - made once, since making one takes a tenth of a second
    if _client is None:
        import boto3  # noqa: PLC0415 - see above

        _client = boto3.client("s3")
    return _client
