"""The pages of somebody's own record: nobody else opens them, and nothing of them is kept anywhere."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kit.guard.tries import is_over_limit
from kit.pages.http import SeeOther, private_page, too_many_requests
from kit.texts import pdf
from kit.texts.csv_cells import csv_lines
from learning.cpd import record
from learning.cpd.forms import EntryForm, WordsForm
from learning.models import Certificate, CpdEntry
from practice.models import Practice

COLUMNS = ["Day", "What", "With whom", "Kind", "Hours", "Certificate", "In the name of", "Plan", "Review", "Reflection"]
PDFS_PER_HOUR = 10
FULL = "Your record is full. Write to us, and we find a way."
KEPT, GONE = "It is in your record.", "It is taken out of your record."
YEARS = range(record.FIRST_YEAR, 2101)


@login_required
@private_page
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    context = {"years": record.years_of(request.user), "has_pdf": pdf.is_available(), "nav_section": "bookings"}
    return render(request, "learning/cpd.html", context)


@login_required
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = EntryForm(request.POST if request.method == "POST" else None, label="Put it into the record")
    if not form.is_valid():
        return _form(request, form, title="Something from elsewhere")
    try:
        record.add_entry(request.user, key=form.cleaned_data["key"], values=form.values())
    except record.TooMany:
        form.add_error(None, FULL)
        return _form(request, form, title="Something from elsewhere")
    return _kept(request, KEPT)


@login_required
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    entry = _own(request, pk)
    now = {name: getattr(entry, name) for name in EntryForm.base_fields if name != "key"}
    form = EntryForm(request.POST if request.method == "POST" else None, initial=now | {"key": entry.key})
    if not form.is_valid():
        return _form(request, form, title=entry.title, entry=entry)
    record.change_entry(entry, form.values())
    return _kept(request, KEPT)


@login_required
@private_page
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    _own(request, pk).delete()
    return _kept(request, GONE)


@login_required
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def reflect(request: HttpRequest, pk: int) -> HttpResponse:
    """On what a certificate is for."""
    found = next((each for each in record.certificates_of(request.user) if each.pk == pk), None)
    if found is None:
        raise Http404("No such certificate of theirs.")
    entry = CpdEntry.objects.filter(user=request.user, certificate=found).first()
    now = {name: getattr(entry, name, "") for name in WordsForm.base_fields}
    form = WordsForm(request.POST if request.method == "POST" else None, initial=now)
    if not form.is_valid():
        return _form(request, form, title=_title(found), certificate=found)
    record.note_words(request.user, found, form.cleaned_data)
    return _kept(request, KEPT)


@login_required
@private_page
@require_safe
def year_csv(request: HttpRequest, year: int) -> StreamingHttpResponse:
    found = _year(request, year)
    answer = StreamingHttpResponse(csv_lines(COLUMNS, map(_cells, found.lines)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="cpd-{year}.csv"'
    return answer


@login_required
@private_page
@require_safe
def year_pdf(request: HttpRequest, year: int) -> HttpResponse:
    """A summary that can be handed in."""
    found = _year(request, year)
    if is_over_limit("cpd", str(request.user.pk), PDFS_PER_HOUR):
        return too_many_requests(request)
    name = request.user.name or request.user.email
    context = {"year": found, "name": name, "practice": Practice.current()}
    try:
        content = pdf.render("learning/cpd_pdf.html", context)
    except pdf.PdfUnavailable as error:
        return render(request, "learning/no_cpd_pdf.html", {"error": error}, status=503)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="cpd-{year}.pdf"'
    return answer


def _own(request: HttpRequest, pk: int) -> CpdEntry:
    return get_object_or_404(CpdEntry, pk=pk, user=request.user, certificate=None)


def _year(request: HttpRequest, year: int) -> record.Year:
    if year not in YEARS:
        raise Http404("No such year.")
    return record.year_of(request.user, year)


def _form(request: HttpRequest, form: WordsForm, **context: object) -> HttpResponse:
    context |= {"form": form, "nav_section": "bookings"}
    return render(request, "learning/cpd_entry.html", context, status=422 if form.errors else 200)


def _kept(request: HttpRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return SeeOther(redirect("cpd:overview").url)


def _title(certificate: Certificate) -> str:
    return certificate.facts.get("course", "")


def _cells(line: record.Line) -> list:
    serial = line.certificate.serial if line.certificate else ""
    what = [line.done_on.isoformat(), line.title, line.provider, line.kind_words, line.hours]
    return [*what, serial, line.name, *line.words]
