"""Payload format version 1.0, which REST API and HTTP API share. They differ in how the path arrives."""

from __future__ import annotations

from lambwsgi.adapter.gateways.reading import (
    complete,
    first_text,
    multi_headers,
    query_pairs,
    set_authorizer,
    single_headers,
)
from lambwsgi.adapter.gateways.writing import listed_headers, write_body
from lambwsgi.adapter.text import encode_query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lambwsgi.adapter.gateways.table import Event, ProxyResult
    from lambwsgi.adapter.message import HttpResponse
    from lambwsgi.adapter.wsgi import Environ


def read_request(event: Event, target: tuple[str, str, str]) -> Environ:
    """The environ of an event whose path has been read already, into what `complete` calls the target."""
    context: dict[str, Any] = event.get("requestContext") or {}
    identity: dict[str, Any] = context.get("identity") or {}
    multi = event.get("multiValueHeaders")
    environ = multi_headers(multi) if multi else single_headers(event.get("headers"))
    body, is_base64 = event.get("body"), event.get("isBase64Encoded")
    complete(
        environ,
        event["httpMethod"],
        target,
        _query_of(event),
        "https",
        context.get("domainName"),
        context.get("protocol"),
        identity.get("sourceIp"),
        body,
        is_base64,
    )
    environ["lambwsgi.request_context"] = context
    authorizer = context.get("authorizer")
    user = _user_of(authorizer or {}, identity)
    if authorizer or user:
        set_authorizer(environ, authorizer, user)
    if body and not is_base64 and environ.get("CONTENT_TYPE", "").startswith("multipart/"):
        _warn_of_multipart()
    return environ


def _warn_of_multipart() -> None:
    """An upload that came as text has lost every byte that is no UTF-8; the API has to be told, so say it once."""
    global _has_warned  # noqa: PLW0603 - a fact of the process
    if not _has_warned:
        _has_warned = True
        import logging  # noqa: PLC0415 - once at most

        logging.getLogger("lambwsgi").warning(
            "an upload arrived as text, so its bytes may be damaged: add */* to the binaryMediaTypes of the REST API"
        )


_has_warned = False


def _query_of(event: Event) -> str:
    """The gateway decodes names and values of the query, so it is encoded anew, in the order of the map."""
    multi = event.get("multiValueQueryStringParameters")
    if multi:
        return encode_query(query_pairs(multi))
    single = event.get("queryStringParameters")
    return encode_query(single.items()) if single else ""


def _user_of(authorizer: dict[str, Any], identity: dict[str, Any]) -> str | None:
    claims = authorizer.get("claims") or {}
    return first_text(authorizer.get("principalId"), claims.get("sub"), identity.get("userArn"))


def write_result(response: HttpResponse, event: Event) -> ProxyResult:
    """The proxy result of payload 1.0. A name stands in one of the two maps only, since the gateway merges them.

    No other key may be in it: a REST API answers an unknown one with 502. A REST API undoes base64 where its
    `binaryMediaTypes` match the request's Accept; `*/*`, as lambwsgi deploys it, always does.
    Source: API Gateway developer guide, 'Set up Lambda proxy integrations', output format.
    """
    body, is_base64 = write_body(response.body, response.by_name())
    return {
        "statusCode": response.status,
        "multiValueHeaders": listed_headers(response),
        "body": body,
        "isBase64Encoded": is_base64,
    }
