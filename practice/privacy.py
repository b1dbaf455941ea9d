from kit.guard.privacy import Kept, about_nobody, delete_rows, keeps

keeps(
    Kept(
        "practice.enquiry",
        columns=("name", "email", "phone", "message", "agreed_words", "notes"),
        by="email",
        is_sealed=True,
        names=("name",),
        why="They asked for an answer, and agreed that we keep what they wrote.",
        until="As many days as “enquiries kept” of the practice says.",
        erase=delete_rows,
    ),
)
# Who works here, and the practice itself: public, and changed at the desk.
about_nobody("practice.person.*", "practice.practice.*", "practice.saleterms.*", "practice.sitewords.*")
about_nobody(
    "practice.location.*",
    "practice.crisisline.*",
    "practice.city.*",
    "practice.fee.*",
    "practice.service.*",
    "practice.concern.*",
)
about_nobody("practice.page.*", "practice.registration.*", "practice.oldaddress.*", "practice.refundtier.*")
about_nobody("practice.answertext.*", "practice.enquirytally.*", "practice.enteredhour.*")
about_nobody("practice.sitenotice.*", "practice.redirect.*", "practice.menuentry.*", "practice.link.*")
