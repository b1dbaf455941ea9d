import json
import re
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, ArticleChange, Reference, listed_articles
from articles.reading import reading, with_parts
from kit.pages import kept, kept_pages
from practice.models import Person, Practice
from tests.builders import (
    make_article,
    make_course,
    make_fee,
    make_offer,
    make_person,
    make_practice,
    make_topic,
    make_workshop,
)
from tests.markup import markup, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_or_not")]


@pytest.fixture(autouse=True)
def _a_practice():
    make_practice()


def titles(response):
    return re.findall(r'<a href="/articles/[^"/]+/">([^<]+)</a>', markup(response))


def cite(article, number, **fields):
    defaults = {"authors": "Siegel DJ", "year": 1999, "title": "The Developing Mind", "source": "Guilford Press"}
    return Reference.objects.create(article=article, number=number, **(defaults | fields))


def test_an_article_that_another_process_takes_back_is_not_listed_any_more(client, monkeypatch):
    make_article("Older", published_on=date(2026, 1, 1))
    make_article("Newer", slug="newer", published_on=date(2026, 2, 1))
    client.get("/articles/")
    connection.connection.execute("UPDATE articles_article SET status = 'archived' WHERE slug = 'newer'")
    monkeypatch.setattr(kept_pages, "SHELF", kept_pages.Shelf())  # as if its seconds were over

    assert titles(client.get("/articles/")) == ["Older"]


def test_the_list_shows_published_articles_newest_first(client):
    make_article("Older", published_on=date(2026, 1, 1))
    make_article("Newer", published_on=date(2026, 2, 1))
    make_article("Draft", status=Article.Status.DRAFT)
    make_article("Tomorrow's", published_on=timezone.localdate() + timedelta(days=1))

    assert titles(client.get("/articles/")) == ["Newer", "Older"]


def test_the_list_says_who_wrote_an_article_and_how_long_it_takes(client):
    imogen = make_person("Dr Imogen Farrow")
    make_article("Newer", author=imogen, minutes=11, published_on=date(2026, 11, 9))
    make_article("Older", author=imogen, minutes=7, published_on=date(2026, 1, 1))

    lines = re.findall(r'<p class="meta">(.*?)</p>', markup(client.get("/articles/")))

    assert [re.sub(r"<[^>]+>", "", line) for line in lines] == [
        "Dr Imogen Farrow · 9 November 2026 · 11-minute read",
        "Dr Imogen Farrow · 7-minute read",
    ]


def test_a_topic_shows_its_own_articles(client):
    grief, repair = make_topic("Grief", slug="grief"), make_topic("Repair")
    make_article("On grief").topics.add(grief)
    make_article("On repair").topics.add(repair)

    response = client.get("/articles/", {"topic": "grief"})

    assert titles(response) == ["On grief"]
    assert '<option value="grief" selected>Grief</option>' in response.content.decode()


@pytest.mark.parametrize("topic", ["unknown", "\x00", "grief\x00", "x" * 5000, "' OR 1=1 --", "Ünï", "\ud83d"])
def test_an_unknown_topic_is_a_calm_empty_list(client, topic):
    make_article("On grief").topics.add(make_topic("Grief", slug="grief"))

    response = client.get(f"/articles/?topic={quote(topic, errors='surrogatepass')}")

    assert (response.status_code, titles(response)) == (200, [])
    assert "No such topic" in words_of(response)


def test_a_topic_without_articles_says_so(client):
    make_article("On grief")
    make_topic("Repair", slug="repair")

    assert "We have not published anything on this topic so far." in words_of(client.get("/articles/?topic=repair"))


def test_a_site_without_articles_says_so(client):
    assert "The first article is being written" in words_of(client.get("/articles/"))


def test_of_a_repeated_parameter_the_last_one_counts(client):
    make_article("On grief").topics.add(make_topic("Grief", slug="grief"))

    assert titles(client.get("/articles/?topic=unknown&topic=grief&page=1&page=1")) == ["On grief"]


def test_the_eighth_article_stands_on_the_second_page(client):
    topic = make_topic("Grief", slug="grief")
    for number in range(8):
        make_article(f"Number {number}", published_on=date(2026, 1, 20 - number)).topics.add(topic)

    first, second = client.get("/articles/?topic=grief"), client.get("/articles/?topic=grief&page=2")

    assert titles(first) == [f"Number {number}" for number in range(7)]
    assert titles(second) == ["Number 7"]
    assert '<a href="?topic=grief&amp;page=2" rel="next">Older articles</a>' in markup(first)


