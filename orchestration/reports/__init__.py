"""Reports for senders: what became of a delivery, what is wrong in it and what to do, in words for people who keep files.

Belongs here: reading what ingestion kept, words, HTML and CSV. Does not belong here: judging rows (ingestion); nothing here changes
what is accepted. A report of one source is made from that source's own records and rows alone.
"""

from orchestration.reports.facts import DeliveryReport, delivery_report
from orchestration.reports.page import as_html
from orchestration.reports.write import report_path, write_reports

__all__ = ["DeliveryReport", "as_html", "delivery_report", "report_path", "write_reports"]
