"""Tests of the frameworks that cannot pass behind a gateway, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass

ANY = ("function_url", "http_api", "rest_api", "alb", "rest_api streaming")


@dataclass(frozen=True, slots=True)
class Known:
    """Tests that fail for this reason behind these gateways; `tests` is a pattern that begins their names."""

    suite: str
    tests: str
    reason: str
    gateways: tuple[str, ...] = ANY


BUFFERED = "handler: a response is read to its end before it is sent, so nothing is left to stream"

KNOWN = (
    Known(
        "werkzeug",
        r"tests/middleware/test_proxy_fix\.py::test_proxy_fix",
        "gateway: it writes X-Forwarded-* itself, and the test counts its entries",
    ),
    Known(
        "werkzeug",
        r"tests/test_test\.py::test_path_info_script_name_unquoting",
        "suite: its application answers with str, which PEP 3333 forbids",
    ),
    Known(
        "werkzeug",
        r"tests/test_test\.py::test_raw_request_uri",
        "gateway: a lone `?` is not in the event; an HTTP API decodes the path",
    ),
    Known(
        "werkzeug",
        r"tests/test_test\.py::test_no_content_type_header_addition",
        "gateway: it invents a Content-Type where there is none",
        ("function_url", "http_api", "rest_api", "rest_api streaming"),
    ),
    Known(
        "werkzeug",
        r"tests/test_utils\.py::test_append_slash_redirect\[True-/foo\?baz",
        "gateway: `?baz` and `?baz=` are one in a map",
        ("rest_api", "alb", "rest_api streaming"),
    ),
    Known(
        "django",
        r"handlers\.tests\.HandlerRequestTests\.test_invalid_urls",
        "suite: a path without its leading slash, which no client can send",
    ),
    Known(
        "django",
        r"handlers\.tests\.(HandlerRequestTests\.test_async_streaming|SignalsTests\.test_request_signals_streaming)",
        BUFFERED,
    ),
    Known("django", r"view_tests\.tests\.test_static\.\w+\.test_chunked", BUFFERED),
    Known(
        "django",
        r"auth_tests\.test_remote_user\.",
        "suite: the client puts REMOTE_USER into the environ, which no request can do",
    ),
    Known(
        "django",
        r"view_tests\.tests\.test_i18n\.SetLanguageTests\.test_setlang_cookie",
        "suite: it wants Max-Age as the number that the view gave, not as the text that was sent",
    ),
    Known(
        "django",
        r"view_tests\.tests\.test_csrf\.CsrfViewTests\.test_no_referer",
        "gateway: it writes X-Forwarded-Proto itself, over the client's",
    ),
    Known(
        "django",
        r"redirects_tests\.tests\.RedirectTests\.test_redirect_with_append_slash_and_query_string",
        "gateway: `?foo` and `?foo=` are one in a map",
        ("rest_api", "alb", "rest_api streaming"),
    ),
    Known(
        "django",
        r"file_uploads\.tests\.FileUploadTests\.test_(custom_upload_handler|fileupload_getlist|large_upload)",
        "gateway: no event above 6 MB reaches a function, behind a load balancer no body above 1 MB",
    ),
    Known(
        "django",
        r"admin_views\.tests\.AdminViewStringPrimaryKeyTest\.test_get_(change|history)_view",
        "gateway: an HTTP API decodes the `%3F` of the key and cuts the path there",
        ("http_api",),
    ),
    Known(
        "django",
        r"file_uploads\.tests\.FileUploadTests\.test_broken_custom_upload_handler",
        "gateway: a load balancer lets no body above 1 MB through to a function",
        ("alb",),
    ),
    Known(
        "django",
        r"(admin_views\.test_multidb|auth_tests\.test_admin_multidb)\.MultiDatabaseTests\.test_read_only_methods_"
        r"|test_client\.tests\.ClientTest\.test_(follow_307_and_308_|query_params|trace)"
        r"|test_client_regress\.tests\.AssertRedirectsTests\.test_redirect_fetch_redirect_response",
        "gateway: a load balancer answers TRACE itself, with 405",
        ("alb",),
    ),
)


def why(suite: str, gateway: str, test: str) -> str | None:
    """The reason that is known for that failure, or None."""
    for known in KNOWN:
        if known.suite == suite and gateway in known.gateways and re.match(known.tests, test):
            return known.reason
    return None
