"""Host and client of a request, where what stands in front of the gateway hides them."""

from __future__ import annotations

from lambwsgi.adapter.gateways.reading import DEFAULT_PORTS, SERVERS, variable_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lambwsgi.adapter.wsgi import Asked, Environ, Rest, Result


def answer_by_host(answer: Asked[Rest, Result], header: str) -> Asked[Rest, Result]:
    """The same, asked by the host that a trusted proxy tells in `header` in the place of the one it asked itself."""
    variable = variable_of(header)

    def answer_by_told_host(environ: Environ, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Result:
        told = environ.get(variable, "").partition(",")[0].strip()
        if told:
            _set_host(environ, told)
        return answer(environ, *args, **kwargs)

    return answer_by_told_host


def answer_as_host(answer: Asked[Rest, Result], host: str) -> Asked[Rest, Result]:
    """The same, asked by that host whatever the gateway was asked by."""

    def answer_by_own_host(environ: Environ, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Result:
        _set_host(environ, host)
        return answer(environ, *args, **kwargs)

    return answer_by_own_host


def answer_for_viewer(answer: Asked[Rest, Result]) -> Asked[Rest, Result]:
    """The same, with the client's address from what CloudFront says of it, where it does; a port stands behind it.

    Source: CloudFront developer guide, 'Add CloudFront request headers', CloudFront-Viewer-Address.
    """

    def answer_for_told_viewer(environ: Environ, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Result:
        address = environ.get("HTTP_CLOUDFRONT_VIEWER_ADDRESS", "").rpartition(":")[0]
        if address:
            environ["REMOTE_ADDR"] = address
        return answer(environ, *args, **kwargs)

    return answer_for_told_viewer


def _set_host(environ: Environ, host: str) -> None:
    environ["HTTP_HOST"] = host
    environ["SERVER_NAME"], port = SERVERS[host or "lambda"]
    environ["SERVER_PORT"] = port or DEFAULT_PORTS[environ["wsgi.url_scheme"]]