@pytest.mark.parametrize("page", ["0", "-1", "x", "%00", "1e309", "9" * 5000, "99"])
def test_a_page_number_that_is_none_shows_a_page_that_is(client, page):
    make_article("The only one")

    response = client.get(f"/articles/?page={page}")

    assert (response.status_code, titles(response)) == (200, ["The only one"])


@pytest.mark.parametrize("accept", ["", "image/webp", "*/*;q=nonsense", "text/html" + ",x/y" * 500])
def test_the_list_answers_whatever_a_client_says_it_accepts(client, accept):
    assert client.get("/articles/", headers={"Accept": accept}).status_code == 200


def test_each_list_has_one_address(client, settings):
    settings.SITE_URL = "https://withyrooms.example"
    for _ in range(8):
        make_article()

    page = client.get("/articles/?page=2&utm_source=mail").content.decode()

    assert '<link rel="canonical" href="https://withyrooms.example/articles/?page=2">' in page


def test_the_list_asks_the_database_as_often_for_three_articles_as_for_one(client, django_assert_num_queries):
    make_article().topics.add(make_topic())
    with CaptureQueriesContext(connection) as for_one:
        client.get("/articles/")
    for _ in range(2):
        make_article().topics.add(make_topic())
    kept.forget()

    with django_assert_num_queries(len(for_one)):
        client.get("/articles/")


def test_an_article_shows_what_a_reader_judges_it_by(client):
    make_article(
        "Minds are made between people",
        slug="minds",
        summary="In plain words.",
        in_brief="First point\n\nSecond point",
        body="<p>Words.</p>",
        author=make_person("Dr Imogen Farrow", credentials="MBACP (Accred)", biography="Argues with footnotes."),
        reviewer=make_person("Dr Adaeze Okonjo", credentials="Clinical psychologist"),
        published_on=date(2026, 11, 2),
        reviewed_on=date(2026, 11, 9),
        next_review_on=date(2027, 11, 9),
        minutes=11,
    )

    text = words_of(client.get("/articles/minds/"))

    shown = [
        "Minds are made between people In plain words.",
        "Written by Dr Imogen Farrow , MBACP (Accred)",
        "Reviewed by Dr Adaeze Okonjo, Clinical psychologist",
        "Published 2 November 2026",
        "Last reviewed 9 November 2026",
        "Next review 9 November 2027",
        "Reading time 11 minutes",
        "In brief First point Second point",
        "Argues with footnotes.",
    ]
    assert [part for part in shown if part not in text] == []


def test_the_contents_list_follows_the_headings_and_ends_with_the_references(client):
    article = make_article(slug="minds", body="<h2>What it means</h2><p>A [1].</p><h2>What it means</h2><p>B.</p>")
    cite(article, 1)

    page = client.get("/articles/minds/").content.decode()

    contents = re.search(r'<nav class="toc".*?</nav>', page, re.DOTALL)[0]
    assert re.findall(r'<a href="#([^"]+)">([^<]+)</a>', contents) == [
        ("what-it-means", "What it means"),
        ("what-it-means-2", "What it means"),
        ("refs", "References"),
    ]
    assert [anchor for anchor in ("what-it-means", "what-it-means-2", "refs") if f'id="{anchor}"' not in page] == []


def test_a_mark_leads_to_its_reference_and_the_reference_to_its_doi(client):
    article = make_article(slug="minds", body="<p>A claim [2], and one without a source [9].</p>")
    cite(article, 2, doi="10.1037/pst0000172")

    page = markup(client.get("/articles/minds/"))

    assert 'A claim<sup><a href="#r2" aria-label="Reference 2">2</a></sup>, and one without a source [9].' in page
    assert '<li id="r2" value="2">Siegel DJ (1999). <cite>The Developing Mind</cite>. Guilford Press.' in page
    assert '<a href="https://doi.org/10.1037/pst0000172" rel="noopener">doi:10.1037/pst0000172</a>' in page


def test_an_article_names_its_one_address_and_what_is_shown_when_it_is_shared(client, settings):
    settings.SITE_URL = "https://withyrooms.example"
    make_article('Minds & "people"', slug="minds", summary="In plain words.")

    head = client.get("/articles/minds/?from=mail").content.decode().split("</head>")[0]

    assert '<link rel="canonical" href="https://withyrooms.example/articles/minds/">' in head
    assert '<meta name="description" content="In plain words.">' in head
    assert re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', head) == [
        ("type", "article"),
        ("site_name", "Withy Rooms"),
        ("title", "Minds &amp; &quot;people&quot;"),
        ("description", "In plain words."),
        ("url", "https://withyrooms.example/articles/minds/"),
        ("locale", "en_GB"),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Article.Status.DRAFT},
        {"status": Article.Status.DRAFT, "published_on": None},
        {"published_on": timezone.localdate() + timedelta(days=2)},  # or midnight would publish it meanwhile
    ],
)
@pytest.mark.parametrize("path", ["/articles/minds/", "/articles/minds/cover.svg"])
def test_what_is_not_published_is_not_found(client, fields, path):
    make_article("A secret title", slug="minds", **fields)

    response = client.get(path)

    assert (response.status_code, "A secret title" in response.content.decode()) == (404, False)


