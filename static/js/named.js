/* Names that the stock pages show and do not say: of the columns of rows that are edited, and of the boxes that filter a choice. */
const unseen = (words) => Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: words });

for (const head of document.querySelectorAll(".inline-group .tabular thead th")) {
  head.scope = "col";
  if (head.matches(".original")) head.append(unseen("Row"));
  const help = head.querySelector("img.help");
  if (!help) continue;
  const rows = head.closest(".inline-group").id.replace(/-group$/, "");
  const column = [...head.classList].find((each) => each.startsWith("column-")).slice("column-".length);
  help.id = `id_${rows}-${column}_help`;
  for (const field of head.closest("table").querySelectorAll(`.field-${column} [aria-describedby]`)) {
    const said = field.getAttribute("aria-describedby").replace(/\S+_helptext\b/, help.id); // what is wrong with it stays
    field.setAttribute("aria-describedby", said);
  }
}

addEventListener("load", () => { // after the stock script, which makes two boxes of one
  for (const icon of document.querySelectorAll(".search-label-icon[aria-label]")) {
    icon.append(unseen(icon.getAttribute("aria-label")));
    icon.removeAttribute("aria-label");
  }
  for (const boxes of document.querySelectorAll(".selector")) {
    const available = boxes.querySelector(".selector-available select").id;
    const field = available.replace(/_from$/, "");
    for (const point of document.querySelectorAll(`.faults a[href="#${field}"]`)) point.hash = available;
    const label = document.querySelector(`label[for="${field}"]`);
    if (!label) continue;
    label.id = `${field}_label`;
    label.removeAttribute("for"); // no box has that name any more
    boxes.setAttribute("role", "group");
    boxes.setAttribute("aria-labelledby", label.id);
  }
});
