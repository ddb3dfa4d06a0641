"""What a note is."""

from django.conf import settings
from django.db import models


class Note(models.Model):
    """A title, a text and perhaps a file, which is kept in the database: Lambda has no disk that lasts."""

    title = models.CharField(max_length=80)
    text = models.TextField(blank=True)
    attachment_name = models.CharField(max_length=120, blank=True, editable=False)
    attachment = models.BinaryField(blank=True, default=bytes)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest first."""

        ordering = ("-created", "-pk")

    def __str__(self) -> str:
        return self.title
