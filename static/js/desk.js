/* The desk's forms work without these; together they see to it that nothing typed is lost. */
import "./focus.js";
import "./signed_out.js";
import "./still_here.js";
import "./typed.js";

/* On a phone a row of a list is a card, whose lines say what they are. */
for (const list of document.querySelectorAll("#result_list")) {
  const names = [...list.querySelectorAll("thead th")].map((each) => each.querySelector(".text")?.textContent.trim() ?? "");
  for (const row of list.querySelectorAll("tbody tr")) {
    for (const [index, cell] of [...row.cells].entries()) if (cell.tagName === "TD" && names[index]) cell.dataset.label = names[index];
  }
  list.dataset.labelled = "";
}

/* What is wrong is read first; the stock script of a new row would begin with its first field. */
addEventListener("load", () => document.querySelector(".faults")?.focus());
import "./working.js";
