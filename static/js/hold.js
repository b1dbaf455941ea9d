/* A held place counts down, and speaks only at 5 minutes, at 1 minute and at the end. */
const MARKS = new Map([
  [300, "5 minutes left on your held place."],
  [60, "1 minute left on your held place."],
]);

const follow = (hold) => {
  const ends = new Date(hold.dataset.hold || Date.now() + 1000 * hold.dataset.seconds);
  const face = hold.querySelector(".hold__time");
  const bar = hold.querySelector("progress");
  const voice = hold.querySelector('[aria-live="polite"]');
  const secondsLeft = () => Math.max(0, Math.round((ends - Date.now()) / 1000));
  let before = secondsLeft();

  const tick = () => {
    const left = secondsLeft();
    face.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    bar.value = left;
    // A tab in the background ticks seldom, so a mark counts when it was passed, not when it was met.
    for (const [mark, words] of MARKS) if (before > mark && left <= mark) voice.textContent = words;
    before = left;
    if (left) return;
    clearInterval(timer);
    voice.textContent = "The time for this place has run out. If you had not paid, nothing was charged.";
    voice.classList.remove("sr");
  };
  const timer = setInterval(tick, 1000);
  tick();
};

document.querySelectorAll("[data-hold]").forEach(follow);
