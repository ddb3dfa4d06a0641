"""httpbin as it is on the package index."""

from httpbin import app  # noqa: F401 - what is served
