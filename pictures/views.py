from django.http import Http404, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from pictures.files import TYPES, storage

KEPT_FOR = 365 * 24 * 3600
POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


@require_safe
def picture_file(request, name):
    """Behind nginx seldom asked: it sends what lies on its disk by itself, with the same headers."""
    try:
        with storage().open(name) as file:
            response = HttpResponse(file.read(), content_type=TYPES[name.rpartition(".")[2]])
    except FileNotFoundError as error:
        raise Http404("No such picture.") from error
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, public=True, max_age=KEPT_FOR, immutable=True)
    return response
