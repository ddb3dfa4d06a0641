"""Where the pages are."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from notes import views

urlpatterns = [
    path("", views.index, name="index"),
    path("notes/<int:pk>/attachment", views.attachment, name="attachment"),
    path("signup", views.signup, name="signup"),
    path("login", views.LogIn.as_view(), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("theme", views.theme, name="theme"),
    path("api/notes", views.api, name="api"),
]
