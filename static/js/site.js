/* What most pages use, in one file; every page works without it. What few pages use comes with the part that needs it. */

/* The error summary takes the focus; a form marked data-once is sent once. */
const LONGEST_WAIT = 15_000;

const toRead = [".errors", '[role="alert"]', '[aria-invalid="true"]', ".done", ".answer"]; // what went wrong before what went well
toRead.map((each) => document.querySelector(each)).find(Boolean)?.focus();

/* Of what was done, its page tells once: not again when it is loaded anew, or kept among the bookmarks. */
if (document.querySelector(".done, .answer") && location.search.includes("done=")) history.replaceState(null, "", location.pathname);

const sendOnce = (form) => {
  let locked = null; // the pressed buttons and their labels, while the form is on its way

  const lock = (pressed) => {
    // The same button may stand twice in a form, for the Enter key and for the eye.
    const buttons = [...form.elements].filter(
      ({ type, name, value }) => type === "submit" && name === pressed?.name && value === pressed.value,
    );
    locked = new Map(buttons.map((button) => [button, button.textContent]));
    for (const button of buttons) {
      button.setAttribute("aria-disabled", "true");
      button.textContent = button.dataset.busy || "One moment";
    }
  };
  const release = () => {
    for (const [button, label] of locked ?? []) {
      button.removeAttribute("aria-disabled");
      button.textContent = label;
    }
    locked = null;
  };

  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (locked) {
      event.preventDefault();
      return;
    }
    lock(event.submitter);
    setTimeout(release, LONGEST_WAIT); // the person pressed Stop, or the answer was a file
  });
  // Back from the next page: the browser shows this one as it was left.
  window.addEventListener("pageshow", (event) => event.persisted && release());
};

document.querySelectorAll("form[data-once]").forEach(sendOnce);

/* Whoever works at the desk finds the way from a page to its form. */
if (document.cookie.split("; ").includes("desk=1")) {
  const link = document.createElement("a");
  link.className = "more";
  link.href = `/admin/edit/?page=${encodeURIComponent(location.pathname)}`;
  link.textContent = "Edit this page";
  document.querySelector(".site-footer .small:last-of-type")?.append(" ", link);
}

/* The booking box: what the places cost together, and a bar that leads to it while its button is out of sight. */
const showTotal = (box, total) => {
  const { price, full } = box.querySelector("[name=ticket]:checked")?.dataset ?? {};
  const places = Number(box.elements.places.value);
  const [least, percent] = total.dataset.total.split(" ").map(Number);
  const pence = Math.round(price * 100);
  const off = full !== undefined && least && places >= least ? Math.round((pence * percent) / 100) : 0;
  total.hidden = !(places > 1 && pence > 0);
  const sum = total.querySelector("b");
  sum.textContent = sum.textContent.replace(/[\d.,]+/, ((places * (pence - off)) / 100).toFixed(2));
};

for (const total of document.querySelectorAll("[data-total]")) {
  const box = total.closest("form");
  box.addEventListener("input", () => showTotal(box, total));
  addEventListener("pageshow", () => showTotal(box, total));
}

const bar = document.querySelector("[data-jump]");
const button = document.querySelector("#book .button--wide");
if (bar && button) {
  const follow = (seen) => (bar.hidden = seen.at(-1).intersectionRatio > 0.99);
  new IntersectionObserver(follow, { threshold: [0, 1] }).observe(button);
}

/* The visitor's time zone, where the browser tells one that has a city; chosen beforehand in selects that ask for a guess. */
// Browsers still call some cities by names that they have given up.
const TODAY = {
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Europe/Kiev": "Europe/Kyiv",
};
const told = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
const zone = TODAY[told] ?? told;
const visitorZone = zone.includes("/") && !zone.startsWith("Etc/") ? zone : "";

const isUntouched = (select) => {
  const options = [...select.options];
  return select.selectedIndex === Math.max(0, options.findIndex((option) => option.defaultSelected));
};

const optionFor = (select) => {
  const known = [...select.options].find(({ value }) => value === visitorZone);
  if (known) return known;
  const added = new Option(visitorZone.split("/").pop().replaceAll("_", " "), visitorZone);
  select.append(added);
  return added;
};

for (const select of document.querySelectorAll('select[data-zone-select="guess"]')) {
  if (visitorZone && isUntouched(select)) optionFor(select).selected = true;
}

/* "Your time": the server prints UTC; it is rewritten for the visitor's own clock on that very date. */
const { lang } = document.documentElement;
const hours = lang === "en-US" ? { hour: "numeric" } : { hour: "2-digit", hourCycle: "h23" };
const clock = new Intl.DateTimeFormat(lang, { ...hours, minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(lang, { weekday: "short" });
const day = new Intl.DateTimeFormat(lang, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const city = visitorZone.split("/").pop().replaceAll("_", " ");

/* Who is in a city that has its own row, of the list or of the table above it, is told so there, once. */
const mergeWithOwnCity = (row) => {
  const table = row.closest(".session-times")?.querySelectorAll("tbody th") ?? [];
  const names = [...row.parentElement.querySelectorAll(":scope > :not(.yours) > dt"), ...table];
  const own = names.find((name) => [city, `In ${city}`].includes(name.textContent.trim()));
  if (!own) return;
  row.hidden = true;
  own.parentElement.classList.add("here");
  own.append(", your time");
};

const rewrite = (row) => {
  const start = new Date(row.dataset.start);
  const end = new Date(row.dataset.end);
  const [from, to] = [weekday.format(start), weekday.format(end)];
  const where = document.createElement("small");
  where.textContent = `(${city})`;
  row.querySelector("dt").replaceChildren("Your time ", where);
  const yours = row.querySelector("dd span") ?? row.querySelector("dd");
  yours.textContent = [
    from === row.dataset.day ? "" : `${from} `,
    `${clock.format(start)}–${clock.format(end)}`,
    to === from ? "" : ` ${to}`,
  ].join("");
  yours.title = visitorZone.replaceAll("_", " ");
  mergeWithOwnCity(row);
};

const rewriteMoment = (time) => {
  const lines = [...(time.closest("ul")?.children ?? [])];
  const own = lines.find((line) => line.textContent.trim().endsWith(`, ${city} time`));
  if (own) {
    time.closest("li").hidden = true;
    own.append(", yours");
    return;
  }
  const moment = new Date(time.dateTime);
  time.textContent = `${lang === "en-US" ? day.format(moment) : day.format(moment).replace(",", "")} at ${clock.format(moment)}, your time (${city})`;
};

/* A programme stands in the organiser's time, and each part of it in the visitor's, where that is another. */
const addOwnTime = (part) => {
  const at = new Date(part.dataset.part);
  const name = weekday.format(at);
  const own = `${name === part.closest("ol").dataset.day ? "" : `${name} `}${clock.format(at)}`;
  if (own === part.textContent.trim()) return;
  const small = document.createElement("small");
  small.textContent = own;
  part.after(small);
};

const addOwnTimes = (words) => {
  const section = words.closest("section");
  section.querySelectorAll("[data-part]").forEach(addOwnTime);
  if (section.querySelector("small")) words.textContent = `${words.textContent.trim()}, and below it your time (${city})`;
};

if (visitorZone) {
  document.querySelectorAll(".yours[data-start]").forEach(rewrite);
  document.querySelectorAll("time[data-moment]").forEach(rewriteMoment);
  document.querySelectorAll("[data-programme]").forEach(addOwnTimes);
}
