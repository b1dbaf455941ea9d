import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice_site.settings")
application = get_wsgi_application()

from practice_site import checks  # noqa: E402  needs the apps

checks.refuse_what_must_not_go_live()
