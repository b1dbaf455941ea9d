"""Where an owner sees what the site keeps about somebody, takes a copy for them, and erases them.

The address is sent, never part of a page's own address: those stand in logs.
"""

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from kit.desk.desk_pages import desk_page
from kit.forms.forms import EmailField
from kit.guard.addresses import benefit_key
from kit.guard.privacy import all_kept
from kit.guard.security_log import note
from outbox.models import person_of
from privacy import people

OWN = "This is your own account's address. Somebody else has to erase you."


class AddressForm(forms.Form):
    address = EmailField(
        label="Email address", help_text="However it is written: +tags and dots at Gmail are seen through."
    )


class EraseForm(AddressForm):
    is_sure = forms.BooleanField(
        label="They asked for it, and I know that it is they who ask", error_messages={"required": "Please tick this."}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def person_page(request: HttpRequest, model_admin: ModelAdmin) -> HttpResponse:
    """POST shows what there is, and changes nothing."""
    form = _asked(request)
    if not form.is_valid():
        return _ask(request, model_admin, form)
    _note("looked up", request, form.cleaned_data["address"])
    return _found(request, model_admin, form.cleaned_data["address"], EraseForm(initial=form.cleaned_data))


@require_POST
def copy_page(request: HttpRequest, model_admin: ModelAdmin) -> HttpResponse:
    form = _asked(request)
    if not form.is_valid():
        return _ask(request, model_admin, form)
    facts = people.copy(form.cleaned_data["address"], user=request.user)
    _note("copied", request, form.cleaned_data["address"])
    response = JsonResponse(facts, encoder=people.Encoder, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="what-we-keep.json"'
    return response


@require_POST
def erase_page(request: HttpRequest, model_admin: ModelAdmin) -> HttpResponse:
    asked, form = _asked(request), EraseForm(request.POST)
    if not asked.is_valid():
        return _ask(request, model_admin, asked)
    address = asked.cleaned_data["address"]
    if not form.is_valid():
        return _found(request, model_admin, address, form)
    if benefit_key(address) == benefit_key(request.user.email):
        messages.warning(request, OWN)
        return redirect("admin:privacy_person")
    found = people.erase(address, user=request.user)
    _note("erased", request, address)
    gone, staying = sum(each.goes for each in found), sum(len(each.staying) for each in found)
    messages.success(request, f"Erased: {gone} rows. {staying} stay, as the page said. The request is in this list.")
    return redirect("admin:privacy_personrequest_changelist")


def _note(done: str, request: HttpRequest, address: str) -> None:
    note(f"person {done}", person=person_of(address), request=request)


def _asked(request: HttpRequest) -> AddressForm:
    """Owners alone may ask."""
    if not request.user.is_superuser:
        raise PermissionDenied
    return AddressForm(request.POST if request.method == "POST" else None)


def _ask(request: HttpRequest, model_admin: ModelAdmin, form: AddressForm) -> HttpResponse:
    return _page(request, model_admin, {"form": form, "kept": all_kept()}, status=422 if form.is_bound else 200)


def _found(request: HttpRequest, model_admin: ModelAdmin, address: str, form: EraseForm) -> HttpResponse:
    form.fields["address"].widget = forms.HiddenInput()
    context = {"address": address, "found": people.find(address), "erase_form": form}
    return _page(request, model_admin, context, status=422 if form.is_bound else 200)


def _page(request: HttpRequest, model_admin: ModelAdmin, context: dict, *, status: int) -> HttpResponse:
    ours = {"title": "Export or erase a person", "here": "A person"}
    return desk_page(request, model_admin, "admin/privacy/person.html", ours | context, status=status)
