from django.conf import settings
from django.urls import path, register_converter

from pictures import views
from pictures.files import NAME

app_name = "pictures"


class NameConverter:
    regex = NAME.pattern

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(NameConverter, "picture_file")

urlpatterns = [
    path(f"{settings.MEDIA_URL.lstrip('/')}<picture_file:name>", views.picture_file, name="file"),
]
