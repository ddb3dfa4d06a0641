"""SQLite as if it were a server that may hang up: Django takes a connection of SQLite for one that always lives."""

from __future__ import annotations

import sqlite3

from django.db.backends.sqlite3.base import DatabaseWrapper as SqliteWrapper


class DatabaseWrapper(SqliteWrapper):
    """Closes, and looks whether it is closed, as the wrappers of servers do."""

    def is_usable(self) -> bool:
        try:
            self.connection.execute("SELECT 1")
        except sqlite3.Error:
            return False
        return True

    def close(self) -> None:
        super(SqliteWrapper, self).close()
