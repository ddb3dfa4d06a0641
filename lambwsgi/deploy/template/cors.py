"""Rules for pages of other origins, in the words that function URLs and HTTP APIs share."""

from __future__ import annotations

from lambwsgi.deploy.template.intrinsics import Json
from lambwsgi.settings.front import Cors


def cors_rules(cors: Cors) -> Json:
    """The rules as a property; what is not said has the gateway's own default."""
    return {
        "AllowOrigins": list(cors.origins),
        "AllowMethods": list(cors.methods),
        "AllowHeaders": list(cors.headers),
        **({"ExposeHeaders": list(cors.expose_headers)} if cors.expose_headers else {}),
        **({"AllowCredentials": True} if cors.credentials else {}),
        "MaxAge": cors.max_age_seconds,
    }
