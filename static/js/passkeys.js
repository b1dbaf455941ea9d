/* Lets the browser's passkey fill in a form marked data-passkey, which stays hidden where there is no such thing. */
const REFUSED = {
  InvalidStateError: "This device has a passkey for this account already.",
  NotAllowedError: "Nothing was done: you stopped it, or it took too long. Try again when you are ready.",
  SecurityError: "Passkeys work only at this site’s own address. Compare the one at the top of the window.",
};
const OTHERWISE = "This browser or device could not do it. Try another one, or use a code.";

const optionsOf = async ({ options, optionsFrom }) => {
  if (options) return JSON.parse(options);
  const answer = await fetch(optionsFrom, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The site answered ${answer.status}.`);
  return (await answer.json()).request_options;
};

const say = (place, words) => {
  const line = document.createElement("p");
  line.className = "field__error";
  line.textContent = words;
  place.replaceChildren(line);
};

const enliven = (form) => {
  const button = form.querySelector("button[type=submit]");
  const error = form.querySelector("[data-passkey-error]");
  form.hidden = false;
  form.closest("[data-passkey-part]")?.removeAttribute("hidden");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.ariaDisabled) return;
    error.replaceChildren();
    button.setAttribute("aria-disabled", "true");
    try {
      const askDevice = form.dataset.passkey === "create" ? window.webauthnJSON.create : window.webauthnJSON.get;
      const credential = await askDevice(await optionsOf(form.dataset));
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch (refusal) {
      say(error, REFUSED[refusal.name] ?? OTHERWISE);
      button.removeAttribute("aria-disabled");
    }
  });
};

if (window.PublicKeyCredential) document.querySelectorAll("form[data-passkey]").forEach(enliven);
