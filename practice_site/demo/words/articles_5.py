from datetime import date

from practice_site.demo.shapes.reading import ArticleWords, ChangeWords, ClaimWords, Cover, ReferenceWords

BODY = """
<p><em>This article speaks of abuse and neglect in childhood, in general words. If today is not the day for it, it
will keep. <a href="/help-now/">Here is who to ring</a> if you would rather talk to somebody now.</em></p>
<p>Somewhere you may have read that what happened to you is written in your genes. It is said kindly, as a rule. It
means: this was real, and it left a mark. But some people hear a second thing in it. They hear that they are damaged
for good, down to the last cell, and that they may hand it on.</p>
<p>The first thing is fair. The second is not what the science says. Here is what it does say.</p>

<h2>A score and how it is played</h2>
<p>Think of a gene as a page of music. The notes are set before you are born. No fright, no blow and no lonely year
changes them. Therapy does not change them either.</p>
<p>But a page of music may be played loud or soft, often or hardly at all. Cells have ways to mark a page: play this
one, leave that one. These marks are called epigenetic. They shift with age, with food, with illness, and it seems
with stress. The notes stay as they were [1].</p>
<p>So when a headline says that trauma “alters genes”, the most it can mean is that some marks differ.</p>

<h2>What was seen in rats</h2>
<p>The best known work was done with rats. Some mother rats lick and groom their young a great deal, and others do so
less. The young of the busy ones grew up calmer under stress. They had other marks at one gene that helps to switch
stress off. And when the young were swapped at birth, they took after the mother who raised them [2].</p>
<p>That swap is why it counts. It shows that the care did it, and not the blood. You cannot do the same with people,
and nobody should.</p>

<h2>What was seen in people</h2>
<p>In 2009 researchers looked at brain tissue from 36 men who had died. Twelve had taken their own lives and had been
abused as children. Twelve had taken their own lives and had not. Twelve had died of something else. Only the first
group showed more of the marks at that same gene [3].</p>
<p>It was striking, and it was 36 men. Later work has mostly used blood, because one cannot ask the living for a piece
of brain. In one study of 295 people, those who told of more abuse in childhood had more marks in their blood, step by
step. Support made only part of a difference [4]. A review for doctors says that the findings from animals are the
clearest, and that those from people are links [5].</p>

<h3>Why we stay careful</h3>
<ul>
<li>Blood is not brain. Marks in the one need not tell of the other.</li>
<li>People were asked about their childhood many years later.</li>
<li>Hard childhoods come with other hard things: less money, poor sleep, smoke. These leave marks too.</li>
<li>What a mark means for one person’s life is not known. No test of this kind can tell you who you are.</li>
</ul>

<h2>What it does not mean</h2>
<p>It does not mean that your genes are broken. It does not mean that your children will carry your fear in theirs. In
people that has not been shown. And it does not mean that nothing can be done. In the rats the marks could be changed.
Whether that is so in people, and whether it would help, is open.</p>
<blockquote><p>A mark is not a sentence. It is closer to a pencil note in the margin.</p></blockquote>
<p>There is another thing that the headline leaves out. Many people who had a bad start do well. A hard childhood
makes some troubles more likely. It does not make them certain.</p>

<h2>Stress in the body, in plain words</h2>
<p>When something frightens you, the body gets ready. The heart goes faster, the muscles tighten, thought narrows.
When it is over, other signals calm things down. If a child is frightened often and nobody comes, this may run too
easily later on, or switch off too far.</p>
<p>Therapists often speak of a window. Inside it you can feel and think at once. Above it all is alarm. Below it all
is far away. It is a picture, not a measurement. Many people find that it helps them to say where they are.</p>

<h2>An example</h2>
<p>This is made up. Sam is 34 and came with a printed page. A website had sold him a test of his “trauma genes”. The
result was red. He had not slept since.</p>
<p>We looked at the page together. It did not say which gene, or how many people had been studied. It did say what to
buy. So we put it to one side, and asked about the nights. There had been a father who came home in a mood. Sam had
learned to hear it in the key. He still hears it, in every key.</p>
<p>That was something one could work with. Over some months he tried, in small steps, to stay in the room when a key
turned. He noticed his feet. He looked at who in fact came in. By spring he could hear a key and go on reading, most
days. No gene was asked about it.</p>

<h2>What to ask of such a headline</h2>
<ol>
<li>Was it rats, or people?</li>
<li>Was it blood, spit or brain?</li>
<li>How many were there?</li>
<li>Does the page that tells you sell something?</li>
</ol>
"""

