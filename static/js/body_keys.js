/* The name of the field, its buttons by the keyboard, the way out of it, and what is told about a paste. */
import { crel, Extension, Plugin } from "django-prose-editor/editor";

import { cleaned, told } from "./pasted.js";

const NO_FILES = "A file is not put in this way: put a picture into the library first, and then write [picture 12] with its number.";
const KEYS = "Alt+F10 leads to the buttons, Escape out of the field.";

const labelOf = (textarea) => document.querySelector(`label[for="${CSS.escape(textarea.id)}"]`);
const nameOf = (textarea) => labelOf(textarea)?.textContent.replace(/:\s*$/, "").trim() || "Words";

/* One stop for Tab; the arrows go from button to button. */
const makeToolbar = (bar, name, editor) => {
  const buttons = [...bar.querySelectorAll("button")];
  const inSight = () => buttons.filter((button) => !button.classList.contains("hidden"));
  const goTo = (button) => {
    for (const each of buttons) each.tabIndex = each === button ? 0 : -1;
    button.focus();
  };
  const tell = () => {
    for (const button of buttons) {
      button.ariaDisabled = button.classList.contains("disabled") ? "true" : null;
      button.ariaPressed = button.classList.contains("active") ? "true" : "false";
    }
    if (!inSight().some((button) => button.tabIndex === 0)) {
      for (const each of buttons) each.tabIndex = each === inSight()[0] ? 0 : -1;
    }
  };
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", `Formatting: ${name}`);
  bar.addEventListener("keydown", (event) => {
    const all = inSight();
    const at = all.indexOf(document.activeElement);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Escape") editor.commands.focus();
    else if (next === undefined) return;
    else goTo(all[next % all.length]);
    event.preventDefault();
  });
  for (const [index, button] of buttons.entries()) button.tabIndex = index ? -1 : 0;
  editor.on("transaction", tell);
  tell();
  return () => goTo(buttons.find((button) => button.tabIndex === 0) ?? buttons[0]);
};

export const BodyField = Extension.create({
  name: "bodyField",
  priority: 1, // after the menu, whose buttons it names

  addStorage: () => ({ textarea: null, line: null, goToButtons: () => {} }),

  onCreate() {
    const { editor, storage } = this;
    const wrapper = editor.view.dom.closest(".prose-editor");
    const textarea = wrapper.querySelector("textarea");
    const help = document.getElementById(textarea.getAttribute("aria-describedby") ?? "");
    const keys = crel("p", { className: "body-keys", id: `${textarea.id}_keys`, textContent: KEYS });
    storage.line = crel("p", { className: "body-line", tabIndex: -1, role: "status" });
    wrapper.after(storage.line, keys);
    const dom = editor.view.dom;
    dom.setAttribute("role", "textbox");
    dom.setAttribute("aria-multiline", "true");
    dom.setAttribute("aria-label", nameOf(textarea));
    dom.setAttribute("aria-describedby", [keys.id, help?.id].filter(Boolean).join(" "));
    labelOf(textarea)?.addEventListener("click", () => editor.commands.focus());
    dom.id = `${textarea.id}_text`;
    for (const point of document.querySelectorAll(`.faults a[href="#${textarea.id}"]`)) point.hash = dom.id;
    const bar = wrapper.querySelector(".prose-menubar");
    if (bar) storage.goToButtons = makeToolbar(bar, nameOf(textarea), editor);
  },

  addKeyboardShortcuts() {
    return {
      "Alt-F10": () => {
        this.storage.goToButtons();
        return true;
      },
      Escape: () => {
        this.storage.line.focus();
        return true;
      },
    };
  },

  addProseMirrorPlugins() {
    const say = (words) => (this.storage.line.textContent = words);
    const refusesFiles = (event, data) => {
      const isFile = data?.files.length > 0 && !data.getData("text/html");
      if (isFile) {
        event.preventDefault();
        say(NO_FILES);
      }
      return isFile;
    };
    const transformPastedHTML = (html) => {
      const { html: kept, dropped } = cleaned(html);
      say(told(dropped));
      return kept;
    };
    const handlePaste = (view, event) => refusesFiles(event, event.clipboardData);
    const handleDrop = (view, event) => refusesFiles(event, event.dataTransfer);
    return [new Plugin({ props: { transformPastedHTML, handlePaste, handleDrop } })];
  },
});
