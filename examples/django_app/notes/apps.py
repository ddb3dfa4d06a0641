"""The notes app."""

from django.apps import AppConfig


class NotesConfig(AppConfig):
    """Notes with an attachment each."""

    name = "notes"