ARTICLE = ArticleWords(
    slug="did-what-happened-change-my-genes",
    title="Did what happened to me change my genes?",
    summary=(
        "Hard times can go with small marks on how genes are used. The genes stay as they were, and no mark tells you "
        "who you will be."
    ),
    in_brief=(
        "Stress and trauma do not change your genes. Some marks on how genes are used may differ.",
        "The clearest work is in rats. In people there are links, in small groups and mostly in blood.",
        "Nobody can read your past or your future from such a mark.",
    ),
    topics=("relational-neuroscience", "reading-research"),
    author="adaeze-okonjo",
    reviewer="hanna-lindqvist",
    published_days_ago=64,
    reviewed_on=date(2026, 10, 29),
    body=BODY,
    references=(
        ReferenceWords(
            "Zhang TY, Labonté B, Wen XL, Turecki G, Meaney MJ",
            2013,
            "Epigenetic mechanisms for the early environmental regulation of hippocampal glucocorticoid receptor gene "
            "expression in rodents and humans",
            "Neuropsychopharmacology 38(1):111–123",
        ),
        ReferenceWords(
            "Weaver ICG, Cervoni N, Champagne FA, et al.",
            2004,
            "Epigenetic programming by maternal behavior",
            "Nature Neuroscience 7:847–854",
            "10.1038/nn1276",
        ),
        ReferenceWords(
            "McGowan PO, Sasaki A, D’Alessio AC, et al.",
            2009,
            "Epigenetic regulation of the glucocorticoid receptor in human brain associates with childhood abuse",
            "Nature Neuroscience 12:342–348",
            "10.1038/nn.2270",
        ),
        ReferenceWords(
            "Shields AE, Wise LA, Ruiz-Narvaez EA, et al.",
            2016,
            "Childhood abuse, promoter methylation of leukocyte NR3C1 and the potential modifying effect of emotional "
            "support",
            "Epigenomics 8(11):1507–1517",
            "10.2217/epi-2016-0074",
        ),
        ReferenceWords(
            "Turecki G",
            2016,
            "Epigenetic biomarkers for early-life adversity",
            "Epigenetics and Human Health, Springer",
            "10.1007/978-3-319-29901-3_7",
        ),
    ),
    related_courses=("complexity-in-grief",),
    cover=Cover("rings", "river"),
    claims=(
        ClaimWords("strong", "Trauma does not change the genes themselves", "How the marks work is well known [1, 5]"),
        ClaimWords(
            "strong", "In rats, a mother’s care changes marks on a stress gene", "Shown by swapping the young [2]"
        ),
        ClaimWords(
            "mixed", "In people, abuse in childhood goes with more such marks", "Links: 36 men, and 295 people [3, 4]"
        ),
        ClaimWords("contested", "Support undoes the marks", "It made only part of a difference in one study [4]"),
        ClaimWords(
            "opinion",
            "Tests of “trauma genes” that are sold to the public are not worth your money",
            "What we would tell a friend",
        ),
    ),
    would_change=(
        "Studies that follow many people from childhood on, with the same mark read more than once, and with a life "
        "that goes better where the mark has changed."
    ),
    changes=(ChangeWords("We had called the study of 295 people “large”. Beside the question, it is not.", 30),),
    concerns=("after-something-frightening",),
)
