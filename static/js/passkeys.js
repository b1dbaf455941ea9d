/* Lets the browser's passkey fill in a form marked data-passkey. Without JavaScript its button stays hidden. */
const REFUSED = {
  InvalidStateError: "This device has a passkey for this account already.",
  NotAllowedError: "Nothing was done: you stopped it, or it took too long. Try again when you are ready.",
  SecurityError: "Passkeys work only at this site’s own address, with https. Compare the address above.",
};
const OTHERWISE = "This browser or device could not do it. Try another one, or use a code.";
const CEREMONIES = { create: "create", get: "get" };

const optionsOf = async ({ options, optionsFrom }) => {
  if (options) return JSON.parse(options);
  const answer = await fetch(optionsFrom, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The site answered ${answer.status}.`);
  return (await answer.json()).request_options;
};

const enliven = (form) => {
  const button = form.querySelector("button[type=submit]");
  const error = form.querySelector("[data-passkey-error]");
  button.hidden = false;
  const part = form.closest("[data-passkey-part]");
  if (part) part.hidden = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.textContent = "";
    button.setAttribute("aria-disabled", "true");
    try {
      const ceremony = window.webauthnJSON[CEREMONIES[form.dataset.passkey]];
      const credential = await ceremony(await optionsOf(form.dataset));
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch (refusal) {
      error.textContent = REFUSED[refusal.name] ?? OTHERWISE;
      button.removeAttribute("aria-disabled");
    }
  });
};

if (window.PublicKeyCredential) document.querySelectorAll("form[data-passkey]").forEach(enliven);
