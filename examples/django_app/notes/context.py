"""What every page shows."""

from django.http import HttpRequest

THEMES = ("light", "dark")


def theme(request: HttpRequest) -> dict[str, object]:
    """The theme of the cookie, if it is one, and those there are."""
    chosen = request.COOKIES.get("theme")
    return {"theme": chosen if chosen in THEMES else "", "themes": THEMES}
