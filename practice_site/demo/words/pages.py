"""The legal pages, version 1. What they say of numbers comes from the rows, by markers (practice/markers.py)."""

from practice_site.demo.shapes.practice import PageWords

# Days before the first session, and per cent; everything comes back within 14 days of booking.
REFUND_TIERS = ((14, 100), (7, 50))
REFUND_NOTE = "Until the workshop starts you can give your place to a colleague, on the page of your booking."


TERMS_HTML = """
<p>These terms are between you, when you book a workshop on this site, and us: [company] (an invented company). You can
reach us at [email] or on [phone].</p>

<h2>Booking</h2>
<ul>
<li>You choose a ticket, tell us who is coming and pay. While you pay, we hold the place for a short time, and the
page tells you how long. The booking is made when your payment is confirmed, and we then send you an email that says
so.</li>
<li>You may book for someone else. That person should know that you have given us their name and address.</li>
<li>Each workshop’s page says who it is for. If you are not sure that it is for you, please ask before you book.</li>
<li>A concession is for trainees and people on low incomes. We take your word for it.</li>
</ul>

<h2>Prices</h2>
<p>The price shown is the whole price, in pounds sterling. [VAT] There is no booking fee. An early bird price ends on
the date shown beside it, and not before.</p>

<h2>Discount codes</h2>
<ul>
<li>When you join our newsletter and confirm your address, we send you a personal code. The form that you used says
what it is worth.</li>
<li>The code works once, for the address that it was sent to, on your first paid course with us. It takes its
percentage off one full-price ticket; where a booking has several full-price tickets, it applies to one of them.</li>
<li>It lasts for [code days] from the day that it was issued. It cannot be used with an early bird, concession or
catch-up
price, or with another code.</li>
<li>Leaving the newsletter does not cancel a code. If we give back everything that you paid for a booking made with
one, the code is good again, for [code days again] at least.</li>
</ul>

<h2>If you cannot come</h2>
<p>Cancel the place on the page of your booking, which shows what you get back before anything happens, or write to us
at <a href="mailto:hello@withyrooms.example">hello@withyrooms.example</a> with your booking number. You need not give a
reason. What counts is when you cancel there, or when we receive your message.</p>
<p>A group price is for as many places as it says. If fewer stay booked, those that stay cost their full price, and the
difference is taken off what you get back. You never pay more than you have paid.</p>
<p>[refund policy]</p>
<p>We count back from the day of the first session, in London. If two of these rules fit, the one that is better for
you applies. If something hard has happened, tell us: we would rather find an answer than hold
you to a table.</p>

<h2>What begins within [days to change your mind]</h2>
<ul>
<li>If a workshop starts within [days to change your mind] of your booking, we take a booking for a live place only if
you ask us to start in that time. You do so by ticking a box, and our email repeats it. If you cancel in that time, you
then pay for the sessions that have started, each its equal share of the price: of two evenings, one started means that
half comes back. Once all have started, nothing does.</li>
<li>If you did not ask us to start, for example because we brought the workshop forward, everything comes back within
these [days to change your mind], whatever has taken place.</li>
<li>A recording that you bought alone opens to you after that time, or sooner if you ask for it. You then tick a box
that says that you lose the right to cancel. That right ends when the recording is first opened. Until then everything
comes back in that time, before the workshop and after it.</li>
<li>If a recording that you bought alone has not come [catch up days] after the workshop, write to us and you get
everything back. If we have not recorded the workshop, you get everything back on the page of your booking.</li>
</ul>
<p>A booking is made on the day that your payment is confirmed, and that time counts from then. If you move your place
to another workshop, it counts anew. None of this takes away rights that the law gives you.</p>

<h2>Moving a place, invoices and the waiting list</h2>
<ul>
<li>On the page of your booking you can move a place to another date of the same course while there is room. You see
what it costs or brings before anything happens.</li>
<li>An organisation may pay by invoice within [invoice days], and [invoice days before] before the workshop. [invoice
days after] after that day, and the day before the workshop at the latest, unpaid places are free.</li>
<li>If a workshop is full, you can join its waiting list. A place that becomes free is held for whoever has waited
longest, until the moment that our email names; then the next one is asked. It costs what its page says.</li>
</ul>

<h2>If we cancel or change something</h2>
<p>If we cancel a workshop, or move it to another date and the new date does not suit you, you get everything back. If
a presenter is ill we may ask a colleague of similar standing to teach instead; we will tell you, and if you would
rather not come, you get everything back.</p>
<p>Refunds go to the card or account that paid. We send them within five working days of agreeing them; your bank may
need a few days more.</p>

<h2>On the day, and afterwards</h2>
<ul>
<li>Workshops take place on Zoom. You need a device with sound, a steady connection and a private place. You may keep
your camera off, although some exercises are easier with it on.</li>
<li>We record the teaching for catch-up. Small-group work is not recorded. A live place and a catch-up ticket both
include [catch up days] of catch-up from publication of the recording; you find it on the page of your place. If a
recording that you paid for cannot be played, tell us, and we will put it right or give your money back.</li>
<li>Please do not record, copy or share any of it. Leave your clients out, even disguised, and keep what others say to
yourself.</li>
<li>We may ask someone who makes the day unworkable for others to leave.</li>
<li>The CPD hours that we state leave out breaks. Whether they count, live or on catch-up, is for your professional
body to say; we claim no accreditation.</li>
</ul>
<p>Workshops are training for professionals. They are not therapy or supervision, and you remain responsible for your
own practice.</p>

<h2>If something goes wrong</h2>
<p>Tell us first, by email or post. We confirm that we have your complaint within two working days and answer it
within twenty, and someone who was not involved looks at it. If you are not content with the answer, you can ask for
it to be looked at again by a second person. Consumers in England and Wales can also turn to Citizens Advice;
elsewhere in the United Kingdom there are services of the same kind.</p>
<p>We do not limit our responsibility where the law does not allow it. These terms follow the law of England and
Wales; if you are a consumer living elsewhere, you keep the protection of your own country’s law. The terms that count
for a booking are those of the day on which you made it: they come with our email, and stay at an address of their
own, which the page of your booking names.</p>
"""

