/* Where a link leads: to a page of this site or a word of the glossary, found by its name, or to an address. */
import { crel, Link } from "django-prose-editor/editor";

const PAUSE = 250;
const HELP = "The title of a page of this site, a word of the glossary, or an address such as example.org";
const REFUSED = "This leads nowhere. A web address, an email address, a telephone number or a page of this site does.";
const SCHEMES = /^(https?|mailto|tel):/i;

/* As kit/texts/rich_text.py does when it is stored. */
export const wholeLink = (typed) => {
  const link = typed.trim();
  if (/^[^\s/@?#:]+@[^\s/@?#:]+\.[^\s/@?#:]+$/.test(link)) return `mailto:${link}`;
  if (/^\+?[0-9(][0-9 ()-]{5,20}[0-9]$/.test(link)) return `tel:${link.replace(/[^0-9+]/g, "")}`;
  if (/^([a-z0-9-]+\.)+[a-z]{2,}([/?#:]\S*)?$/i.test(link)) return `https://${link}`;
  if (link.startsWith(`${location.origin}/`)) return link.slice(location.origin.length);
  return SCHEMES.test(link) || /^[/#]/.test(link) ? link : "";
};

const askWhere = (editor, href, pages) =>
  new Promise((resolve) => {
    const [input, found, error] = [crel("input", { value: href, type: "text" }), crel("ul"), crel("p")];
    const now = crel("p", { className: "link-dialog__now" });
    const label = crel("label", {}, ["Where it leads", input]);
    const [set, cancel] = [crel("button", { textContent: "Set link" }), crel("button", { textContent: "Cancel" })];
    const help = crel("p", { className: "prose-editor-help", textContent: HELP });
    const buttons = crel("div", { className: "prose-editor-dialog-buttons" }, [set, cancel]);
    const heading = crel("h3", { className: "prose-editor-dialog-title", textContent: "Link" });
    const form = crel("form", {}, [heading, label, now, help, found, error, buttons]);
    const dialog = crel("dialog", { className: "prose-editor-dialog link-dialog", "aria-label": "Link" }, [form]);
    let [timer, asked, chosen] = [null, "", null];
    error.setAttribute("role", "alert");
    now.setAttribute("role", "status");
    found.setAttribute("aria-label", "Pages found");
    cancel.type = "button";

    const show = (rows) =>
      found.replaceChildren(
        ...rows.map((row) => {
          const button = crel("button", { type: "button", textContent: `${row.title} (${row.kind})` });
          button.addEventListener("click", () => {
            chosen = row;
            dialog.close("set");
          });
          return crel("li", {}, [button]);
        }),
      );
    const look = async () => {
      asked = input.value.trim();
      const words = asked;
      if (!pages || words.length < 2 || SCHEMES.test(words) || /^[/#]/.test(words)) return show([]);
      const answer = await fetch(`${pages}?q=${encodeURIComponent(words)}`, { redirect: "manual" }).catch(() => null);
      const rows = answer?.ok ? (await answer.json()).pages : [];
      if (!answer?.ok || words !== asked) return;
      show(rows);
      if (rows.length) now.textContent = rows.length === 1 ? "One is found, below." : `${rows.length} are found, below.`;
      else if (!wholeLink(words)) now.textContent = "No page and no word has this name.";
    };

    const name = async () => {
      const answer = await fetch(`${pages}?at=${encodeURIComponent(href)}`, { redirect: "manual" }).catch(() => null);
      const [page] = answer?.ok ? (await answer.json()).pages : [];
      if (page && input.value === href) now.textContent = `It leads to: ${page.title} (${page.kind})`;
    };

    input.addEventListener("input", () => {
      now.textContent = "";
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!wholeLink(input.value)) {
        error.textContent = REFUSED;
        input.focus();
      } else dialog.close("set");
    });
    cancel.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (dialog.returnValue !== "set") resolve(null);
      else resolve(chosen ?? { address: wholeLink(input.value), title: input.value.trim() });
    });
    document.body.append(dialog);
    dialog.showModal();
    input.select();
    if (pages && href.startsWith("/")) name();
  });

const putLink = (editor, { address, title }) => {
  const chain = editor.chain().focus();
  if (editor.isActive("link")) chain.extendMarkRange("link").updateAttributes("link", { href: address }).run();
  else if (!editor.state.selection.empty) chain.setMark("link", { href: address }).run();
  else chain.insertContent({ type: "text", text: title, marks: [{ type: "link", attrs: { href: address } }] }).run();
};

export const BodyLink = Link.extend({
  addOptions() {
    return { ...this.parent?.(), pages: "" };
  },

  addMenuItems({ buttons, menu }) {
    this.parent?.({ buttons, menu });
    menu.defineItem({
      name: "link",
      groups: "link",
      command: (editor) => editor.commands.addLink(),
      active: (editor) => editor.isActive("link"),
      button: buttons.material("insert_link", "link"),
    });
  },

  addCommands() {
    return {
      ...this.parent?.(),
      addLink:
        () =>
        ({ editor }) => {
          askWhere(editor, editor.getAttributes("link").href ?? "", this.options.pages).then(
            (found) => found && putLink(editor, found),
          );
          return true;
        },
    };
  },
});
