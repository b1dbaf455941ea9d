from hashlib import sha256
from xml.etree import ElementTree

import pytest
from django.db import models
from django.test.utils import isolate_apps

from kit.forms.fields import CoverArtField
from kit.texts.cover_art import MOTIFS, PAPERS, cover

PICTURES = [
    ("complexity-in-grief", "", "", "e4286ffe36abd5a0"),
    ("rupture-and-repair", "", "", "1cd0eeb97578246e"),
    ("siblings-same-parents", "", "", "b7430bbd19e374a1"),
    ("healing-happens-between-people", "", "", "4238dbaa6515b9ba"),
    ("can-adult-brains-grow-new-cells", "", "", "0a06d2c92f1ffd41"),
    ("a-new-slug", "arbors", "river", "e240925a49d56544"),
    ("a-new-slug", "rings", "paper", "2ea291277bfae525"),
    ("a-new-slug", "weave", "madder", "04cac63cd1055874"),
    ("a-new-slug", "leaves", "straw", "2db5539c32161cd4"),
    ("a-new-slug", "pebbles", "river", "72d88bdb454f87d8"),
]


@pytest.mark.parametrize(("slug", "motif", "paper", "digest"), PICTURES)
def test_a_slug_always_gives_the_picture_it_gave_before(slug, motif, paper, digest):
    picture = cover(slug, motif, paper)

    assert sha256(picture.encode()).hexdigest()[:16] == digest


@pytest.mark.parametrize("motif", [name for name, _ in MOTIFS])
@pytest.mark.parametrize("paper", [name for name, _ in PAPERS])
def test_every_motif_on_every_paper_is_a_small_whole_svg(motif, paper):
    picture = cover("on-every-paper", motif, paper)

    assert ElementTree.fromstring(picture).get("viewBox") == "0 0 600 400"
    assert 1_000 < len(picture) < 10_000


def test_a_chosen_paper_leaves_the_drawing_as_it_was():
    on_straw, on_madder = (cover("same-lines", "weave", paper) for paper in ("straw", "madder"))

    assert on_straw.replace("#f4e5b4", "#fbdfd3") == on_madder


@pytest.fixture
def make_poster():
    with isolate_apps("kit"):

        class Poster(models.Model):
            slug = models.SlugField()
            cover_motif = models.CharField(max_length=10, blank=True)
            art = CoverArtField()

            class Meta:
                app_label = "kit"

            def __str__(self) -> str:
                return self.slug

        yield Poster


def test_field_draws_the_cover_of_a_row_that_has_none(make_poster):
    poster = make_poster(slug="new", cover_motif="weave")

    saved = make_poster._meta.get_field("art").pre_save(poster, add=True)

    assert saved == poster.art == cover("new", "weave")


def test_field_keeps_a_cover_that_was_made_before(make_poster):
    poster = make_poster(slug="renamed", art=cover("old"))

    saved = make_poster._meta.get_field("art").pre_save(poster, add=False)

    assert saved == cover("old")


def test_field_can_be_rebuilt_from_a_migration():
    _, _, args, options = CoverArtField().deconstruct()

    rebuilt = CoverArtField(*args, **options)

    assert rebuilt.deconstruct() == CoverArtField().deconstruct()
    assert (rebuilt.editable, rebuilt.blank) == (False, True)
