/* While an article is edited: what is typed goes into its working copy, and colleagues who have it open are named. */
import { allOf, asItIs, asSent, changesOf } from "./values.js";

const LOOK = 1000;
const QUIET = 1500; // after the last key
const LATEST = 6000; // while somebody goes on typing
const HERE = 20_000;
const RETRIES = [2000, 5000, 10_000, 20_000, 40_000]; // and then the last of them for as long as it takes
const SAFE = "What you typed stays in this browser.";
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

const stateOf = (form) => JSON.stringify([...asItIs(form)]);
const tokenOf = (form) => form.elements.csrfmiddlewaretoken.value;
const isEmpty = (changes) => Object.keys(changes).length === 0;

/* The rows that the server knows by now: the next page finds them again by their numbers. */
const noteKeys = (form, keys) => {
  for (const [prefix, numbers] of Object.entries(keys)) {
    const count = form.elements[`${prefix}-INITIAL_FORMS`];
    if (!count) continue;
    count.value = numbers.length;
    numbers.forEach((number, index) => {
      const field = form.elements[`${prefix}-${index}-id`];
      if (field) field.value = number;
    });
  }
};

const keepTyped = (form, mark, say) => {
  let [kept, seen, changedAt, keptAt] = [null, null, 0, Date.now()];
  let [asking, isPaused, isLetGo, tries, nextAt] = [null, false, false, 0, 0];
  const before = asSent(form); // as the server sent it: a key in the first second is not missed

  const pause = (words) => {
    isPaused = true;
    form.dataset.paused = "";
    say(`Not kept any more: ${words} ${SAFE}`);
  };
  const retry = () => {
    say(`Not kept yet: the site does not answer. It is tried again by itself. ${SAFE}`);
    nextAt = Date.now() + RETRIES[Math.min(tries, RETRIES.length - 1)];
    tries += 1;
  };
  const take = async (answer, state) => {
    const { opened, keys, not_kept: left } = await answer.json();
    form.elements._opened.value = opened;
    noteKeys(form, keys);
    [kept, tries, nextAt] = [state, 0, 0];
    const rest = left.length ? ` Not yet, because it is not complete: ${left.join(", ")}.` : "";
    say(`Kept at ${clock.format(new Date())}; readers see none of it.${rest}`);
    if (!left.length) form.dispatchEvent(new CustomEvent("kept", { detail: state }));
  };
  const ask = async (state) => {
    say("Keeping…");
    const body = allOf(form);
    const answer = await fetch(mark.dataset.autosave, { method: "POST", body, redirect: "manual" }).catch(() => null);
    keptAt = Date.now();
    if (answer?.ok) await take(answer, state);
    else if (answer?.status === 409) {
      const { by } = await answer.json().catch(() => ({})); // or a page, of two who stored at once
      pause(`${by || "Somebody else"} has changed this meanwhile. Press Save to see both.`);
    } else if (!answer || answer.status >= 500 || answer.status === 429) retry();
    else if (answer.status === 400 || answer.status === 413) pause("it is too long for one page. Make two of it.");
    else pause("you are signed out, or may not change this.");
  };

  /* What is on its way is let through first: sent beside it, new rows would come twice. */
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === "_blank") return; // a preview: one goes on typing here
    const isSecond = isPaused;
    isPaused = true;
    if (!asking || isLetGo) return;
    event.preventDefault();
    if (isSecond) return;
    const latest = new Promise((resolve) => setTimeout(resolve, LATEST));
    Promise.race([asking, latest]).then(() => {
      isLetGo = true;
      form.requestSubmit(event.submitter);
    });
  });
  addEventListener("online", () => (nextAt = 0));
  setInterval(() => {
    if (isPaused || asking || isEmpty(changesOf(form, before))) return;
    const [state, now] = [stateOf(form), Date.now()];
    if (state !== seen) [seen, changedAt] = [state, now];
    if (now < nextAt || state === kept || (now - changedAt < QUIET && now - keptAt < LATEST)) return;
    asking = ask(state).finally(() => (asking = null));
  }, LOOK);
};

const sayWhoIsHere = (form, mark, line) => {
  let known = null; // the colleague's version that this form was opened after
  const ask = async () => {
    if (document.hidden) return;
    const headers = { "X-CSRFToken": tokenOf(form) };
    const answer = await fetch(mark.dataset.here, { method: "POST", headers, redirect: "manual" }).catch(() => null);
    if (!answer?.ok) return;
    const { others, changed } = await answer.json();
    const told = others.map(({ name, since }) =>
      `${name} has had this open since ${clock.format(since * 1000)}. Speak to each other before you both type. `);
    known ??= changed?.at ?? 0;
    if (changed && changed.at > known) {
      told.unshift(`${changed.name || "A colleague"} has changed this at ${clock.format(changed.at * 1000)}: load the page anew before you go on. `);
    }
    const words = told.join("");
    if (line.textContent !== words) line.textContent = words;
  };
  ask();
  setInterval(ask, HERE);
  document.addEventListener("visibilitychange", ask);
  addEventListener("pagehide", () => {
    fetch(mark.dataset.closed, { method: "POST", headers: { "X-CSRFToken": tokenOf(form) }, keepalive: true });
  });
};

for (const mark of document.querySelectorAll("[data-working]")) {
  const form = mark.closest("form");
  const places = form.querySelectorAll("[data-kept]");
  const say = (words) => places.forEach((place) => (place.textContent = words));
  keepTyped(form, mark, say);
  sayWhoIsHere(form, mark, form.querySelector("[data-others]"));
}
