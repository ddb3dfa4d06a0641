"""A package index on a folder; whoever uploads needs a password."""

import os
from pathlib import Path

import pypiserver

data = Path(os.environ["APPLICATION_DATA"])
app = pypiserver.app(
    roots=[data],
    disable_fallback=True,
    auther=lambda name, password: (name, password) == ("user", "secret"),
    authenticate=["update"],
    overwrite=True,
)