@pytest.mark.parametrize("slug", ["unknown", "x" * 3000, "%00", "minds%00", "..%2f..%2fetc", "%f0%9f%8c%bf"])
def test_an_unknown_article_is_not_found(client, slug):
    make_article(slug="minds")

    assert client.get(f"/articles/{slug}/").status_code == 404


def test_an_article_asks_the_database_as_often_for_three_rows_as_for_one(client, django_assert_num_queries):
    article = make_article(slug="minds", reviewer=make_person())

    def add_one(number):
        cite(article, number)
        article.topics.add(make_topic())
        article.related_courses.add(make_course())

    add_one(1)
    with CaptureQueriesContext(connection) as for_one:
        client.get("/articles/minds/")
    add_one(2)
    add_one(3)
    kept.forget()

    with django_assert_num_queries(len(for_one)):
        client.get("/articles/minds/")


@pytest.mark.parametrize(("address", "statements"), [("/articles/minds/", 1), ("/articles/", 1)])
def test_a_page_asks_few_questions_once_it_knows_what_is_the_same_on_all(
    client, address, statements, settings, django_assert_num_queries
):
    settings.KEPT_PAGES_SECONDS = 0
    article = make_article(slug="minds", reviewer=make_person())
    for number in range(1, 4):
        cite(article, number)
        article.topics.add(make_topic())
        article.related_courses.add(make_workshop().course)
    client.get(address)

    with django_assert_num_queries(statements):
        client.get(address)


def test_a_cover_is_a_picture_that_may_run_nothing(client):
    make_article(slug="minds", cover="<svg xmlns='http://www.w3.org/2000/svg'/>")

    response = client.get("/articles/minds/cover.svg")

    names = ("Content-Type", "Content-Security-Policy", "Cache-Control", "X-Content-Type-Options")
    assert response.content == b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    assert [response[name] for name in names] == [
        "image/svg+xml",
        "default-src 'none'; style-src 'unsafe-inline'",
        "public, max-age=2592000",
        "nosniff",
    ]


def test_a_cover_is_sent_once(client):
    make_article(slug="minds")
    etag = client.get("/articles/minds/cover.svg")["ETag"]

    response = client.get("/articles/minds/cover.svg", headers={"If-None-Match": etag})

    assert (response.status_code, response.content, response.has_header("Vary")) == (304, b"", False)


@pytest.mark.parametrize("path", ["/articles/", "/articles/minds/", "/articles/minds/cover.svg"])
def test_pages_to_read_take_no_posts(client, path):
    make_article(slug="minds")

    assert client.post(path, {}).status_code == 405


@pytest.fixture
def an_article():
    """With a workshop that belongs to it; gives its page, for whoever it is written."""
    course = make_course("Working with grief")
    make_workshop(course=course)
    make_fee("First conversation", minutes=30, amount=0)
    make_person("Open Clinician", is_clinician=True, availability="Two daytime places")
    make_person("Closed Clinician", is_clinician=True, openness=Person.Openness.CLOSED)

    def written_for(audience):
        make_article(slug="minds", audience=audience).related_courses.add(course)

    return written_for


def test_an_article_for_everyone_leads_to_a_conversation_first_and_promises_no_price_off(client, an_article):
    make_offer(25)
    an_article(Article.Audience.EVERYONE)

    text = words_of(client.get("/articles/minds/"))
    next_step = text.split("Thinking of talking to someone?")[1].split("For therapists: workshops on this")

    assert [line in next_step[0] for line in ("30 minutes, free,", "Open Clinician : two daytime places")] == [True] * 2
    assert "Closed Clinician" not in text
    assert text.index("Thinking of talking to someone?") < text.index("About this article")
    assert ["Working with grief" in part for part in next_step] == [False, True]
    assert "We teach these workshops ourselves, and sell the places." in next_step[1]
    assert ("25%" in text, "Articles for everyone" in text) == (False, True)


def test_an_article_for_therapists_leads_to_workshops_and_to_the_offer(client, an_article):
    make_offer(25, "article")
    an_article(Article.Audience.THERAPISTS)

    text = words_of(client.get("/articles/minds/"))

    shown = ["For therapists: workshops on this", "25% off your first workshop", "Talk to one of us"]
    assert [part for part in shown if part not in text] == []
    assert "Thinking of talking to someone?" not in text


