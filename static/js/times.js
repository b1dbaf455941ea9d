/* "Your time": the server prints UTC; it is rewritten for the visitor's own clock on that very date. */
import { visitorZone } from "./zone.js";

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "short" });

const day = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const city = visitorZone.split("/").pop().replaceAll("_", " ");

const rewrite = (row) => {
  const start = new Date(row.dataset.start);
  const end = new Date(row.dataset.end);
  const [from, to] = [weekday.format(start), weekday.format(end)];
  const where = document.createElement("small");
  where.textContent = `(${city})`;
  row.querySelector("dt").replaceChildren("Your time ", where);
  const hours = row.querySelector("dd");
  hours.textContent = [
    from === row.dataset.day ? "" : `${from} `,
    `${clock.format(start)}–${clock.format(end)}`,
    to === from ? "" : ` ${to}`,
  ].join("");
  hours.title = visitorZone.replaceAll("_", " ");
};

const rewriteMoment = (time) => {
  const moment = new Date(time.dateTime);
  time.textContent = `${day.format(moment).replace(",", "")} at ${clock.format(moment)}, your time (${city})`;
};

if (visitorZone) {
  document.querySelectorAll(".yours[data-start]").forEach(rewrite);
  document.querySelectorAll("time[data-moment]").forEach(rewriteMoment);
}
