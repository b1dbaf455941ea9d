/* The desk's forms work without these; together they see to it that nothing typed is lost. */
import "./cities.js";
import "./focus.js";
import "./named.js";
import "./signed_out.js";
import "./still_here.js";
import "./typed.js";

/* On a phone a row of a table is a card, whose lines say what they are. */
for (const list of document.querySelectorAll("#content-main table:has(> thead:not(.visually-hidden)):not(.inline-group table)")) {
  const names = [...list.querySelectorAll("thead th")].map((each) => (each.querySelector(".text") ?? each).textContent.trim());
  for (const row of list.querySelectorAll(":is(tbody, tfoot) tr")) {
    let column = 0;
    for (const cell of row.cells) {
      if (cell.tagName === "TD" && names[column]) cell.dataset.label = names[column];
      column += cell.colSpan;
    }
  }
  list.dataset.labelled = "";
}
/* So is one that is edited within its page; a new row is a copy of the last, which nobody sees. */
for (const list of document.querySelectorAll(".inline-group .tabular table")) {
  for (const cell of list.querySelectorAll("td[class*='field-'], td.delete")) {
    const name = cell.classList.contains("delete") ? "" : [...cell.classList].find((each) => each.startsWith("field-")).slice(6);
    const head = name ? list.querySelector(`thead .column-${name}`) : list.querySelector("thead th:last-child");
    if (head) cell.dataset.label = head.textContent.trim().replace("?", "");
  }
  list.dataset.labelled = "";
}

/* A field that completes what is typed is called as its label says, and then by what is chosen. */
const callByLabel = () => {
  for (const shown of document.querySelectorAll(".select2-selection__rendered[id]:not([aria-labelledby])")) {
    const field = shown.closest(".select2-container").previousElementSibling;
    const label = field?.labels?.[0];
    if (!label) continue;
    label.id ||= `${field.id}-label`;
    shown.setAttribute("aria-labelledby", label.id);
    shown.parentElement.setAttribute("aria-labelledby", `${label.id} ${shown.id}`);
  }
};
window.django?.jQuery?.(callByLabel); // after the stock script, which makes those fields so
addEventListener("formset:added", callByLabel);

/* What is wrong is read first; the stock script of a new row would begin with its first field. */
addEventListener("load", () => document.querySelector(".faults")?.focus());
import "./working.js";
