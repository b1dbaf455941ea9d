/* What stands in a form, by name: as the server sent it, as it is now, what differs, and how it is put back. */
const NEVER = "[type=hidden], [type=password], [type=file], [type=submit], [type=button], [type=reset], [type=image]";
// What is ticked in a list is not typed.
const OF_A_LIST = new Set(["action", "select_across", "index", "_selected_action"]);
const MOST_ROWS = 50;

export const asSent = (form) => valuesOf(form, sentValues);
export const asItIs = (form) => valuesOf(form, valuesNow);

/* Name by name: what stands there now, what the server had sent, and the words of what was chosen. */
export const changesOf = (form, before) => {
  const [now, untouched, changes] = [asItIs(form), asSent(form), {}];
  const selects = fieldsOf(form).filter((field) => field.matches("select")); // looked for once: a page may have 200 rows
  for (const name of new Set([...now.keys(), ...before.keys()])) {
    const was = before.get(name) ?? untouched.get(name) ?? [];
    const is = now.get(name) ?? null; // a row that was taken out again
    if (!isSame(is, was)) changes[name] = { is, was, words: wordsOf(selects, name) };
  }
  return changes;
};

export const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export const putBack = (form, changes) => {
  for (const [name, { is, words }] of Object.entries(changes)) {
    if (!is) continue;
    addRowsFor(form, name);
    for (const field of fieldsOf(form).filter((each) => each.name === name)) fill(field, is, words);
  }
};

export const labelOf = (form, name) => {
  const label = fieldsOf(form).find((field) => field.name === name)?.labels?.[0]?.textContent.trim().replace(/:$/, "");
  return label || name.replaceAll(/[-_]/g, " ");
};

const fieldsOf = (form) =>
  [...form.elements].filter(
    (field) =>
      field.matches("input, select, textarea") &&
      !field.matches(NEVER) &&
      field.name &&
      !OF_A_LIST.has(field.name) &&
      !field.name.includes("__prefix__") &&
      !isStock(field),
  );

/* The two lists of the admin's wide choice: what is chosen stands in the second, selected or not. */
const isStock = (field) => field.id.endsWith("_from") && field.name.endsWith("_old");
const isChosen = (field) => field.multiple && field.id.endsWith("_to") && Boolean(stockOf(field));
const stockOf = (field) => document.getElementById(field.id.replace(/_to$/, "_from"));

const valuesOf = (form, read) => {
  const values = new Map();
  for (const field of fieldsOf(form)) values.set(field.name, [...(values.get(field.name) ?? []), ...read(field)]);
  for (const [name, list] of values) values.set(name, list.sort());
  return values;
};

const sentValues = (field) => {
  if (field.matches("[type=checkbox], [type=radio]")) return field.defaultChecked ? [field.value] : [];
  if (!field.matches("select")) return [field.defaultValue];
  const chosen = [...field.options].filter((option) => option.defaultSelected);
  const first = field.multiple ? [] : [...field.options].slice(0, 1);
  return (chosen.length ? chosen : first).map((option) => option.value);
};

const valuesNow = (field) => {
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked ? [field.value] : [];
  if (!field.matches("select")) return [field.value];
  return [...(isChosen(field) ? field.options : field.selectedOptions)].map((option) => option.value);
};

/* All that a browser would send, and of the wide choices what is chosen, as the stock script does when it sends them. */
export const allOf = (form) => {
  const data = new FormData(form);
  for (const field of [...form.elements].filter(isChosenIn)) {
    data.delete(field.name);
    for (const option of field.options) data.append(field.name, option.value);
  }
  return data;
};
const isChosenIn = (field) => field.matches("select") && isChosen(field);

const wordsOf = (selects, name) => {
  const options = selects.filter((field) => field.name === name).flatMap((each) => [...each.selectedOptions]);
  return Object.fromEntries(options.map(({ value, text }) => [value, text]));
};

/* Rows that were added stand in no page of the server's. */
const addRowsFor = (form, name) => {
  const [, prefix, number] = /^(.+)-(\d+)-/.exec(name) ?? [];
  const total = prefix && form.elements[`${prefix}-TOTAL_FORMS`];
  const add = total && document.querySelector(`#${CSS.escape(prefix)}-group .add-row a`);
  for (let tries = 0; add && Number(total.value) <= Number(number) && tries < MOST_ROWS; tries += 1) add.click();
};

const fill = (field, values, words) => {
  if (field.matches("[type=checkbox], [type=radio]")) field.checked = values.includes(field.value);
  else if (isChosen(field)) choose(field, values);
  else if (field.matches("select")) select(field, values, words);
  else write(field, values[0] ?? "");
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
};

const select = (field, values, words) => {
  const known = new Set([...field.options].map((option) => option.value));
  for (const value of values) if (!known.has(value)) field.append(new Option(words?.[value] || value, value));
  for (const option of field.options) option.selected = values.includes(option.value);
};

const choose = (field, values) => {
  const stock = stockOf(field);
  for (const option of stock.options) option.selected = values.includes(option.value);
  window.SelectBox.move(stock.id, field.id);
  for (const option of field.options) option.selected = !values.includes(option.value);
  window.SelectBox.move(field.id, stock.id);
};

/* The rich-text editor writes into its textarea, but does not read from it again. */
const write = (field, value) => {
  const editors = [...(field.closest(".prose-editor")?.querySelectorAll(".ProseMirror") ?? [])];
  editors.find((each) => each.editor)?.editor.commands.setContent(value);
  field.value = value;
};
