"""Django's own British formats say "8:23 a.m."; here the day runs from 00:00 to 23:59, at the desk as on the site.

Where the practice is American, days and hours at the desk are American, too: the form is looked up at each use.
"""

from django.utils.functional import lazy

from kit.local.locales import form_of

_form = lazy(form_of, str)

DATE_FORMAT = SHORT_DATE_FORMAT = _form("j M Y")
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = _form("j M Y, H:i")
TIME_FORMAT = _form("H:i")
