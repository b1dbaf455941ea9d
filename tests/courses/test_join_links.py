import pytest
from django.forms import modelform_factory

from courses.desk_forms import SessionForm
from courses.models import Session


@pytest.mark.parametrize(
    ("link", "is_taken"),
    [
        ("https://us02web.zoom.us/j/123?pwd=x", True),
        ("https://us02web.zoom.us/s/123", False),
        ("https://us02web.zoom.us/j/123?zak=x", False),
        ("https://app.zoom.us/wc/123/start?fromPWA=1", False),
        ("https://us02web.zoom.us/w/123?tk=x&pwd=y", True),
        ("https://US02WEB.ZOOM.US/S/123", False),
        ("https://us02web.zoom.us/j/123?ZAK=x", False),
        ("https://us02web.zoom.us/wc/123/start", False),
        ("https://us02web.zoom.us/wc/123/start/", False),
        ("https://us02web.zoom.us/wc/join/123", True),
        ("https://us02web.zoom.us/meeting/register/abc", False),
        ("https://us02web.zoom.us/webinar/register/abc", False),
        ("http://us02web.zoom.us/j/123", False),
        ("http://meet.example.org/123", False),
        ("https://meet.example.org/register/123", True),
        ("https://meet.example.org/s/123", True),
        ("", True),
    ],
)
def test_a_link_that_is_not_the_one_to_join_by_is_refused(link, is_taken):
    over_https = {"formfield_callback": lambda field, **_: field.formfield(assume_scheme="https")}
    form = modelform_factory(Session, form=SessionForm, fields=["join_url"], **over_https)({"join_url": link})

    assert form.is_valid() == is_taken
