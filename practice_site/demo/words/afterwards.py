"""What people said and wrote down after the demo's past workshop."""

from decimal import Decimal

from practice_site.demo.shapes.teaching import ReviewWords

READER = "noor.haddad@example.org"
REVIEWS = (
    ReviewWords(
        "frances.oduya@example.org",
        5,
        "I came with one client in mind and left with a way to think about six. The pauses after the work were the "
        "best part: nobody rushed us on.",
    ),
    ReviewWords(
        "harriet.lowe@example.org",
        4,
        "Clear on what is known and what is not, which is rarer than it should be. I would have liked more on grief in "
        "families, but the reading list helps.",
    ),
    ReviewWords(
        "elif.demir@example.org",
        2,
        "Good content, too much of it for one day on a screen. I had to leave early and could not ask my questions.",
        shown_as="nobody",
        reply="Thank you for saying so. The next run has one part less and half an hour for questions at the end.",
    ),
    ReviewWords(
        "kirsty.munro@example.org",
        5,
        "Practical from the first hour on, and kind. I used two of the questions today.",
        is_read=False,
    ),
)
RECORD = (
    {
        "weeks_ago": 9,
        "title": "Continuing Bonds, the first six chapters",
        "provider": "Klass, Silverman and Nickman",
        "kind": "reading",
        "hours": Decimal("4.5"),
        "plan": "To have more than stages to offer when somebody does not want to let go.",
        "review": "Bonds change; they need not end. The chapter on bereaved parents is the one to come back to.",
        "reflection": "I ask now who the person still is to them, and wait longer for the answer.",
    },
    {
        "weeks_ago": 3,
        "title": "Peer supervision group",
        "provider": "",
        "kind": "supervision",
        "hours": Decimal("1.5"),
        "plan": "",
        "review": "",
        "reflection": "",
    },
)