PRIVACY_HTML = """
<p>This notice says what [company name] (“we”, the controller) keeps about you, why, and for how long. We wrote it to
be read. Questions are welcome at [email], by telephone on [phone], or by post at [address].</p>

<h2>In short</h2>
<ul>
<li>Reading this site sets no cookies. Nothing on it follows you, and its pages load nothing from other
companies.</li>
<li>An enquiry about therapy is deleted after [enquiries kept] at the latest, and in our backups 30 days later.</li>
<li>Stripe takes payments on its own pages. We never see your card number.</li>
<li>The newsletter goes only to people who asked for it and confirmed, and they leave it in one step.</li>
</ul>

<h2>Cookies</h2>
<p>Our public pages set none. When you book or sign in, some are needed, and only then: one that protects forms from
misuse (the CSRF cookie), one that remembers for three hours which order you have begun, and once you sign in one that
remembers your visit (the session cookie), and one that for a year lets us tell you of a sign-in in a browser that is
not yours. They are ours, they are used for nothing else, and since all are strictly
necessary we do not ask for consent. We keep no visitor statistics and use
no tracking pixels, and no mail of ours records whether you open it or click in it.</p>
<p>The web server keeps a short technical log, with the page asked for, the time and the network address, so that we
can find faults and stop abuse. We delete it within 30 days.</p>

<h2>If you write to us about therapy</h2>
<p>We keep your name, how to reach you and what you chose to tell us, so that a clinician can answer. Asking for
therapy can say something about your health, so we rely on your explicit consent, which the form asks for and which
you may take back at any time. Only the people here who answer enquiries can read one, and the mail that tells them of
it does not repeat what you wrote. It is deleted [enquiries kept] after you sent it, or sooner if you ask. A copy of it
stays in our backups, which are encrypted, for 30 days more.
If you become a client, your therapist will explain separately what notes are kept.</p>

<h2>If you book a workshop</h2>
<p>We keep the name and email address of the buyer and of each person attending, the time zone chosen, and what was
paid. We need this to provide the workshop (our contract with you), and the law obliges us to keep records of sales
for [sales kept] after the end of the financial year. If you do not pay in the end, your name and address go after
[unpaid bookings kept]. If you tell us about access needs, we use that to make the workshop work for you, and for
nothing else; we delete it [access needs kept] after the workshop. If an organisation pays by invoice, we also keep
its name, address and reference.</p>
<p><strong>Stripe</strong> takes the payment and is responsible for what it collects on its own pages. It tells us
your name, your address and the last four digits of your card with each payment, and whether it succeeded; we
delete that message after [payment messages kept]. We can ask it to send money back. We tell it nothing about therapy.
<strong>Zoom</strong> carries the live sessions, and sees the name under which you join. So that you have a link of
your own, we give it your name and email address. It tells us from when to when you were there: that proves the hours
of your certificate, and is deleted after [attendance kept]. Both companies also work outside the United Kingdom,
under the safeguards that the law requires.</p>
<p>We note when you press the button to join or to open a recording: so we see who is still to come, and what has been
had of what was bought. Of feedback we keep who gave it, unless you leave your name out; then we know that you have
answered, and not what you said. All this goes with your booking.</p>

<h2>If you wait for a place, or for a new date</h2>
<p>When you join the waiting list of a workshop, or ask to hear of the next run of a course, we keep your email
address, and the mails that we send you about it, because you asked us to. We use it for nothing else. The first of
those mails has a link with which you leave the list or delete your address; or write to us, and we delete all of
it. Such an address counts once its owner has confirmed it; if nobody does, we delete it after [unconfirmed waiting
kept]. We delete your address [waiting list kept] after you leave a waiting list, and after the workshop. Once we
have told you of a new date, it goes after [told interest kept]; if there is none, after [interest kept].</p>

<h2>If you join the newsletter</h2>
<p>We keep your address and, as evidence of your consent, which form you used, the exact words you agreed to, and when
you signed up and confirmed. We also keep the discount code issued to you and whether it has been used. You can leave
in one step. We then stop writing, and keep only what we need to show that you had agreed and to be sure that we do
not write again, for [left newsletter kept]. An address that is never confirmed receives no letters and is deleted
after [unconfirmed kept].</p>

<h2>If you report an error in an article</h2>
<p>We keep what you wrote, and your address if you left one, so that we can look into it and answer you. It is deleted
after [error reports kept].</p>

<h2>If you write a comment</h2>
<p>We keep what you wrote, the name you gave, the guidelines you agreed to and, if you gave it, your address, all of it
encrypted. A person reads each comment before it appears. We publish the words and the name, never the address. What we
do not publish is deleted after [comments kept], and so is a mark of the network it came from, which we keep against
spam and cannot turn back. By the link that we give you, you delete your comment yourself, at any time.</p>

<h2>If you have an account</h2>
<p>An account is optional. It holds your email address, your time zone and a password if you choose one, stored so
that nobody can read it. Write to us to have it closed.</p>

<h2>What we have written to you</h2>
<p>We keep the words of a mail for [mails kept], and for [mail addresses kept] that it was sent, to which
address and about what. What our staff change in our records is noted with their names, for [changes kept], so that we
can explain it.</p>

<h2>Who else is involved</h2>
<p>Companies that host this site and deliver its email do so on our instructions and for no purpose of their own. We
do not sell or lend your details to anyone, and no decision about you is made by a machine alone.</p>

<h2>Your rights</h2>
<p>You may ask for a copy of what we keep, have it corrected or deleted, ask us to limit what we do with it, object to
it, take it elsewhere, and withdraw a consent. Write to us: it costs nothing, and we answer within one month. Some
sales records must stay for as long as the law says. If you think that we have handled your details wrongly, you can
complain to the Information Commissioner’s Office at <a href="https://ico.org.uk/">ico.org.uk</a>. We would be glad of
the chance to put it right first.</p>

<h2>Changes</h2>
<p>When this notice changes, the new version appears here with its date and number, and earlier versions are kept.</p>
"""

