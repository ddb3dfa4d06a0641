"""A folder as two WebDAV shares, of which one asks for a password; with locks and dead properties."""

import os

from wsgidav.wsgidav_app import WsgiDAVApp

app = WsgiDAVApp({
    "provider_mapping": {"/open": os.environ["APPLICATION_DATA"], "/closed": os.environ["APPLICATION_DATA"]},
    "simple_dc": {"user_mapping": {"/open": True, "*": {"user": {"password": "secret"}}}},
    "http_authenticator": {"accept_basic": True, "accept_digest": True, "default_to_digest": False},
    "mount_path": os.environ["APPLICATION_PATH"],
    "property_manager": True,
    "lock_storage": True,
    "logging": {"enable": False},
})  # fmt: skip
