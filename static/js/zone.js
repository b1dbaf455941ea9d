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
