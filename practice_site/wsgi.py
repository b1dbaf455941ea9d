import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice_site.settings")
site = get_wsgi_application()

from kit import kept_pages  # noqa: E402  needs the settings
from practice_site import checks  # noqa: E402  needs the apps

application = kept_pages.before(site)

checks.refuse_what_must_not_go_live()
