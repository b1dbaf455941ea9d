/* The error summary takes the focus; a form marked data-once is sent once. */
const LONGEST_WAIT = 15_000;

document.querySelector(".errors")?.focus();

const sendOnce = (form) => {
  let locked = null; // the pressed buttons and their labels, while the form is on its way

  const lock = (pressed) => {
    // The same button may stand twice in a form, for the Enter key and for the eye.
    const buttons = [...form.elements].filter(
      ({ type, name, value }) => type === "submit" && name === pressed?.name && value === pressed.value,
    );
    locked = new Map(buttons.map((button) => [button, button.textContent]));
    for (const button of buttons) {
      button.setAttribute("aria-disabled", "true");
      button.textContent = button.dataset.busy || "One moment";
    }
  };
  const release = () => {
    for (const [button, label] of locked ?? []) {
      button.removeAttribute("aria-disabled");
      button.textContent = label;
    }
    locked = null;
  };

  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (locked) {
      event.preventDefault();
      return;
    }
    lock(event.submitter);
    setTimeout(release, LONGEST_WAIT); // the person pressed Stop, or the answer was a file
  });
  // Back from the next page: the browser shows this one as it was left.
  window.addEventListener("pageshow", (event) => event.persisted && release());
};

document.querySelectorAll("form[data-once]").forEach(sendOnce);
