from urllib.parse import urlencode

from django.core.paginator import Page
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_safe

from articles import pages
from articles.commenting.conversation import conversation, with_comments
from articles.editing.previews import LinkOver, previewed
from articles.forms import ReportForm
from articles.models import Article, ArticleQuerySet, GlossaryTerm, Topic
from articles.reading import cover_within, reading, with_parts
from articles.reports import receive_report
from kit.database.questions import Asked, compiled_once, first_or_404
from kit.pages.http import anonymous_post, private_page, public_page
from practice.old_addresses import chosen_anew

COVER_KEPT_FOR = 30 * 24 * 3600
COVER_POLICY = "default-src 'none'; style-src 'unsafe-inline'"  # the picture's own style element, and nothing else


@public_page(queries=("topic", "page"))
@require_safe
def articles(request):
    topics, asked = pages.topics(), request.GET.get("topic", "")
    topic = next((topic for topic in topics if topic.slug == asked), None)
    if asked and topic is None and (renamed := chosen_anew(request, "topic", "articles.topic")):
        return renamed
    page = pages.no_page() if asked and not topic else pages.page_of(topic, request.GET.get("page"))
    context = {"topics": topics, "topic": topic, "asked": asked, "page": page, **_addresses(topic, page)}
    context["has_glossary"] = pages.has_glossary()
    return render(request, "articles/articles.html", {"nav_section": "articles", **context})


@public_page()
@require_safe
def glossary(request):
    terms = GlossaryTerm.objects.all()
    return render(request, "articles/glossary.html", {"nav_section": "articles", "terms": terms})


@public_page(queries=("page",), shows_places=True)
@require_safe
def article(request, slug):
    """`page` is one of its comments."""
    found = first_or_404(_pages(slug=slug))
    talk = conversation(found, asked=request.GET.get("page", ""))
    context = {"nav_section": "articles", "reading": reading(found), "conversation": talk}
    return render(request, "articles/article.html", context)


@public_page()
@require_http_methods(["GET", "HEAD", "POST"])
@anonymous_post(scope="error-report", per_hour=10)
def report(request, slug):
    """What a reader found wrong."""
    about = get_object_or_404(Article.objects.published().only("title", "slug"), slug=slug)
    form = ReportForm(request.POST or None, action=reverse("articles:report", args=[slug]))
    if request.method == "POST" and form.is_valid():
        receive_report(about, **form.cleaned_data)
        return HttpResponseRedirect(reverse("articles:report_sent", args=[slug]), status=303)
    status = 422 if request.method == "POST" else 200
    return render(request, "articles/report.html", {"article": about, "form": form}, status=status)


@public_page()
@require_safe
def report_sent(request, slug):
    about = get_object_or_404(Article.objects.published().only("title", "slug"), slug=slug)
    return render(request, "articles/report_sent.html", {"article": about})


@private_page
@require_safe
def preview(request, secret):
    """For somebody without an account who was sent the link. Its cover comes within the page, as at the desk."""
    try:
        found = previewed(secret, timezone.now())
    except LinkOver:
        return render(request, "articles/preview_ended.html", status=410)
    if found is None:
        raise Http404
    context = {"reading": reading(found), "is_preview": True, "is_by_link": True, "cover_src": cover_within(found)}
    return render(request, "articles/article.html", context)


@require_safe
def cover(request, slug):
    svg = get_object_or_404(Article.objects.published().values_list("cover", flat=True), slug=slug)
    response = HttpResponse(svg, content_type="image/svg+xml", headers={"Content-Security-Policy": COVER_POLICY})
    patch_cache_control(response, public=True, max_age=COVER_KEPT_FOR)
    return response


@compiled_once
def _pages(slug: Asked) -> ArticleQuerySet:
    found = with_comments(with_parts(Article.objects.published().filter(slug=slug)))
    return found.select_related("author__portrait", "reviewer", "interviewee", "picture").defer("cover")


def _addresses(topic: Topic | None, page: Page) -> dict[str, str]:
    """The filter as the pager carries it on, and this very page's one address."""
    chosen = {"topic": topic.slug} if topic else {}
    paged = chosen | ({"page": page.number} if page.number > 1 else {})
    return {"query": urlencode(chosen), "canonical": reverse("articles:articles", query=paged)}
