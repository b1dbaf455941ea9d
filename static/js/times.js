/* "Your time": the server prints UTC; the row is rewritten for the visitor's own clock on that very date. */
import { visitorZone } from "./zone.js";

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "short" });

const rewrite = (row) => {
  const start = new Date(row.dataset.start);
  const end = new Date(row.dataset.end);
  const [from, to] = [weekday.format(start), weekday.format(end)];
  const city = document.createElement("small");
  city.textContent = `(${visitorZone.split("/").pop().replaceAll("_", " ")})`;
  row.querySelector("dt").replaceChildren("Your time ", city);
  const hours = row.querySelector("dd");
  hours.textContent = [
    from === row.dataset.day ? "" : `${from} `,
    `${clock.format(start)}–${clock.format(end)}`,
    to === from ? "" : ` ${to}`,
  ].join("");
  hours.title = visitorZone.replaceAll("_", " ");
};

if (visitorZone) document.querySelectorAll(".yours[data-start]").forEach(rewrite);
