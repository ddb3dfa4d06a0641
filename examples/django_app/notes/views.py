"""The pages: a list with a form for users, signing up, a download, JSON, and a cookie for the theme."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.views import LoginView, redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from notes.context import THEMES
from notes.forms import NoteForm
from notes.models import Note


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The notes, and for users the form that adds one."""
    if request.method == "POST" and not request.user.is_authenticated:
        return redirect_to_login(request.path)
    form = NoteForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        form.instance.author = request.user
        form.save()
        messages.success(request, "Noted.")
        return redirect("index")
    context = {"form": form, "notes": Note.objects.select_related("author").defer("attachment")}
    return render(request, "notes/index.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def signup(request: HttpRequest) -> HttpResponse:
    """Become a user, and be logged in."""
    form = UserCreationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.save())
        return redirect("index")
    context = {"form": form, "action": "Sign up"}
    return render(request, "notes/account.html", context, status=400 if form.errors else 200)


@require_GET
def attachment(request: HttpRequest, pk: int) -> HttpResponse:
    """A binary download: the bytes as they were uploaded."""
    note = get_object_or_404(Note, pk=pk)
    if not note.attachment_name:
        raise Http404("This note has no attachment.")
    response = HttpResponse(bytes(note.attachment), content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=note.attachment_name)
    return response


class LogIn(LoginView):
    """Django's own page, as it looks here."""

    template_name = "notes/account.html"
    extra_context = {"action": "Log in"}


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme in a cookie; without one it is the browser's."""
    response = redirect("index")
    wanted = request.POST.get("theme")
    if wanted in THEMES:
        response.set_cookie("theme", wanted, max_age=86400, samesite="Lax")
    return response


@require_GET
def api(request: HttpRequest) -> JsonResponse:
    """The notes for programs."""
    notes = Note.objects.values("id", "title", "text", "author__username", "attachment_name", "created")
    return JsonResponse({"notes": list(notes)})
