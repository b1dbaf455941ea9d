from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from orders.admin.orders_csv import sales_csv
from practice.models import Practice


def download(request, model_admin):
    """What the list of orders shows with the same filters and search, as a table."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    try:
        orders = model_admin.get_changelist_instance(request).get_queryset(request)
    except IncorrectLookupParameters:  # the list says what to do
        return redirect(f"{reverse('admin:orders_order_changelist')}?e=1")
    lines = sales_csv(orders, zone=Practice.current().time_zone)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="sales.csv"'
    return answer
