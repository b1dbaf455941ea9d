/* The order beside the form follows the tickets and the time zone that are chosen; without a script a button does that. */
const form = document.querySelector("form[data-follows]");
const voice = form.querySelector("[data-voice]");
const zone = form.elements.time_zone;
let asked = new AbortController();

/* What the server answers stands in parts of the same names. Nobody's own words are touched. */
const show = (page) => {
  for (const part of form.querySelectorAll("[data-live]")) {
    const anew = page.getElementById(part.id);
    if (anew) part.innerHTML = anew.innerHTML;
  }
};

const say = () => (voice.textContent = form.querySelector("[data-says]").textContent.replace(/\s+/g, " "));

const follow = async (then = () => {}) => {
  asked.abort();
  asked = new AbortController();
  const answers = new FormData(form);
  answers.set("action", "update");
  answers.set("quietly", "1");
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: answers, signal: asked.signal });
    if (answer.status >= 500) return;
    show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    then();
  } catch {
    // Overtaken by another choice, or no connection: what is booked is checked once more anyway.
  }
};

for (const part of form.querySelectorAll("[data-without-script]")) part.hidden = true;
form.addEventListener("change", ({ target }) => target.name.endsWith("-ticket_type") && follow(say));
zone.addEventListener("change", () => follow());
if (!zone.selectedOptions[0].defaultSelected) follow(); // guessed by another script, from the browser

/* Enter in the code's field applies the code; a series takes none. */
form.elements.code?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  form.querySelector('[value="update"][data-code]').click();
});
