"""With DEBUG, Django answers what it could not foresee with a page for developers; visitors see another."""

from practice_site.settings import *  # noqa: F403

DEBUG = False
TESTING = True  # so that the server takes the stand-in for Stripe
