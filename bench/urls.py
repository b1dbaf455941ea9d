from django.http import HttpResponse
from django.urls import path

from practice_site import urls

handler500 = urls.handler500
urlpatterns = [path("nothing/", lambda request: HttpResponse("Nothing.")), *urls.urlpatterns]
