from datetime import timedelta

from kit.due import due
from orders import fees, reconcile
from orders.changes import rebooking, workshop_cancellation
from orders.invoices import chasing
from orders.paper import documents

open_attempts = due(every=timedelta(minutes=2))(reconcile.open_attempts)
undecided_money = due(every=timedelta(seconds=20))(reconcile.undecided_money)
ended_holds = due(every=timedelta(seconds=20))(reconcile.ended_holds)
untold_payments = due(every=timedelta(hours=1))(reconcile.untold_payments)
untold_refunds = due(every=timedelta(hours=1))(reconcile.untold_refunds)
untold_disputes = due(every=timedelta(hours=1))(reconcile.untold_disputes)
unknown_fees = due(every=timedelta(minutes=5))(fees.unknown_fees)
unsent_refunds = due(every=timedelta(minutes=1))(reconcile.unsent_refunds)
missing_documents = due(every=timedelta(minutes=1))(documents.issue_missing)
cancelled_workshops = due(every=timedelta(minutes=1))(workshop_cancellation.follow_up)
silent_offers = due(every=timedelta(minutes=10))(rebooking.refund_the_silent)
invoice_reminders = due(every=timedelta(minutes=10))(chasing.remind)
