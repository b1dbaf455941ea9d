/* What was typed and not saved, kept in this browser: for each person and page, and within it for each sitting. */
const PREFIX = "typed:";
const SAVED = "saved_sitting"; // the cookie by which the desk says what it has saved
const LONGEST = 300_000; // characters
const MOST = 20;
const OLDEST = 7 * 24 * 60 * 60 * 1000;

export const pageKey = (user, path) => `${PREFIX}${user}:${path}:`;

export const newSitting = () => Date.now().toString(36) + Math.random().toString(36).slice(2, 8);

/* False if it is too long, or the browser has no room for it. */
export const keep = (key, fields) => {
  const text = JSON.stringify({ at: Date.now(), fields });
  if (text.length > LONGEST) return false;
  try {
    localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
};

export const forget = (key) => localStorage.removeItem(key);

export const forgetAllOf = (user) => keys(`${PREFIX}${user}:`).forEach(forget);

/* Newest first. */
export const copiesOf = (page) => {
  const found = keys(page).map((key) => ({ key, ...read(key) }));
  return found.sort((one, other) => other.at - one.at);
};

/* A form that was sent is not yet saved: its copy goes when the page after it says so. */
export const forgetSaved = () => {
  const [, sitting] = document.cookie.match(`(?:^|; )${SAVED}=([a-z0-9]+)`) ?? [];
  if (!sitting) return;
  keys(PREFIX).filter((key) => key.endsWith(`:${sitting}`)).forEach(forget);
  document.cookie = `${SAVED}=; path=/admin/; max-age=0`;
};

export const forgetOld = () => {
  const all = copiesOf(PREFIX);
  for (const { key, at } of [...all.filter(({ at }) => !(Date.now() - at < OLDEST)), ...all.slice(MOST)]) forget(key);
};

const keys = (start) => Object.keys(localStorage).filter((key) => key.startsWith(start));

const read = (key) => {
  try {
    const { at, fields } = JSON.parse(localStorage.getItem(key));
    return { at, fields: fields ?? {} };
  } catch {
    return { at: 0, fields: {} };
  }
};
