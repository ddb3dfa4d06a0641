"""Payload format version 2.0, which HTTP API and Function URL share. They differ in how the path arrives."""

from __future__ import annotations

from lambwsgi.adapter.gateways.reading import as_list, complete, first_text, set_authorizer, single_headers
from lambwsgi.adapter.gateways.writing import joined_headers, write_body
from lambwsgi.adapter.text import clean_query, encode_query, native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from lambwsgi.adapter.gateways.table import Event, ProxyResult
    from lambwsgi.adapter.message import HttpResponse
    from lambwsgi.adapter.options import HandlerOptions
    from lambwsgi.adapter.wsgi import Environ

    # From `rawPath`, options, request context and event to what `complete` calls the target.
    TargetReader = Callable[[str, HandlerOptions, dict[str, Any], Event], tuple[str, str, str]]


def reader(read_target: TargetReader) -> Callable[[Event, HandlerOptions], Environ]:
    """`read_event` of a gateway that reads the path in its own way."""

    def read_event(event: Event, options: HandlerOptions) -> Environ:
        get = event.get
        context: dict[str, Any] = event["requestContext"]
        http: dict[str, Any] = context["http"]
        environ = single_headers(get("headers"))
        cookies = get("cookies")
        if cookies:
            # A Function URL sends them a second time as a header.
            text = "; ".join(cookies if cookies.__class__ is list else as_list(cookies))
            environ["HTTP_COOKIE"] = text if text.isascii() else native(text)
        query = get("rawQueryString")
        if not query:
            query = "" if query is not None else _query_of(event)
        elif not (query.isascii() and query.isprintable() and " " not in query and query[0] != "?"):
            # AWS's own table of the format shows it with a `?`, which no event has been seen to have.
            query = clean_query(query.removeprefix("?"))
        complete(
            environ,
            http["method"],
            read_target(get("rawPath") or http.get("path") or "/", options, context, event),
            query,
            "https",
            context.get("domainName"),
            http.get("protocol"),
            http.get("sourceIp"),
            get("body"),
            get("isBase64Encoded"),
        )
        environ["lambwsgi.request_context"] = context
        authorizer = context.get("authorizer")
        if authorizer:
            set_authorizer(environ, authorizer, _user_of(authorizer))
        return environ

    return read_event


def _query_of(event: Event) -> str:
    """The query by its map, which has the values decoded and repeats joined: all that some hand-made events have."""
    return encode_query((event.get("queryStringParameters") or {}).items())


def _user_of(authorizer: dict[str, Any]) -> str | None:
    jwt = authorizer.get("jwt") or {}
    own = authorizer.get("lambda") or {}
    iam = authorizer.get("iam") or {}
    return first_text((jwt.get("claims") or {}).get("sub"), own.get("principalId"), iam.get("userArn"))


def write_result(response: HttpResponse, event: Event) -> ProxyResult:
    """The proxy result of payload 2.0. Repeated headers are joined with ', '; Set-Cookie goes to `cookies`.

    Source: API Gateway developer guide, 'Lambda proxy integrations for HTTP APIs', response format 2.0; the Lambda
    developer guide, 'Invoking Function URLs', has the same for Function URLs.
    """
    headers, cookies = joined_headers(response)
    body, is_base64 = write_body(response.body, headers)
    result: ProxyResult = {
        "statusCode": response.status,
        "headers": headers,
        "body": body,
        "isBase64Encoded": is_base64,
    }
    if cookies:
        result["cookies"] = cookies
    return result
