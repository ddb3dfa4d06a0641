"""Notes in the admin."""

from django.contrib import admin

from notes.models import Note


@admin.register(Note)
class NoteAdmin(admin.ModelAdmin):
    """A list with the author, the date and the name of the attachment."""

    list_display = ("title", "author", "created", "attachment_name")
    search_fields = ("title", "text")
