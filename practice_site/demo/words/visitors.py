"""Invented people who book, attend and wait. Their addresses are on a domain that is reserved for examples."""

from practice_site.demo.shapes.sales import AnnouncementWords, PayerWords, PurchaseWords, VisitorWords

NOOR = VisitorWords("Noor Haddad", "noor.haddad@example.org")
ORLA = VisitorWords("Orla Byrne", "orla.byrne@example.org", "Europe/Dublin")
GRACE = VisitorWords("Grace Whitlock", "grace.whitlock@example.org", "America/New_York")
LUC = VisitorWords("Luc Armand", "luc.armand@example.org", "Europe/Paris")
HARRIET = VisitorWords("Harriet Lowe", "harriet.lowe@example.org")
JOEL = VisitorWords("Joel Abrams", "joel.abrams@example.org", "America/New_York")
FRANCES = VisitorWords("Frances Oduya", "frances.oduya@example.org")
BEN = VisitorWords("Ben Carrick", "ben.carrick@example.org")
PIOTR = VisitorWords("Piotr Zielinski", "piotr.zielinski@example.org", "Europe/Warsaw")

# Whose orders wait for somebody
MARCUS = VisitorWords("Marcus Bell", "marcus.bell@example.org")
SUNITA = VisitorWords("Sunita Kaur", "sunita.kaur@example.org")
TOM = VisitorWords("Tom Ashdown", "tom.ashdown@example.org")
WILMA = VisitorWords("Wilma Bakker", "wilma.bakker@example.org", "Europe/Amsterdam")
REFUSED = VisitorWords("Xavier Noble", "refused@example.org")
YUSUF = VisitorWords("Yusuf Karaca", "yusuf.karaca@example.org")
ZOE = VisitorWords("Zoe Pellow", "zoe.pellow@example.org")
COLLEAGUES = ("Hana Brook",)
CALDER = PayerWords("Calder Family Support", "3 Weir Lane\nHalifax HX1", "CF-118")
TIDEWAY = PayerWords("Tideway College", "Accounts\n8 Ferry Road\nHull HU1", "")
MARLING = PayerWords("Marling Practice", "22 High Street\nStroud GL5", "")

# Who came on the past workshop; the first of them hold places on the coming ones too.
ATTENDEES = (
    VisitorWords("Amara Nwosu", "amara.nwosu@example.org"),
    BEN,
    VisitorWords("Chiara Fontana", "chiara.fontana@example.org", "Europe/Rome"),
    VisitorWords("Dafydd Rees", "dafydd.rees@example.org"),
    VisitorWords("Elif Demir", "elif.demir@example.org", "Europe/Istanbul"),
    FRANCES,
    VisitorWords("Gil Serrano", "gil.serrano@example.org", "Europe/Madrid"),
    HARRIET,
    VisitorWords("Ines Marchetti", "ines.marchetti@example.org", "Europe/Paris"),
    JOEL,
    VisitorWords("Kirsty Munro", "kirsty.munro@example.org"),
    VisitorWords("Leila Rahimi", "leila.rahimi@example.org"),
    VisitorWords("Marta Kovacs", "marta.kovacs@example.org", "Europe/Budapest"),
    VisitorWords("Niamh Doyle", "niamh.doyle@example.org", "Europe/Dublin"),
    VisitorWords("Owen Tully", "owen.tully@example.org"),
    VisitorWords("Priya Raman", "priya.raman@example.org", "Asia/Kolkata"),
    VisitorWords("Quentin Ash", "quentin.ash@example.org", "America/Chicago"),
    NOOR,
)

# Minutes after the start from which to which somebody was in the meeting; everybody else was there throughout.
STAYS = {
    "chiara.fontana@example.org": ((-5, 118), (131, 400)),
    "elif.demir@example.org": ((-2, 95),),
    "gil.serrano@example.org": ((22, 180), (183, 400)),
    "quentin.ash@example.org": (),
}

ASKED_TO_WAIT = "una.brandt@example.org"  # and has not pressed the button yet
WAITS_FOR_SERIES = "tess.holloway@example.org"
WAITING = ("rosa.lindahl@example.org", "samir.aziz@example.org", "tess.holloway@example.org")
INTERESTED = ("una.brandt@example.org", "viktor.hale@example.org")  # in the next date of a course
ASKED_TO_HEAR = "pilar.osei@example.org"  # of it, too, and has not pressed the button yet

ANNOUNCEMENT = AnnouncementWords(
    "complexity-in-grief-last-term",
    "The reading list for {workshop}",
    """Dear {name},

thank you for coming on {date}. The books that were asked about are these:

Worden, Grief Counselling and Grief Therapy
Klass, Silverman and Nickman, Continuing Bonds

Your joining page stays where it is: {link}

Omar Castell""",
)
# Lines of a bank's file: the sum (none: what the invoice comes to), who paid, what they wrote, why it was set aside.
BANK_LINES = (
    ("", "OSIER STREET COUNSELLING", "invoice for order {number} thank you", ""),
    ("105.00", "M OKAFOR", "grief workshop", ""),
    ("25.00", "THE WITHY TRUST", "Library gift", "A gift for the library: the accountant knows."),
)
PURCHASES = (
    PurchaseWords("complexity-in-grief-one-day", NOOR, (("Full price", NOOR),)),
    PurchaseWords(
        "internal-family-systems-two-evenings",
        GRACE,
        (("Full price", GRACE), ("Full price", LUC)),
        cancels=(LUC,),
    ),
    PurchaseWords("complexity-in-grief-one-day", ORLA, (("Full price", ORLA),), uses_code=True),
    PurchaseWords("complexity-in-grief-one-day", HARRIET, (("Full price", HARRIET),), cancels=(HARRIET,)),
    PurchaseWords("complexity-in-grief-one-day", JOEL, (("Full price", JOEL),), is_disputed=True),
    PurchaseWords(
        "complexity-in-grief-one-day",
        FRANCES,
        (("Full price", FRANCES), ("Full price", BEN)),
        payer=PayerWords("Osier Street Counselling Service", "14 Osier Street\nLondon SE1", "PO-2291"),
    ),
    PurchaseWords("internal-family-systems-one-day", PIOTR, (("Concession", PIOTR),), is_paid=False),
)