ACCESSIBILITY_HTML = """
<p>We would like everyone to be able to use this site. We aim at the Web Content Accessibility Guidelines (WCAG) 2.2,
level AA. The site meets them <strong>partly</strong>: what we know of that falls short stands below. No outside body
has audited it, so please read this page as a report of our own and not as a certificate.</p>
<p>This statement was written on 28 November 2026. It was last tested on that day, by an automatic check of the public
pages in a browser, in light and dark, on a telephone’s width and a desk’s. Not tested on that day: screen readers, and
people who use them.</p>

<h2>What you should be able to do</h2>
<ul>
<li>Use every page and form with a keyboard alone, and see where you are.</li>
<li>Read and book without JavaScript. A few comforts, such as times in your own time zone, need it.</li>
<li>Enlarge the text to 200%, or use a narrow screen, without losing anything or scrolling sideways to read.</li>
<li>Use a dark colour scheme, and have movement left out if your device asks for that.</li>
<li>Follow pages with a screen reader, through headings, labels and error messages that say what to do.</li>
</ul>

<h2>What we know is not perfect</h2>
<ul>
<li>Payment happens on Stripe’s pages and live sessions on Zoom. We chose both with access in mind, but we cannot
change them.</li>
<li>Automatic captions in live sessions make mistakes, above all with names.</li>
<li>Some recordings have captions and a transcript, others have none: the page of each says which. We do not correct
captions yet, so recordings fall short of WCAG 1.2.2. Tell us which one you need, and we write it out for you.</li>
<li>We test by keyboard and with an automatic checker, which finds some problems and misses others. Our testing with
people who use assistive technology every day has been limited so far.</li>
</ul>

<h2>Workshops and rooms</h2>
<p>Tell us when you book if something would make a workshop easier to take part in: a copy of the written material in
another format, a person to help with breakout rooms, breaks at certain times. Our rooms at Osier Yard have a
step-free way in and a ground-floor consulting room; the page about therapy says more.</p>

<h2>Tell us</h2>
<p>If something on this site is hard or impossible for you to use, write to <a
href="mailto:access@withyrooms.example">access@withyrooms.example</a> or ring 020 7946 0714, Monday to Friday, 9:00 to
18:00. You will hear from a person within two working days. If we cannot mend it quickly, we will find another way to
give you what you came for.</p>
<p>If you are not content with our answer, people in England, Scotland and Wales can ask the Equality Advisory and
Support Service for advice.</p>
"""

