"""What Lambda's handler setting names: `lambwsgi.entrypoint.handler`, built once, at INIT."""

from __future__ import annotations

import os

from lambwsgi.events.configure import build_handler

handler = build_handler(os.environ)
