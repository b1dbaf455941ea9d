/* Marks of a text: a source of its list, and of an article a picture of the library, both chosen by name. */
import { crel, Extension, Plugin } from "django-prose-editor/editor";

const PAUSE = 250;
const PICTURE = /^\s*\[picture ([1-9]\d{0,8})\b[^\]]*\]\s*$/i; // it is shown where it is alone in its line
const NO_SOURCE = "There is no reference yet. Write it down at the foot of this page, with a number.";

const sources = () => {
  const rows = [...document.querySelectorAll("#references-group .form-row:not(.empty-form)")];
  const told = rows.map((row) => {
    const of = (name) => row.querySelector(`[name$="-${name}"]`)?.value.trim() ?? "";
    const isGone = row.querySelector('[name$="-DELETE"]')?.checked;
    return { number: isGone ? 0 : Number(of("number")), words: `${of("authors")} (${of("year")}): ${of("title")}` };
  });
  return told.filter((each) => each.number > 0).sort((one, other) => one.number - other.number);
};

/* The library as the field for the cover asks for it. */
const pictures = async (field, term) => {
  const { appLabel, modelName, fieldName } = field.dataset;
  const asked = new URLSearchParams({ term, app_label: appLabel, model_name: modelName, field_name: fieldName });
  const answer = await fetch(`${field.getAttribute("data-ajax--url")}?${asked}`, { redirect: "manual" }).catch(() => null);
  return answer?.ok ? (await answer.json()).results : [];
};

const choices = (title) => {
  const [list, line] = [crel("ul"), crel("p", { className: "prose-editor-help" })];
  const cancel = crel("button", { type: "button", textContent: "Cancel" });
  const heading = crel("h3", { className: "prose-editor-dialog-title", textContent: title });
  const buttons = crel("div", { className: "prose-editor-dialog-buttons" }, [cancel]);
  const dialog = crel("dialog", { className: "prose-editor-dialog link-dialog", "aria-label": title }, [heading, line, list, buttons]);
  line.setAttribute("role", "status");
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  const show = (rows, choose) =>
    list.replaceChildren(
      ...rows.map(({ mark, words }) => {
        const button = crel("button", { type: "button", textContent: words });
        button.addEventListener("click", () => {
          dialog.close();
          choose(mark);
        });
        return crel("li", {}, [button]);
      }),
    );
  return { dialog, line, list, show };
};

const askForSource = (editor) => {
  const { dialog, line, list, show } = choices("Reference");
  const rows = sources();
  line.textContent = rows.length ? "Its mark comes where the cursor is." : NO_SOURCE;
  const put = (mark) => {
    const before = editor.state.selection.$to.nodeBefore;
    const blank = before?.isText && !/\s$/.test(before.text) ? " " : "";
    editor.chain().focus().insertContentAt(editor.state.selection.to, `${blank}${mark}`).run();
  };
  show(rows.map(({ number, words }) => ({ mark: `[${number}]`, words: `${number}. ${words}` })), put);
  document.body.append(dialog);
  dialog.showModal();
  list.querySelector("button")?.focus(); // not the list, which is a stop because it scrolls
};

const askForPicture = (editor, field) => {
  const { dialog, line, list, show } = choices("Picture");
  const input = crel("input", { type: "search" });
  const put = (mark) =>
    editor.chain().focus().insertContent({ type: "paragraph", content: [{ type: "text", text: mark }] }).run();
  let timer = null;
  const look = async () => {
    const term = input.value.trim();
    const rows = await pictures(field, term);
    if (term !== input.value.trim()) return;
    line.textContent = rows.length ? "It comes in a line of its own." : "The library has none of this name.";
    show(rows.map(({ id, text }) => ({ mark: `[picture ${id}]`, words: text })), put);
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  list.before(crel("label", {}, ["Its title", input]));
  document.body.append(dialog);
  dialog.showModal();
  look();
};

/* Below the field stand the pictures of the text, small, as the server lists them; they follow what is typed. */
const marksIn = (editor) => {
  const numbers = [];
  editor.state.doc.descendants((node) => {
    const found = node.isTextblock && PICTURE.exec(node.textContent);
    if (found) numbers.push(found[1]);
  });
  return [...new Set(numbers)].join(",");
};

const showPictures = async (place, numbers) => {
  const answer = await fetch(`${place.dataset.pictures}?numbers=${numbers}`, { redirect: "manual" }).catch(() => null);
  if (!answer?.ok || place.dataset.numbers !== numbers) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  place.replaceChildren(...page.body.childNodes);
};

export const BodyMarks = Extension.create({
  name: "bodyMarks",

  onCreate({ editor }) {
    const place = document.querySelector("[data-pictures]");
    if (place) place.dataset.numbers = marksIn(editor);
  },

  onUpdate({ editor }) {
    const place = document.querySelector("[data-pictures]");
    const numbers = place ? marksIn(editor) : "";
    if (!place || place.dataset.numbers === numbers) return;
    place.dataset.numbers = numbers;
    clearTimeout(this.storage.timer);
    this.storage.timer = setTimeout(() => showPictures(place, numbers), PAUSE);
  },

  addStorage() {
    return { timer: null };
  },

  /* Words typed on behind a picture begin a line of their own. */
  addProseMirrorPlugins() {
    const handleTextInput = (view, from, to, words) => {
      const { $from, empty } = view.state.selection;
      const isBehind = empty && from === to && $from.parentOffset === $from.parent.content.size;
      if (!isBehind || !PICTURE.test($from.parent.textContent)) return false;
      view.dispatch(view.state.tr.split(from).insertText(words).scrollIntoView());
      return true;
    };
    return [new Plugin({ props: { handleTextInput } })];
  },

  addMenuItems({ buttons, menu }) {
    const library = () => document.querySelector("select#id_picture[data-ajax--url]");
    menu.defineItem({
      name: "source",
      groups: "source",
      command: askForSource,
      hidden: () => !document.getElementById("references-group"),
      button: buttons.text("[1]", "refer to a source"),
    });
    menu.defineItem({
      name: "picture",
      groups: "source",
      command: (editor) => askForPicture(editor, library()),
      hidden: () => library()?.dataset.modelName !== "article",
      button: buttons.material("image", "put in a picture"),
    });
  },
});
