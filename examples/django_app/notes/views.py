"""The pages: a list with a form, a download, JSON, and a cookie for the theme."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from notes.forms import NoteForm
from notes.models import Note

THEMES = ("light", "dark")


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The notes, and the form that adds one."""
    form = NoteForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Noted.")
        return redirect("index")
    theme = request.COOKIES.get("theme")
    context = {"form": form, "notes": Note.objects.defer("attachment"), "theme": theme if theme in THEMES else "light"}
    return render(request, "notes/index.html", context, status=400 if form.errors else 200)


@require_GET
def attachment(request: HttpRequest, pk: int) -> HttpResponse:
    """A binary download: the bytes as they were uploaded."""
    note = get_object_or_404(Note, pk=pk)
    if not note.attachment_name:
        raise Http404("This note has no attachment.")
    response = HttpResponse(bytes(note.attachment), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=note.attachment_name)
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme in a cookie."""
    response = redirect("index")
    wanted = request.POST.get("theme")
    response.set_cookie("theme", wanted if wanted in THEMES else "light", max_age=86400, samesite="Lax")
    return response


@require_GET
def api(request: HttpRequest) -> JsonResponse:
    """The notes for programs."""
    notes = Note.objects.values("id", "title", "text", "attachment_name", "created")
    return JsonResponse({"notes": list(notes)})
