"""Where the pages are."""

from django.urls import path

from notes import views

urlpatterns = [
    path("", views.index, name="index"),
    path("notes/<int:pk>/attachment", views.attachment, name="attachment"),
    path("theme", views.theme, name="theme"),
    path("api/notes", views.api, name="api"),
]
