"""Radicale, which keeps calendars and address books in a folder."""

import os
from pathlib import Path

data = Path(os.environ["APPLICATION_DATA"])
(data / "users").write_text("user:secret\n")
(data / "config").write_text(f"""
[auth]
type = htpasswd
htpasswd_filename = {data}/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = {data}/collections
[logging]
level = error
""")
os.environ["RADICALE_CONFIG"] = str(data / "config")

from radicale import application as app  # noqa: E402, F401 - it reads the variable
