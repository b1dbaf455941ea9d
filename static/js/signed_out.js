/* Whoever signs out leaves no copy of what they typed behind. */
import { forgetAllOf } from "./copies.js";

const user = document.querySelector("[data-signed-in]")?.dataset.signedIn;

for (const form of user ? document.querySelectorAll('form[action$="/logout/"]') : []) {
  form.addEventListener("submit", () => {
    document.dispatchEvent(new Event("signing-out"));
    forgetAllOf(user);
  });
}
