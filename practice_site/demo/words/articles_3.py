from datetime import date

from practice_site.demo.shapes.reading import ArticleWords, ClaimWords, Cover, ReferenceWords

BODY = """
<p>Two people who are fond of each other sit at a kitchen table. One says something that matters. The other, reaching
for the milk, says “mm”. Nothing has happened that you could report to anyone. And yet something has: a small drop, a
decision not to say the next thing.</p>
<p>Most closeness is made of moments like that one and of what follows them. This article is about the second half:
the coming back. It draws on fifty years of watching babies with the adults who look after them, and on what is known,
and not known, about ruptures in therapy.</p>

<h2>The still face</h2>
<p>In the 1970s Edward Tronick and his colleagues asked mothers to play with their babies in the usual way and then,
for a short while, to look at them with a face that did not respond. Afterwards they played again [1]. The babies
tended to do the same things. They smiled and reached out, tried again, then looked away, and some of them fretted or
slumped.</p>
<p>The experiment has been repeated in many forms. A review of more than eighty studies found the pattern to be very
robust: during the still face babies look less, show less pleasure and show more distress. It found a second thing,
quieter and more interesting. When play begins again, the distress does not simply vanish. Part of it is carried over
into the reunion [2]. Coming back takes a little time, even at a few months old.</p>
<p>In the same review, babies whose mothers were more sensitive showed more pleasure during the still face, and babies
who stayed more cheerful in it were more likely to be securely attached at one year. The findings about mothers with
depression were mixed [2]. These are averages from laboratories. They do not tell you how a particular child will
fare.</p>

<h2>Out of step is ordinary</h2>
<p>It is tempting to conclude that good parents are never still-faced. The same researcher came to something close to
the opposite view. Filmed and studied closely, ordinary happy play turns out to be full of small misses: a game that
goes on too long, a smile that arrives late. What seems to go with better development is a history in which such
misses are often put right, so that distress is followed by something better [3].</p>
<p>Later work has given this a shape: match, mismatch, repair. A systematic review describes that cycle between
mothers and babies, and notes how differently researchers have defined and measured its parts [4]. The still-face
response is well documented. That repair matters for how children fare is a promising idea with few direct studies. In
one, which followed 58 pairs, slower repair went with a less secure attachment later [5].</p>
<blockquote><p>The child does not need someone who never misses. The child needs someone who, often enough, comes
back.</p></blockquote>
<p>“Often enough” is deliberately loose. The paediatrician and analyst Donald Winnicott spoke of the good enough
mother, and he meant it kindly. Nobody has found the number.</p>

<h3>What may be learned</h3>
<p>Schore has proposed that countless rounds of upset and comfort help to shape the systems with which a child will
later manage feeling [6]. It is an influential theory, and much about the brain in it is inference. In plainer words,
a person who has often been met again after a miss may come to expect that distress ends, and that someone else wants
it to end too.</p>
<p>And if repairs were rare? Then it makes sense to have learned to need less, to protest louder, or to watch the
other’s face for weather. These were ways of getting by, and they can be hard to put down in a kitchen thirty years
later.</p>

<h2>Less fixed than it sounds</h2>
<p>Attachment is often described as if it were set in infancy. A review of studies that followed young children found
only moderate stability from one age to the next, and signs that positive results were more likely to be published, so
that even this may be too high [7]. Lives change, and so do expectations, in both directions. Later
relationships count, and some people find one of them in therapy.</p>
<p>If you are a parent reading this with a sinking feeling: you will have missed your child today, and so will
everybody else who loves one. The interesting question is what happened next, and there is usually still time.</p>

<h2>Ruptures in therapy</h2>
<p>Therapists miss their clients as well. We mishear, we hurry, we go on holiday in the wrong week, we say a thing
that lands badly. In research these are called ruptures. Some are loud, when a client objects. Others are quiet: a
client agrees a little too readily, changes the subject or begins to come late.</p>
<p>The working alliance has been studied a great deal. Across 295 studies, a better alliance goes with a better result;
the correlation is about 0.28 [8]: about 8 in every 100 parts of the differences in how people fared. It is not the
whole story, and it does not show which of the two comes first.</p>
<p>On repair there is less to go on. A review found that therapies in which ruptures were repaired tended to have
better outcomes. It also looked at training therapists in repair: the average effect on outcome was small and could
have been chance [9]. So repair goes with things turning out well, and we cannot yet say that we know how to teach
it.</p>

<h2>How to come back</h2>
<p>No study tells us exactly what to say. What follows is clinical experience and no more than that.</p>
<ol>
<li><strong>Notice the drop.</strong> A face that turns away, a shorter answer, a sudden politeness.</li>
<li><strong>Move first if you can.</strong> If you are the one with more power in the room, such as a parent,
therapist or supervisor, the first step is more often yours.</li>
<li><strong>Say what you did, before why.</strong> “I said ‘mm’ and reached for the milk, and you had just told me
something.” Reasons can follow. Offered first, they sound like a defence.</li>
<li><strong>Leave room for the size of it.</strong> It may have been larger for the other person than for you. You
need not agree on the size to be sorry.</li>
<li><strong>Do not rush the reunion.</strong> Remember the carry-over. It is normal for someone to be a bit cool for a
while after the repair has worked.</li>
<li><strong>Let it be small.</strong> Many repairs take less than a minute.</li>
</ol>
<p>It helps to begin with small misses. There are plenty, and they are where the habit is made.</p>

<h2>An example</h2>
<p>This is made up, too. Dee is late from work and her daughter Bea, who is eight, has a drawing to show her. “Not
now,” says Dee, and it comes out sharp. Bea puts the drawing in the bin. At supper she is very polite.</p>
<p>Dee sees the politeness. She would like to say how long her day was. She waits until the plates are cleared, sits
down on the kitchen floor, and says: “You had something to show me and I snapped. That was not about your drawing.”</p>
<p>Bea says that it is a bad drawing anyway. Dee does not argue. She says that she would still like to see it, tomorrow
if that is better. Bea shrugs. She is cool with her mother for an hour, as one is. At bedtime the drawing is on the
pillow, with a crease down the middle.</p>
<p>That took less than two minutes, if you leave out the waiting. Dee will snap again. Bea may come to think that a
sharp word is not the end of the evening.</p>

<h2>When repair is not the task</h2>
<p>All of this supposes two people who mean each other reasonably well. If somebody frightens you, hurts you or
controls what you do, then trying harder at repair is not what is called for, and it is not your failing that it does
not work. Please talk to someone outside the relationship. <a href="/help-now/#abuse">Our list of services</a> names
some that know about this, in three countries. If it is safe to, ring one of them. If you are in
danger now, ring the police: in the UK 999, then 55 if you cannot speak.</p>

<h2>If you are seeing a therapist</h2>
<p>Tell them when they have missed you. It is often harder than it sounds, and you may start with something small:
“last week, when you looked at the clock.” A therapist who thanks you and becomes curious is doing the work. If you
try more than once, and are met with irritation or with silence, it is reasonable to consider whether another
therapist would suit you better.</p>
"""

