from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kit.desk.jobs import finders


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For whoever watches the site: 503 as long as something of it does not work, which the desk tells in words."""
    alarms = [finder.name for finder in finders() if finder.is_alarm and any(finder.find())]
    return JsonResponse({"status": "alarm" if alarms else "ok", "alarms": alarms}, status=503 if alarms else 200)


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """For the load balancer: this process answers and reaches its database, whatever the worker does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})
