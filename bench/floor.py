"""The least that Django does for a page: what startproject sets up, one template, no query. `?bytes=` says how long.

Deployed as the site is, by the same line of gunicorn. With FLOOR_ASKS, the URL of a database, each page asks it for one
row: what its driver costs.
"""

import os
from functools import cache

import dj_database_url
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.shortcuts import render
from django.urls import path

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{{ title }}</title></head>
<body><h1>{{ title }}</h1><p>{{ words }}</p></body>
</html>
"""
ASKS = os.environ.get("FLOOR_ASKS")
WORDS = "What is said on a page of this length is the same for everybody. "


def page(request):
    length = int(request.GET["bytes"])
    if ASKS:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    return render(request, "page.html", {"title": "Floor", "words": _words(length - len(PAGE))})


@cache
def _words(length: int) -> str:
    return (WORDS * (length // len(WORDS) + 1))[: max(length, 0)]


urlpatterns = [path("", page)]

settings.configure(
    SECRET_KEY=os.environ["SECRET_KEY"],
    ALLOWED_HOSTS=os.environ["ALLOWED_HOSTS"].split(","),
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DATABASES={"default": dj_database_url.parse(ASKS)} if ASKS else {},
    INSTALLED_APPS=[
        *("django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"),
        *("django.contrib.messages", "django.contrib.staticfiles"),
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    (
                        "django.template.loaders.cached.Loader",
                        [("django.template.loaders.locmem.Loader", {"page.html": PAGE})],
                    )
                ],
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ],
            },
        }
    ],
)
application = get_wsgi_application()
