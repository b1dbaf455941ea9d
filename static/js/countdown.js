/* "Opens in 3 days 4 hours", or another verb: silent until the moment comes, then it says so and the page reloads once. */
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const count = (number, unit) => `${number} ${unit}${number === 1 ? "" : "s"}`;

const wait = (seconds) => {
  const [days, hours, minutes] = [seconds / DAY, (seconds % DAY) / HOUR, (seconds % HOUR) / MINUTE].map(Math.floor);
  if (days && days < 3) return hours ? `${count(days, "day")} ${count(hours, "hour")}` : count(days, "day");
  if (days) return count(days, "day");
  if (hours) return minutes ? `${count(hours, "hour")} ${count(minutes, "minute")}` : count(hours, "hour");
  return minutes ? count(minutes, "minute") : count(seconds, "second");
};

const voiceBeside = (element) => {
  const voice = document.createElement("span");
  voice.className = "sr";
  voice.setAttribute("aria-live", "polite");
  element.after(voice);
  return voice;
};

/* Nothing counts down on paper: the server's words stand there. */
const keepForPaper = (element) => {
  const words = document.createElement("span");
  words.className = "printed";
  words.append(...element.childNodes);
  const live = document.createElement("span");
  live.className = "fleeting";
  element.append(live, words);
  return live;
};

const open = (words, live, voice) => {
  live.textContent = words;
  // Whoever is writing keeps what they wrote; everybody else comes back spread over a few seconds.
  const isWriting = document.activeElement?.matches("input, select, textarea");
  voice.textContent = isWriting ? `${words}. Reload the page when you are ready.` : `${words}. The page reloads.`;
  if (!isWriting) setTimeout(() => location.reload(), 1500 + 3000 * Math.random());
};

const follow = (element) => {
  const opens = new Date(element.dataset.opens);
  const secondsLeft = () => Math.ceil((opens - Date.now()) / 1000);
  if (!(secondsLeft() > 0)) return; // already reloaded, or not a moment: the server's words stay

  const voice = voiceBeside(element);
  const live = keepForPaper(element);
  const tick = () => {
    const left = secondsLeft();
    if (left > 0) {
      live.textContent = `${element.dataset.verb ?? "Opens"} in ${wait(left)}`;
      return;
    }
    clearInterval(timer);
    open(element.dataset.ended ?? "Open now", live, voice);
  };
  const timer = setInterval(tick, 1000);
  tick();
};

document.querySelectorAll("[data-opens]").forEach(follow);