def test_an_article_for_therapists_that_names_no_course_has_the_latest_workshops_beside_it(client):
    make_practice()
    make_article(slug="minds", audience=Article.Audience.THERAPISTS)
    make_workshop(day=date(2030, 1, 11), course=make_course("Working with grief"))

    page = client.get("/articles/minds/").text
    beside = page.split('aria-labelledby="aside-h"')[1].split("</aside>")[0]

    assert ("our latest workshops" in beside, "Working with grief" in beside, "10:00–16:00" in beside) == (
        True,
        True,
        True,
    )


def test_a_practice_without_fees_and_places_still_offers_a_conversation(client):
    make_article(slug="minds")

    text = words_of(client.get("/articles/minds/"))

    assert "Write to one of us. Nothing follows unless you want it to." in text


def test_what_to_read_next_shares_its_topics_and_is_for_the_same_readers(client):
    make_practice()
    grief, loss = make_topic("Grief"), make_topic("Loss")
    made = {
        "Here": ((grief, loss), {}),
        "Both": ((grief, loss), {"published_on": date(2025, 1, 1)}),
        "Newer": ((grief,), {"published_on": date(2026, 5, 1)}),
        "Older": ((loss,), {"published_on": date(2026, 4, 1)}),
        "Oldest": ((loss,), {"published_on": date(2024, 4, 1)}),
        "Else": ((), {}),
        "Draft": ((grief,), {"status": "draft", "published_on": None}),
        "For others": ((grief, loss), {"audience": Article.Audience.THERAPISTS}),
    }
    for title, (topics, fields) in made.items():
        make_article(title, slug=title.lower().replace(" ", "-"), **fields).topics.set(topics)

    page = client.get("/articles/here/").text

    titles = re.findall(r'<li>\s*<a href="/articles/[^"]+/">([^<]+)</a>', page)
    in_preview = [each.title for each in reading(Article.objects.get(slug="here")).next_ones]
    assert titles == in_preview == ["Both", "Newer", "Older"]


def test_search_engines_are_told_who_stands_for_an_article_and_what_it_cites(client):
    Practice.objects.update(name="Withy")
    ada = make_person("Ada", role="Psychologist", is_clinician=True, slug="ada")
    article = make_article(
        "Minds </script>",
        slug="minds",
        summary="In plain words.",
        author=make_person("Imogen", role="Writer"),
        reviewer=ada,
        published_on=date(2026, 11, 2),
        reviewed_on=date(2026, 11, 9),
    )
    cite(article, 1)
    for day in (3, 20):
        ArticleChange.objects.create(article=article, changed_on=date(2026, 11, day), words="A sentence is mended.")
    article.topics.add(make_topic("Attachment"))
    cited = article.references.get()

    [told] = re.findall(r'ld\+json">(.+?)</script>', client.get("/articles/minds/").text, re.S)

    assert json.loads(told) == {
        "@context": "https://schema.org/",
        "@type": ["Article", "MedicalWebPage"],
        "headline": "Minds </script>",
        "description": "In plain words.",
        "url": "http://localhost:8000/articles/minds/",
        "inLanguage": "en-GB",
        "datePublished": "2026-11-02",
        "dateModified": "2026-11-20",
        "author": {"@type": "Person", "name": "Imogen", "jobTitle": "Writer"},
        "publisher": {"@type": "Organization", "name": "Withy", "url": "http://localhost:8000"},
        "reviewedBy": {
            "@type": "Person",
            "name": "Ada",
            "jobTitle": "Psychologist",
            "url": "http://localhost:8000/clinicians/ada/",
        },
        "lastReviewed": "2026-11-09",
        "about": ["Attachment"],
        "citation": [
            {
                "@type": "CreativeWork",
                "name": cited.title,
                "author": cited.authors,
                "datePublished": str(cited.year),
                "isPartOf": cited.source,
            }
        ],
    }


def test_an_article_that_nobody_reviewed_claims_no_review(client):
    article = make_article(slug="minds", reviewed_on=date(2026, 11, 9))

    [told] = re.findall(r'ld\+json">(.+?)</script>', client.get(article.get_absolute_url()).text, re.S)

    assert (json.loads(told)["@type"], {"reviewedBy", "lastReviewed", "citation"} & json.loads(told).keys()) == (
        "Article",
        set(),
    )


@pytest.mark.sqlite  # PostgreSQL counts how many articles are published
def test_the_index_for_readers_finds_what_to_read_next_and_not_the_newest_which_come_by_their_day():
    index = "article_for_its_readers"

    assert index in with_parts(Article.objects.filter(pk=1)).explain()
    assert index not in listed_articles()[:3].explain()
