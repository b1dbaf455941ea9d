from datetime import date

from practice_site.demo.shapes.reading import ArticleWords, ClaimWords, Cover, ReferenceWords

BODY = """
<p>Somewhere on a waiting-room table there is a leaflet which says that your brain grows new cells all your life, and
that the right practice will make it grow more. It is a cheering thought. It is also a sentence in which two different
things have become tangled, and one of the two is among the most argued-over questions in brain science.</p>
<p>This is an attempt to untangle them. It matters a little, because a hope that rests on a doubtful fact is easily
knocked over, and the hope does not need that fact.</p>

<h2>Two questions, not one</h2>
<p>The first question is whether an adult brain can <strong>change its connections</strong>. The answer is yes, and
nobody whom we have read disputes it. Nerve cells meet at junctions called synapses. These strengthen with use and
weaken without it, new ones form and old ones are lost, and whole networks shift how they work together. Every time
you learn a name or find your way around a new supermarket, something of the kind has happened. This is what is
properly meant by <a href="/articles/glossary/#plasticity">plasticity</a>.</p>
<p>The second question is whether an adult brain can <strong>make new nerve cells</strong>. That is called
<a href="/articles/glossary/#neurogenesis">neurogenesis</a>. It is a separate matter, it is thought to concern only
small regions if it happens at all, and it is the one to which the honest answer keeps changing.</p>
<table>
<caption>The two questions side by side</caption>
<tbody>
<tr><th><p>Question</p></th><th><p>In an adult brain</p></th><th><p>How sure that is</p></th></tr>
<tr><th><p>Do connections change?</p></th><td><p>Yes, with use and with rest</p></td><td><p>Nobody whom we have read
disputes it</p></td></tr>
<tr><th><p>Do new nerve cells come?</p></th><td><p>If so, a few, in one small region</p></td><td><p>Argued over since
1998 [2, 3]</p></td></tr>
</tbody>
</table>

<h2>Windows that open, and seldom shut entirely</h2>
<p>Children’s brains are not simply more plastic versions of ours. Some abilities have periods in which they are set
with particular ease: the fine tuning of vision is the classic case, and the sounds of a first language are another.
Afterwards, change is usually slower, takes more effort and needs a better reason. It does not stop.</p>
<p>A study of London taxi drivers gives a good picture. Over three or four years, trainees learn the layout of the
city’s streets for an examination called the Knowledge. Researchers scanned them before and after. In those who had
qualified, the back part of the
<a href="/articles/glossary/#hippocampus">hippocampus</a>,
which helps with finding one’s way, showed more grey matter than it had
at the start. Trainees who did not qualify, and people who had not trained, showed no such change [1]. It is a modest
study. It is also one of the clearer signs that long, demanding learning can be seen in the structure of an adult
brain. It does not show new cells: grey matter on a scan can alter for several reasons.</p>

<h2>The argument about new cells</h2>
<p>For most of the last century the textbook view was that no nerve cells are added after early development. In 1998 a
group working in Sweden and California examined brain tissue from people who, as part of their care for cancer, had
been given a substance that marks dividing cells. They found the mark in young nerve cells of the hippocampus [2]. The
old rule seemed to have fallen.</p>
<p>Twenty years later two careful papers appeared within weeks of each other. One looked at tissue from people of many
ages and found that young nerve cells fell away steeply in childhood. In adults it found none [3]. The other looked at
people aged from 14 to 79 and reported thousands of immature nerve cells, at similar levels across that span [4]. They
could not both be right about everything.</p>
<p>Some authors of the first paper answered by going through the caveats of such studies [5]. By 2021 the two camps
were setting out their cases side by side in one journal: one that the evidence for new cells is good [6], the other
that very few, if any, are born in adults [7].</p>

<h3>Why it is so hard to settle</h3>
<ul>
<li>New nerve cells cannot be seen in a living person. No scanner in use today can do it.</li>
<li>Tissue comes from people who have died or had surgery. How long it waited, and how it was preserved, changes what
can be seen in it.</li>
<li>The chemical markers used to recognise young cells are found in some older ones as well [7].</li>
<li>Mice and rats do add new cells in adulthood. People are not large mice.</li>
</ul>

<h3>Where it stands as we write</h3>
<p>Newer methods read the activity of genes in single cells. In 2025 one such study reported dividing cells, of the
kind from which nerve cells come, in the hippocampus of some adults [8]. On our reading, the balance has begun to tip
towards “some new cells, in some adults, in one small region”. How many, for what purpose, and whether anything we do
makes a difference to the number, remains unknown in people. A reasonable scientist could still disagree with this
paragraph, and we expect to revise it.</p>

<h2>What scans can and cannot show</h2>
<p>Much of the excitement about meditation and therapy came from scans. They deserve the same care.</p>
<p>Early reports suggested that an eight-week mindfulness course thickens parts of the brain. When researchers
combined two controlled trials, with 218 people who were new to meditation, they found no structural change compared
with either of two control groups [9]. Mindfulness helps some people with stress or low mood. It does not suit
everyone: in a review of 83 studies of meditation about one person in twelve reported something unwanted, most often
anxiety or low mood [10]. None of that is decided by a picture of the cortex.</p>
<p>With therapy the story is similar. A review of 16 imaging studies, covering 193 people treated for anxiety or
depression, found changes in activity that were consistent only in part from one study to the next [11]. For phobias
the studies agreed best: parts that answer to alarm were quieter. For depression and other anxieties they agreed only
here and there.</p>
<blockquote><p>A brain scan can be interesting without being the reason to do something.</p></blockquote>

<h2>What this means if you are in therapy</h2>
<p>You do not need a regrown brain. The changes that therapy hopes for, such as expecting less harm, finding words
sooner, or staying in a conversation that you would once have left, are forms of learning. Learning depends on
connections, and those do change at any age. How quickly, and how far, differs between people, and nobody can promise
it to you from a diagram.</p>
<p>There is some comfort in the dull version. If change is learning, then it comes with practice, it comes unevenly,
it is often easier with rest and company, and a bad week does not undo it.</p>

<h2>An example</h2>
<p>This is made up. A client, Leo, brings a cutting to his third session. It says that eight weeks of sitting still will
grow his brain. He has bought the course, and he has missed two days of it. “So that is that,” he says. “I cannot even
do this.”</p>
<p>His therapist could argue with the cutting. She could also let it stand, since it gave him hope. She does neither.
She says that people do go on learning all their lives, and that nobody has to grow new cells for it. Then she asks what
he had hoped would be different in eight weeks.</p>
<p>He had hoped not to shout at his son in the mornings. That can be looked at. They go through one morning, step by
step, and find the place where it turns: the shoes. He will try one thing there, on two days out of five, and not mind
the other three.</p>
<p>He keeps the course, too. He likes the quiet. But what they count is mornings.</p>

<h2>Four questions to ask of a headline</h2>
<ol>
<li>Does it mean new <em>connections</em> or new <em>cells</em>?</li>
<li>Was it found in people or in other animals?</li>
<li>How many took part, and with whom were they compared?</li>
<li>Did anyone’s life get better, or only their scan?</li>
</ol>
"""

