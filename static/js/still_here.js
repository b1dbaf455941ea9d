/* While somebody types, the server is told once a minute, so that they stay signed in; if they are not, it is said. */
const EVERY = 60_000;
const LOOK = 5000;
const BEFORE_THE_END = 10 * 60_000;
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const SAFE = "What you type stays here, and you lose nothing.";

const lineIn = (form) => {
  const line = document.createElement("p");
  line.className = "typed-line";
  line.setAttribute("role", "alert");
  form.prepend(line);
  return (...parts) => line.replaceChildren(...parts);
};

const signIn = (mark) => {
  const link = document.createElement("a");
  link.textContent = "Sign in (in a new tab)";
  Object.assign(link, { href: mark.dataset.signIn, target: "_blank", rel: "noopener" });
  return link;
};

const attend = (mark) => {
  const { form, dataset } = mark;
  const say = lineIn(form);
  let [asked, hasTyped, isOut, isWarned] = [Date.now(), false, false, false];
  let ends = Date.now() + 1000 * dataset.secondsLeft;

  const sayOut = (words) => {
    isOut = true;
    say(words, " ", signIn(mark), ", come back to this tab and save. ", SAFE);
  };
  const ask = async () => {
    [asked, hasTyped] = [Date.now(), false];
    const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
    const answer = await fetch(dataset.stillHere, { method: "POST", headers }).catch(() => null);
    if (answer?.status === 401) sayOut("You are signed out.");
    if (answer?.status === 403) sayOut("You signed in or out in another tab.");
    if (answer?.status !== 204) return;
    ends = Date.now() + 1000 * answer.headers.get("Session-Seconds-Left");
    if (isOut) say();
    isOut = false;
  };

  for (const kind of ["input", "keydown"]) form.addEventListener(kind, () => (hasTyped = true));
  setInterval(() => {
    if (hasTyped && Date.now() - asked >= EVERY) ask();
    if (isOut || isWarned || ends - Date.now() > BEFORE_THE_END) return;
    isWarned = true;
    say(`Your 12 hours end at ${clock.format(ends)}: you are then asked to sign in again. Save before that. ${SAFE}`);
  }, LOOK);
};

document.querySelectorAll('input[name="opened_by"][data-still-here]').forEach(attend);
