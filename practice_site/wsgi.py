import gc
import os

gc.disable()  # what is loaded here stays: to look again and again for what could go takes a seventh of the start

from django.core.wsgi import get_wsgi_application  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice_site.settings")
site = get_wsgi_application()

from django.conf import settings  # noqa: E402
from django.template import engines  # noqa: E402
from django.urls import reverse  # noqa: E402

from kit.pages import kept_pages  # noqa: E402  needs the settings
from practice_site import checks, warming  # noqa: E402  needs the apps

application = kept_pages.before(site)

checks.refuse_what_must_not_go_live()
reverse("home")  # brings all addresses together, which workers that are forked from here on have in common
engines.all()  # and the tags of templates
if not settings.DEBUG:
    warming.warm_up(site)
gc.freeze()
gc.enable()
