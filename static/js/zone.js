/* The visitor's time zone, where the browser tells one that has a city; chosen beforehand in selects that ask for a guess. */
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";

export const visitorZone = zone.includes("/") && !zone.startsWith("Etc/") ? zone : "";

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
