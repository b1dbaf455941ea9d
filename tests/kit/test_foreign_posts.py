"""A form without a token is taken from this site's own pages alone, as far as the browser tells where it stood."""

import pytest
from django.test import RequestFactory

from kit.pages.http import comes_from_here

pytestmark = pytest.mark.once
HERE = "https://testserver"


@pytest.mark.parametrize(
    ("told", "is_taken"),
    [
        ({}, True),  # an old browser, or a program
        ({"Origin": HERE}, True),
        ({"Origin": HERE, "Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Origin": "http://testserver"}, False),  # whoever sits on the line writes that page
        ({"Origin": "https://testserver.evil.example"}, False),
        ({"Origin": "https://www.testserver"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": HERE, "Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
    ],
)
def test_a_post_comes_from_here_or_is_refused(rf: RequestFactory, told, is_taken):
    assert comes_from_here(rf.post("/", secure=True, headers=told)) is is_taken


def test_where_tls_ends_at_a_proxy_that_does_not_say_so_both_schemes_are_ours(rf: RequestFactory):
    assert [comes_from_here(rf.post("/", headers={"Origin": each})) for each in (HERE, "http://testserver")] == [
        True
    ] * 2
