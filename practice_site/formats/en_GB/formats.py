"""Django's own British formats say "8:23 a.m."; here the day runs from 00:00 to 23:59, at the desk as on the site."""

DATE_FORMAT = SHORT_DATE_FORMAT = "j M Y"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "j M Y, H:i"
TIME_FORMAT = "H:i"