MAKING_HTML = """
<p>People read our articles when they are worried, and often at night. So we would like you to know how far you can
trust them.</p>
<h2>Who writes, and who checks</h2>
<p>A clinician here writes each article, from the studies that stand at its end. A second clinician checks it against
those sources. Both names stand at the top. Nobody outside pays for an article, or to be named in one.</p>
<h2>How sure we are</h2>
<p>Beside an article stand the claims that it rests on, each with one of four words.</p>
<ul>
<li><strong>Strong:</strong> many studies, by different people, that mostly agree.</li>
<li><strong>Mixed:</strong> few or small studies, or ones that agree in part.</li>
<li><strong>Contested:</strong> people who know the field say that it is wrong, or not shown.</li>
<li><strong>Our view:</strong> what we have seen in our own work. There is no study behind it.</li>
</ul>
<p>We also say what would change our mind. If we cannot say that, it is a belief, and we try not to sell it as a
finding.</p>
<h2>What we gain</h2>
<p>We live by therapy and by workshops. Where an article leads to one of them, it says so.</p>
<h2>When we are wrong</h2>
<p>Each article is read again within a year. When that is late, its page says so. At the foot of each you can report an
error; a person reads it, and whoever leaves an address has an answer. What we change is listed there, with the day and
the reason.</p>
<h2>What we have not done</h2>
<p>We have not asked readers to help with the articles yet, and would like to.</p>
"""

