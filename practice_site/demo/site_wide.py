"""What the demo's practices say on every page, where old addresses lead, and what is otherwise than usual."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from practice.models import HomeSection, MenuEntry, Practice, Redirect, SiteNotice, SiteWords
from practice_site.demo.practices import DemoPractice
from practice_site.demo.words.site_wide import NoticeWords


def load_site_wide(whole: DemoPractice, today: date) -> None:
    for words in whole.notices:
        _load_notice(words, today)
    for each in whole.redirects:
        Redirect.objects.get_or_create(old=each.old, defaults=vars(each))
    site_words = SiteWords.current()
    for entry in whole.menu:
        MenuEntry.objects.get_or_create(site_words=site_words, page=entry.page, defaults=vars(entry))
    for section in whole.sections:
        HomeSection.objects.get_or_create(site_words=site_words, kind=section.kind, defaults=vars(section))


def _load_notice(words: NoticeWords, today: date) -> None:
    zone = Practice.current().zone
    columns = {
        "link": words.link,
        "link_words": words.link_words,
        "starts_at": timezone.now(),
        "ends_at": datetime.combine(today + timedelta(days=words.ends_in_days), time(12), zone),
    }
    SiteNotice.objects.get_or_create(words=words.words, defaults=columns)
