from practice_site.demo.shapes.teaching import SeriesWords

SERIES = (
    SeriesWords(
        slug="grief-and-parts",
        title="Grief and parts: two workshops in one",
        blurb="Complexity in grief, and an introduction to Internal Family Systems, for one person and at one price.",
        body="<p>Two days of practice that belong together: first how grief becomes complex, then how parts of a "
        "person carry it. Each workshop has its own page with what is taught, its own joining page, recording and "
        "certificate.</p><p>You have a place in both, or in neither: nobody ends up with half of it.</p>",
        price="170.00",
        workshops=("complexity-in-grief-one-day", "internal-family-systems-one-day"),
    ),
    SeriesWords(
        slug="families-and-parts",
        title="Families and parts: a small group and two evenings",
        blurb="Brothers and sisters in the room, and an introduction to Internal Family Systems over two evenings.",
        body="<p>First a day in a small group on what siblings are to each other, then two evenings on how a person "
        "carries them within. Each workshop has its own page with what is taught.</p>",
        price="160.00",
        workshops=("siblings-small-group", "internal-family-systems-two-evenings"),
    ),
)