ARTICLE = ArticleWords(
    slug="can-adult-brains-grow-new-cells",
    title="Can adult brains grow new cells?",
    summary=(
        "The honest answer has changed more than once in thirty years. Here is where the argument stands, and why "
        "therapy does not depend on it."
    ),
    in_brief=(
        "Connections between nerve cells change with experience at every age. That is well established.",
        (
            "Whether adults also make new nerve cells is still argued over. Recent studies lean towards a few, in one "
            "small region."
        ),
        "Scans cannot show new cells in a living person, and the change that therapy hopes for does not need them.",
    ),
    topics=("relational-neuroscience", "reading-research"),
    author="adaeze-okonjo",
    reviewer="imogen-farrow",
    published_days_ago=27,
    reviewed_on=date(2026, 11, 8),
    body=BODY,
    references=(
        ReferenceWords(
            "Woollett K, Maguire EA",
            2011,
            "Acquiring “the Knowledge” of London’s layout drives structural brain changes",
            "Current Biology 21(24):2109–2114",
            "10.1016/j.cub.2011.11.018",
        ),
        ReferenceWords(
            "Eriksson PS, Perfilieva E, Björk-Eriksson T, et al.",
            1998,
            "Neurogenesis in the adult human hippocampus",
            "Nature Medicine 4(11):1313–1317",
            "10.1038/3305",
        ),
        ReferenceWords(
            "Sorrells SF, Paredes MF, Cebrian-Silla A, et al.",
            2018,
            "Human hippocampal neurogenesis drops sharply in children to undetectable levels in adults",
            "Nature 555:377–381",
            "10.1038/nature25975",
        ),
        ReferenceWords(
            "Boldrini M, Fulmore CA, Tartt AN, et al.",
            2018,
            "Human hippocampal neurogenesis persists throughout aging",
            "Cell Stem Cell 22(4):589–599",
            "10.1016/j.stem.2018.03.015",
        ),
        ReferenceWords(
            "Paredes MF, Sorrells SF, Cebrian-Silla A, et al.",
            2018,
            "Does adult neurogenesis persist in the human hippocampus?",
            "Cell Stem Cell",
            "10.1016/j.stem.2018.11.006",
        ),
        ReferenceWords(
            "Moreno-Jiménez EP, Terreros-Roncal J, Flor-García M, Rábano A, Llorens-Martín M",
            2021,
            "Evidences for adult hippocampal neurogenesis in humans",
            "Journal of Neuroscience 41(12):2541–2553",
            "10.1523/JNEUROSCI.0675-20.2020",
        ),
        ReferenceWords(
            "Sorrells SF, Paredes MF, Zhang Z, et al.",
            2021,
            "Positive controls in adults and children support that very few, if any, new neurons are born in the adult "
            "human hippocampus",
            "Journal of Neuroscience 41(12):2554–2565",
        ),
        ReferenceWords(
            "Dumitru I, Paterlini M, Zamboni M, et al.",
            2025,
            "Identification of proliferating neural progenitors in the adult human hippocampus",
            "Science 389(6755):58–63",
            "10.1126/science.adu9575",
        ),
        ReferenceWords(
            "Kral TRA, Davis K, Korponay C, et al.",
            2022,
            "Absence of structural brain changes from mindfulness-based stress reduction: two combined randomized "
            "controlled trials",
            "Science Advances 8(20):eabk3316",
            "10.1126/sciadv.abk3316",
        ),
        ReferenceWords(
            "Farias M, Maraldi E, Wallenkampf KC, Lucchetti G",
            2020,
            "Adverse events in meditation practices and meditation-based therapies: a systematic review",
            "Acta Psychiatrica Scandinavica 142(5):374–393",
            "10.1111/acps.13225",
        ),
        ReferenceWords(
            "Messina I, Sambin M, Palmieri A, Viviani R",
            2013,
            "Neural correlates of psychotherapy in anxiety and depression: a meta-analysis",
            "PLoS ONE 8(9):e74657",
            "10.1371/journal.pone.0074657",
        ),
    ),
    related_courses=("internal-family-systems-introduction",),
    cover=Cover("leaves", "river"),
    claims=(
        ClaimWords(
            "strong", "Connections between nerve cells change at every age", "Nobody whom we read disputes it [1]"
        ),
        ClaimWords("contested", "Adults grow new nerve cells", "Careful studies say yes and no [3, 4, 6, 7, 8]"),
        ClaimWords("contested", "An eight-week mindfulness course thickens the brain", "Not found in 218 people [9]"),
        ClaimWords(
            "mixed",
            "Mindfulness helps some, and unsettles others",
            "About one in twelve reported something unwanted [10]",
        ),
        ClaimWords("mixed", "Therapy shows on a scan", "16 studies that agree best for phobias [11]"),
    ),
    would_change=("A way to see new nerve cells in a living person, and two groups who find the same with it."),
    audience="therapists",
)
