from datetime import date

from practice_site.demo.shapes.reading import ArticleWords, ChangeWords, ClaimWords, Cover, ReferenceWords

BODY = """
<p>If you have been to a training in the last ten years, you have met the ladder. At the top you are safe and at ease.
In the middle you fight or run. At the bottom you shut down. Each rung is said to have a nerve. Clients like it. It is
kind, it is quick to draw, and it says that what you did was not a choice.</p>
<p>It is also the part of our field on which physiologists are most severe. Both of these are true, and one can work
with both in mind. This article tries to.</p>

<h2>What was proposed</h2>
<p>Stephen Porges put the theory forward in 1994, and in print the year after [1]. In short: the vagus nerve has an
old branch and a newer one. The newer came with mammals and serves social life. The old one serves shutting down. We
move through three states in a fixed order, and a measure of the heart’s rhythm that goes with the breath tells how
the newer branch is doing.</p>

<h2>What is disputed</h2>
<p>In 2023 Paul Grossman went through five of the theory’s premises, and called them likely to be refuted [2]. A
longer paper has followed, signed by many who study the nerve and its history in animals [3]. Porges does not agree,
and says that the theory he is charged with is not the one he holds.</p>
<p>Three points matter to a therapist.</p>
<ul>
<li><strong>The history.</strong> The critics say that the branches did not arise in the order that the ladder needs,
and that animals with no claim to social life have what only mammals should.</li>
<li><strong>The old branch.</strong> They say that there is no good sign that it slows the human heart enough to bring
about a shutdown.</li>
<li><strong>The measure.</strong> The rhythm that goes with the breath depends on the breath. Whoever breathes more
slowly scores better. It cannot be read as a gauge of safety.</li>
</ul>

<h2>What is left when it is taken away</h2>
<p>A good deal. That company can calm people was found without it [4]. That fear narrows what one can think about is
no one’s theory. That some people go blank and far off when it is too much, any therapist has seen. You do not need
the vagus to say any of these.</p>
<blockquote><p>A drawing can be of use on a Tuesday and wrong in the textbook.</p></blockquote>

<h2>Three ways to say it</h2>
<p>Here is how the same moment may be put to a client.</p>
<ol>
<li><strong>As fact:</strong> “Your dorsal vagus shut you down.” We would not say this any more. It claims what is not
known, and it takes the moment out of your client’s hands.</li>
<li><strong>As a picture:</strong> “Some people draw it as a ladder. Where would you put yourself just now?” This is
honest, and a client may say that the ladder is no good.</li>
<li><strong>As it was seen:</strong> “You went quiet, and your eyes went to the door. Did something happen?” This
needs no theory, and it is often the best of the three.</li>
</ol>

<h2>An example</h2>
<p>This is made up. A supervisee brought Ana, who had learned the ladder from a video and spoke of nothing else. “I
was dorsal all weekend.” The supervisee was glad at first: here was a shared language. By the fourth week she was
bored, and felt bad about it.</p>
<p>We wondered what the word let Ana leave out. The week after, the supervisee asked her to tell the weekend without
it. There had been a phone call from her mother on the Saturday, and a plate that was never washed. Ana wept, for the
first time. The word had not been wrong. It had been a lid.</p>

<h2>In your own notes and on your website</h2>
<p>Say that you find it a helpful picture, if you do. Do not say that it is proved, or that a device or a song tones
the nerve. In the UK a claim that you cannot show may be taken up by the advertising watchdog, and rightly. If a
training calls itself “informed” by the theory, ask which part, and what else would explain what is taught.</p>

<h2>What we do ourselves</h2>
<p>We still draw a window now and then. We do not name nerves. When a client brings the ladder, we use it with them
and ask what it leaves out. And we have taken one sentence out of our own leaflets.</p>
"""

ARTICLE = ArticleWords(
    slug="polyvagal-ideas-what-is-contested",
    title="Polyvagal ideas: what is contested",
    summary="A ladder that clients love and physiologists doubt. What is disputed, and what is left without it.",
    in_brief=(
        "The theory’s claims about nerves and their history are disputed by people who study them.",
        "Much that therapists value does not depend on it: company calms, fear narrows, some people go far away.",
        "Use it as a picture if it helps. Do not sell it as a fact.",
    ),
    topics=("relational-neuroscience", "reading-research"),
    author="ravi-menon",
    reviewer="adaeze-okonjo",
    published_days_ago=118,
    reviewed_on=date(2026, 9, 14),
    body=BODY,
    references=(
        ReferenceWords(
            "Porges SW",
            1995,
            "Orienting in a defensive world: mammalian modifications of our evolutionary heritage. A polyvagal theory",
            "Psychophysiology 32:301–318",
        ),
        ReferenceWords(
            "Grossman P",
            2023,
            "Fundamental challenges and likely refutations of the five basic premises of the polyvagal theory",
            "Biological Psychology 180:108589",
            "10.1016/j.biopsycho.2023.108589",
        ),
        ReferenceWords("Grossman P, et al.", 2026, "Why the polyvagal theory is untenable", "Clinical Neuropsychiatry"),
        ReferenceWords(
            "Coan JA, Beckes L, Gonzalez MZ, et al.",
            2017,
            "Relationship status and perceived support in the social regulation of neural responses to threat",
            "Social Cognitive and Affective Neuroscience 12(10):1574–1583",
            "10.1093/scan/nsx091",
        ),
    ),
    related_courses=("internal-family-systems-introduction",),
    cover=Cover("arbors", "straw"),
    audience="therapists",
    claims=(
        ClaimWords("contested", "Three states, in a fixed order, each with its nerve", "Proposed [1], disputed [2, 3]"),
        ClaimWords(
            "contested", "The heart’s rhythm with the breath tells how safe somebody is", "It follows the breath [2]"
        ),
        ClaimWords("mixed", "Somebody close can make a threat smaller", "110 people, without this theory [4]"),
        ClaimWords("opinion", "As a picture it may still help a client to find words", "What we and others have seen"),
    ),
    would_change=(
        "A test of the old branch in people, agreed on beforehand by Porges and his critics, that comes out his way."
    ),
    changes=(ChangeWords("The longer critique had come out; we added it, and took out a sentence of our own.", 75),),
    services=("body-based-work",),
)
