/* Before a page is left, what is not saved is asked about; a copy stays in this browser, and is offered on return. */
import { copiesOf, forget, forgetOld, forgetSaved, keep, newSitting, pageKey } from "./copies.js";
import { asItIs, asSent, changesOf, isSame, labelOf, putBack } from "./values.js";

const EVERY = 2000;
const LONGEST_WAIT = 15_000;
const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

const isEmpty = (changes) => Object.keys(changes).length === 0;

/* A page that answers what was sent shows it again, and has saved nothing of it. */
const askBeforeLeaving = (form, before, isUnsaved) => {
  let [isOnItsWay, kept] = [false, null];
  form.addEventListener("kept", ({ detail }) => (kept = detail)); // static/js/working.js has stored this much
  form.addEventListener("submit", ({ submitter }) => {
    if (submitter?.formTarget === "_blank") return; // a preview
    isOnItsWay = true;
    setTimeout(() => (isOnItsWay = false), LONGEST_WAIT); // the person pressed Stop
  });
  addEventListener("beforeunload", (event) => {
    const isKept = kept !== null && kept === JSON.stringify([...asItIs(form)]);
    if (!isOnItsWay && !isKept && (isUnsaved || !isEmpty(changesOf(form, before)))) event.preventDefault();
  });
};

/* Returns what writes the copy at once, and says whether there is one. */
const keepCopies = (form, before, key) => {
  const earlier = copiesOf(key)[0]?.fields ?? {};
  let [written, isKept, isSigningOut] = ["", false, false];

  const write = () => {
    const changes = { ...changesOf(form, before), ...carriedOn(form, earlier) };
    const text = JSON.stringify(changes);
    if (text === written || isSigningOut) return isKept;
    written = text;
    isKept = !isEmpty(changes) && keep(key, changes);
    if (!isKept) forget(key);
    return isKept;
  };
  setInterval(write, EVERY);
  addEventListener("pagehide", write);
  document.addEventListener("visibilitychange", write);
  form.addEventListener("submit", write);
  document.addEventListener("signing-out", () => {
    [written, isSigningOut] = ["", true];
    setTimeout(() => (isSigningOut = false), EVERY); // the person stayed
  });
  return write;
};

/* What the refused page had changed is still unsaved, though the server's page now begins with it. */
const carriedOn = (form, earlier) => {
  const now = asItIs(form);
  const rest = Object.entries(earlier).filter(([name, { was }]) => now.has(name) && !isSame(now.get(name), was));
  return Object.fromEntries(rest.map(([name, change]) => [name, { ...change, is: now.get(name) }]));
};

const paragraph = (words) => {
  const made = document.createElement("p");
  made.textContent = words;
  return made;
};

const button = (label, act) => {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: "button", textContent: label });
  made.addEventListener("click", act);
  return made;
};

const offer = (form, before, write, { key, at, fields }) => {
  const stands = (name) => before.get(name) ?? fields[name].was;
  if (Object.keys(fields).every((name) => isSame(stands(name), fields[name].is))) return forget(key);
  const changed = Object.keys(fields).filter((name) => !isSame(stands(name), fields[name].was));
  const box = document.createElement("div");
  box.className = "typed-offer";
  box.setAttribute("role", "status");
  const close = () => {
    forget(key);
    box.remove();
  };
  const restore = () => {
    putBack(form, fields);
    if (write()) close();
    else box.remove(); // the browser has no room for another copy
  };
  const then = `${day.format(at).replace(",", "")} at ${clock.format(at)}`;
  box.append(paragraph(`You typed here on ${then} and did not save.`));
  if (changed.length) {
    const names = changed.map((name) => labelOf(form, name)).join(", ");
    box.append(paragraph(`Changed since then: ${names}. Putting yours back writes over that.`));
  }
  box.append(button("Put it back", restore), button("Throw it away", close));
  form.prepend(box);
};

const watch = (mark) => {
  const { form } = mark;
  const [before, isUnsaved] = [asSent(form), "isUnsaved" in mark.dataset];
  askBeforeLeaving(form, before, isUnsaved);
  if (!("keepsACopy" in mark.dataset) || form.elements._popup) return;
  const page = pageKey(mark.dataset.user, location.pathname);
  const sitting = mark.dataset.sitting || newSitting();
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "sitting", value: sitting }));
  const write = keepCopies(form, before, page + sitting);
  if (isUnsaved) return;
  const others = copiesOf(page).filter(({ key }) => key !== page + sitting);
  for (const copy of others.reverse()) offer(form, before, write, copy); // so that the newest stands on top
};

forgetSaved();
forgetOld();
document.querySelectorAll('input[name="opened_by"][data-user]').forEach(watch);
