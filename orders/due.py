from datetime import timedelta

from kit.work.due import Lane, due
from orders import ended_sales, privacy
from orders.books import findings
from orders.changes import announcements, rebooking, workshop_changes
from orders.documents import issuing, sales_exports
from orders.invoices import chasing
from orders.settling import balance, fees, reconcile, workshop_cancellation

ask_about_open_attempts = due(every=timedelta(minutes=2), lane=Lane.SALES)(reconcile.ask_about_open_attempts)
decide_recent_money = due(every=timedelta(seconds=20), lane=Lane.SALES)(reconcile.decide_recent_money)
decide_recorded_money = due(every=timedelta(hours=1), lane=Lane.SALES)(reconcile.decide_recorded_money)
close_ended_holds = due(every=timedelta(seconds=20), lane=Lane.SALES)(reconcile.close_ended_holds)
find_untold_payments = due(every=timedelta(hours=1), lane=Lane.SALES)(reconcile.find_untold_payments)
find_untold_refunds = due(every=timedelta(hours=1), lane=Lane.SALES)(reconcile.find_untold_refunds)
find_untold_disputes = due(every=timedelta(hours=1), lane=Lane.SALES)(reconcile.find_untold_disputes)
ask_for_unknown_fees = due(every=timedelta(minutes=5), lane=Lane.SALES)(fees.ask_for_unknown_fees)
read_balance = due(every=timedelta(minutes=15), lane=Lane.SALES)(balance.read_balance)
read_told_payouts = due(every=timedelta(minutes=1), lane=Lane.SALES)(balance.read_told_payouts)
send_waiting_refunds = due(every=timedelta(minutes=1), lane=Lane.SALES)(reconcile.send_waiting_refunds)
check_books = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(findings.check_rows)
issue_recent_documents = due(every=timedelta(minutes=1), lane=Lane.UPKEEP)(issuing.issue_recent)
issue_missing_documents = due(every=timedelta(days=1), lane=Lane.UPKEEP)(issuing.issue_missing)
follow_up_cancelled_workshops = due(every=timedelta(minutes=1), lane=Lane.SALES)(workshop_cancellation.follow_up)
refund_the_silent = due(every=timedelta(minutes=10), lane=Lane.SALES)(rebooking.refund_the_silent)
make_sales_exports = due(every=timedelta(seconds=5), lane=Lane.UPKEEP)(sales_exports.make_sales_exports)
delete_old_exports = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(sales_exports.delete_old_exports)
remind_of_invoices = due(every=timedelta(minutes=10), lane=Lane.UPKEEP)(chasing.remind)
write_announcements = due(every=timedelta(seconds=10), lane=Lane.UPKEEP)(announcements.write_announcements)
tell_of_changes = due(every=timedelta(seconds=20), lane=Lane.UPKEEP)(workshop_changes.tell_of_changes)
forget_unpaid_orders = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(privacy.forget_unpaid_orders)
forget_bank_words = due(every=timedelta(days=1), lane=Lane.UPKEEP)(privacy.forget_bank_words)
forget_events = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(privacy.forget_events)
forget_ended_sales = due(every=timedelta(days=1), lane=Lane.UPKEEP)(ended_sales.forget_ended_sales)
