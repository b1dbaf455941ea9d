from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from articles.commenting.deciding import delete_own
from articles.commenting.forms import CommentForm
from articles.commenting.openness import openness
from articles.commenting.own_links import comment_of, own_path
from articles.commenting.receiving import CommentsClosed, Sent, TooManyUnread, receive_comment
from articles.commenting.suspicion import Way
from articles.models import Article
from kit.guard.tries import client_network
from kit.pages.http import DONE, HONEYPOT, SeeOther, after_press, anonymous_post, form_page, private_page
from practice.models import Practice


@form_page
@require_http_methods(["GET", "HEAD", "POST"])
@anonymous_post(scope="comment", per_hour=10)
def comment(request: HttpRequest, slug: str) -> HttpResponse:
    rows = Article.objects.published().only("title", "slug", "audience", "status", "published_on", "takes_comments")
    article = get_object_or_404(rows, slug=slug)
    state = openness(article)
    if not state.is_open or state.guidelines is None:
        return _page(request, article, {"openness": state, "is_closed": True})
    form = CommentForm(request.POST if request.method == "POST" else None, article=article, guidelines=state.guidelines)
    context = {"openness": state, "form": form}
    if request.method != "POST" or not form.is_valid():
        return _page(request, article, context)
    try:
        kept = receive_comment(article, _sent(request, form))
    except CommentsClosed:
        return _page(request, article, context | {"is_closed": True})
    except TooManyUnread as error:
        return _page(request, article, context | {"refused": error})
    return SeeOther(after_press(own_path(kept)))


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
@anonymous_post(scope="own-comment", per_hour=60)
def own_comment(request: HttpRequest, token: str) -> HttpResponse:
    """For whoever wrote it: what became of it, and a button to delete it."""
    found = comment_of(token)
    if found is None:
        raise Http404
    if request.method == "POST":
        delete_own(found)
        return SeeOther(after_press(own_path(found)))
    read_by = Practice.current().answer_by(found.created_at)
    context = {"comment": found, "read_by": read_by, "is_done": DONE in request.GET}
    return render(request, "articles/own_comment.html", context)


def _sent(request: HttpRequest, form: CommentForm) -> Sent:
    answers = form.cleaned_data
    return Sent(
        name=answers["name"],
        words=answers["words"],
        email=answers["email"],
        agreed_words=answers["shown_words"],
        network=client_network(request),
        way=Way(opened=answers["opened"], fell_into_trap=bool(request.POST.get(HONEYPOT))),
    )


def _page(request: HttpRequest, article: Article, context: dict) -> HttpResponse:
    """What was written is on it, whatever became of it."""
    more = {"article": article, "typed": request.POST.get("words", "")}
    status = 422 if request.method == "POST" else 200
    return render(request, "articles/comment.html", more | context, status=status)