ABOUT_HTML = """
<p>Withy Rooms is a psychotherapy practice with a school for therapists. We live by both: clients pay for sessions,
therapists for workshops. Our articles lead to one or the other, and say so.</p>
<p>How we write them, and how sure we are of what they say, has
<a href="/about/how-we-make-our-articles/">a page of its own</a>.</p>
<h2>If you are not content with us</h2>
<p>Tell us first, at [email] or on [phone]. We confirm that we have your complaint within two working days, answer it
within twenty, and somebody who was not involved looks at it. A therapist’s professional body takes complaints, too; on
a real practice’s site its name stands with each of them.</p>
"""

QUESTIONS_HTML = """
<h2>What happens in the first conversation?</h2>
<p>You say what you are looking for, as much or as little as you like. We say how we would work with it, what it costs,
and when there is a place. After thirty minutes you know more, and owe nothing.</p>
<h2>How long does therapy take?</h2>
<p>We cannot know beforehand. Every six weeks we look together at whether it is useful, and you may end at any time.</p>
<h2>May I choose whom I see, or change later?</h2>
<p>Yes to both. You need not give a reason, and nobody takes it amiss.</p>
<h2>Who hears what I say?</h2>
<p>Your therapist, who talks about the work with a supervisor without your name. There are few exceptions, above all
where somebody is in danger; your therapist tells you about them before you begin.</p>
<h2>What if I am unhappy with you?</h2>
<p>Tell your therapist, or write to [email]. You may also turn to the body with which your therapist is registered.</p>
"""

GUIDELINES_HTML = """
<p>Readers talk to each other below our articles. So that everybody can read there safely, we ask for this.</p>
<ul>
<li>Speak from your own experience. Leave out whatever would let somebody recognise you or another person.</li>
<li>If you are a therapist, leave your clients out, even disguised. What they told you is confidential here, too.</li>
<li>Disagree with ideas as hard as you like, and with people not at all.</li>
<li>Do not advertise. One link to a source is welcome.</li>
<li>Ask for no advice about yourself: we cannot give it here, and others should not.</li>
</ul>
<h2>If you need help now</h2>
<p>This is not the place: a comment may be read days later. <a href="/help-now/">Who answers at once</a>.</p>
<h2>What we do</h2>
<p>A person reads each comment before it appears. We publish it as it is or not at all, and change no word. We do not
publish what breaks these guidelines, and take a comment off the page if we see later that it does. What we reply is
marked as ours. Whoever goes on and on may be kept out for a while.</p>
<h2>What you can do</h2>
<p>Take a pen name. Delete your comment whenever you like: sending it gives you a link for that. If something here
should not be public, write to [email].</p>
"""

PAGES = (
    PageWords(
        kind="community-guidelines",
        title="Community guidelines",
        version="1",
        body=GUIDELINES_HTML,
    ),
    PageWords(
        kind="questions",
        title="Questions people ask",
        version="1",
        body=QUESTIONS_HTML,
    ),
    PageWords(
        kind="terms",
        title="Booking terms, refunds and transfers",
        version="1",
        body=TERMS_HTML,
    ),
    PageWords(
        kind="privacy",
        title="Privacy",
        version="1",
        body=PRIVACY_HTML,
    ),
    PageWords(
        kind="accessibility",
        title="Accessibility",
        version="1",
        body=ACCESSIBILITY_HTML,
    ),
    PageWords(
        kind="how-we-make-our-articles",
        title="How we make our articles",
        version="1",
        body=MAKING_HTML,
    ),
    PageWords(
        kind="about",
        title="About us",
        version="1",
        body=ABOUT_HTML,
    ),
)
