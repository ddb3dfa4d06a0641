"""The form of the first page."""

from django import forms

from notes.models import Note

LARGEST_ATTACHMENT = 3 * 1024 * 1024


class NoteForm(forms.ModelForm):
    """A note and the file that goes with it."""

    file = forms.FileField(required=False, label="Attachment")

    class Meta:
        """What of a note people write themselves."""

        model = Note
        fields = ("title", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}

    def clean_file(self):
        """The file, unless it is too large for a function's request."""
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST_ATTACHMENT:
            raise forms.ValidationError("At most 3 MB.")
        return file

    def save(self, commit=True):
        """The note with the bytes of the file."""
        file = self.cleaned_data["file"]
        if file:
            self.instance.attachment_name = file.name
            self.instance.attachment = file.read()
        return super().save(commit)