ARTICLE = ArticleWords(
    slug="rupture-and-repair",
    title="Rupture, and the art of coming back",
    summary="Being misunderstood is ordinary. What seems to matter is whether, often enough, somebody comes back.",
    in_brief=(
        (
            "Close relationships are full of small misses. Between babies and those who look after them, too, this is "
            "ordinary."
        ),
        (
            "Babies plainly notice a miss. That repair matters more than never missing is a promising idea, with few "
            "direct studies so far."
        ),
        (
            "In therapy, repaired ruptures go with better outcomes. It has not been shown that training in repair "
            "improves them."
        ),
    ),
    topics=("attachment-and-repair", "how-therapy-works"),
    author="ravi-menon",
    reviewer="hanna-lindqvist",
    published_days_ago=83,
    reviewed_on=date(2026, 10, 18),
    body=BODY,
    references=(
        ReferenceWords(
            "Tronick E, Als H, Adamson L, Wise S, Brazelton TB",
            1978,
            "The infant’s response to entrapment between contradictory messages in face-to-face interaction",
            "Journal of the American Academy of Child Psychiatry 17:1–13",
            "10.1016/S0002-7138(09)62273-1",
        ),
        ReferenceWords(
            "Mesman J, van IJzendoorn MH, Bakermans-Kranenburg MJ",
            2009,
            "The many faces of the Still-Face Paradigm: a review and meta-analysis",
            "Developmental Review 29(2):120–162",
            "10.1016/j.dr.2009.02.001",
        ),
        ReferenceWords(
            "Tronick EZ",
            1989,
            "Emotions and emotional communication in infants",
            "American Psychologist 44(2):112–119",
            "10.1037/0003-066X.44.2.112",
        ),
        ReferenceWords(
            "Provenzi L, Scotto di Minico G, Giusti L, Guida E, Müller M",
            2018,
            (
                "Disentangling the dyadic dance: theoretical, methodological and outcomes systematic review of "
                "mother-infant dyadic processes"
            ),
            "Frontiers in Psychology 9:348",
            "10.3389/fpsyg.2018.00348",
        ),
        ReferenceWords(
            "Müller M, Zietlow A-L, Klauser N, et al.",
            2022,
            "From early micro-temporal interaction patterns to child cortisol levels: toward the role of interactive "
            "reparation and infant attachment in a longitudinal study",
            "Frontiers in Psychology 12:807157",
            "10.3389/fpsyg.2021.807157",
        ),
        ReferenceWords(
            "Schore AN",
            2001,
            "The effects of a secure attachment relationship on right brain development, affect regulation, and infant "
            "mental health",
            "Infant Mental Health Journal 22:7–66",
            "10.1002/1097-0355(200101/04)22:1<7::AID-IMHJ2>3.0.CO;2-N",
        ),
        ReferenceWords(
            "Opie JE, McIntosh JE, Esler TB, et al.",
            2021,
            "Early childhood attachment stability and change: a meta-analysis",
            "Attachment & Human Development 23(6):897–930",
            "10.1080/14616734.2020.1800769",
        ),
        ReferenceWords(
            "Flückiger C, Del Re AC, Wampold BE, Horvath AO",
            2018,
            "The alliance in adult psychotherapy: a meta-analytic synthesis",
            "Psychotherapy 55(4):316–340",
            "10.1037/pst0000172",
        ),
        ReferenceWords(
            "Eubanks CF, Muran JC, Safran JD",
            2018,
            "Alliance rupture repair: a meta-analysis",
            "Psychotherapy 55(4):508–519",
            "10.1037/pst0000185",
        ),
    ),
    related_courses=("siblings-same-parents", "internal-family-systems-introduction"),
    services=("relational-therapy",),
    concerns=("the-same-argument-again",),
    cover=Cover("weave", "straw"),
    claims=(
        ClaimWords("strong", "Babies plainly notice a face that does not answer", "More than eighty studies [2]"),
        ClaimWords("mixed", "Repair matters for how children fare", "Few direct studies; one of 58 pairs [4, 5]"),
        ClaimWords("strong", "Attachment can change", "Stability is moderate, perhaps less [7]"),
        ClaimWords("mixed", "In therapy, mended ruptures go with better results", "One review [9]"),
        ClaimWords("contested", "Training therapists in repair improves results", "May have been chance [9]"),
        ClaimWords("opinion", "The six steps of coming back", "Clinical experience, and no more"),
    ),
    would_change="A study that follows many pairs for years and finds that repair makes no difference.",
)
