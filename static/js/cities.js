/* While a session’s day and hours are typed, the clocks of all cities follow; without a script they come by saving. */
const mark = document.querySelector("input[data-cities]");
const PARTS = { day: "day", start: "start_time", end: "end_time" };
const WAIT = 300;
const waiting = new WeakMap();

const ask = async (form, row) => {
  const place = row.querySelector(".field-city_times .readonly");
  const typed = Object.entries(PARTS).map(([name, field]) => [name, form.elements[`${row.id}-${field}`]?.value ?? ""]);
  if (!place || typed.some(([, value]) => !value)) return;
  const query = new URLSearchParams([["zone", form.elements.time_zone.value], ...typed]);
  try {
    const answer = await fetch(`${mark.dataset.cities}?${query}`, { headers: { Accept: "application/json" } });
    const { words } = await answer.json();
    place.setAttribute("role", "status");
    if (words) place.textContent = words;
  } catch {
    // No connection, or signed out: saving says it.
  }
};

const follow = (form, row) => {
  clearTimeout(waiting.get(row));
  waiting.set(row, setTimeout(ask, WAIT, form, row));
};

const look = ({ target, currentTarget: form }) => {
  if (target.name === "time_zone") for (const row of form.querySelectorAll(".inline-related[id^=sessions-]")) follow(form, row);
  const row = target.closest(".inline-related[id^=sessions-]");
  if (row && Object.values(PARTS).some((field) => target.name === `${row.id}-${field}`)) follow(form, row);
};

for (const kind of ["input", "change", "focusout"]) mark?.form?.addEventListener(kind, look);
