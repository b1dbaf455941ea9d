/* Tables that say what they show, and callouts: an <aside> that begins with its heading. */
import { mergeAttributes, Node, Table, updateAttrsDialog } from "django-prose-editor/editor";

const askForCaption = updateAttrsDialog(
  { caption: { type: "string", title: "What the table shows" } },
  { title: "Caption of the table", submitText: "Save" },
);
const CALLOUTS = ["In brief", "If this is you now"];

const captionIn = (table) => {
  const line = document.createElement("caption");
  line.contentEditable = "false";
  table.prepend(line);
  return (node) => {
    line.textContent = node.attrs.caption;
    line.hidden = !node.attrs.caption;
  };
};

export const BodyTable = Table.extend({
  addAttributes() {
    const caption = (table) => table.querySelector("caption")?.textContent.trim() ?? "";
    return { ...this.parent?.(), caption: { default: "", rendered: false, parseHTML: caption } };
  },

  parseHTML: () => [{ tag: "table" }, { tag: "caption", ignore: true }],

  renderHTML({ node, HTMLAttributes }) {
    const caption = node.attrs.caption ? [["caption", {}, node.attrs.caption]] : [];
    return ["table", mergeAttributes(this.options.HTMLAttributes, HTMLAttributes), ...caption, ["tbody", 0]];
  },

  addNodeView() {
    const make = this.parent?.();
    return (props) => {
      const view = make(props);
      const update = view.update;
      const draw = captionIn(view.table);
      draw(props.node);
      view.update = (node) => {
        const isUpdated = update(node);
        if (isUpdated) draw(node);
        return isUpdated;
      };
      return view;
    };
  },

  addMenuItems({ buttons, menu }) {
    this.parent?.({ buttons, menu });
    menu.defineItem({
      name: "table",
      groups: "table",
      command: (editor) => editor.chain().focus().insertTable({ rows: 3, cols: 2, withHeaderRow: true }).run(),
      enabled: (editor) => !editor.isActive("table") && !editor.isActive("callout"),
      button: buttons.material("grid_on", "insert table"),
    });
    menu.defineItem({
      name: "table:caption",
      groups: "table",
      command: (editor) =>
        askForCaption(editor, editor.getAttributes("table")).then((asked) => {
          if (asked) editor.chain().focus().updateAttributes("table", { caption: asked.caption.trim() }).run();
        }),
      hidden: (editor) => !editor.isActive("table"),
      button: buttons.text("Caption", "caption of the table"),
    });
  },
});

const addCallout = (editor, words) => {
  const heading = { type: "heading", attrs: { level: 3 }, content: [{ type: "text", text: words }] };
  editor
    .chain()
    .focus()
    .wrapIn("callout")
    .command(({ tr, state }) => {
      const { $from } = tr.selection;
      for (let depth = $from.depth; depth > 0; depth -= 1) {
        if ($from.node(depth).type.name !== "callout") continue;
        tr.insert($from.start(depth), state.schema.nodeFromJSON(heading));
        return true;
      }
      return false;
    })
    .run();
};

const takeOut = ({ tr }) => {
  const { $from } = tr.selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    const box = $from.node(depth);
    if (box.type.name !== "callout") continue;
    tr.replaceWith($from.before(depth), $from.after(depth), box.content);
    return true;
  }
  return false;
};

export const Callout = Node.create({
  name: "callout",
  group: "block",
  content: "(heading | paragraph | bulletList | orderedList)+",
  defining: true,

  parseHTML: () => [{ tag: "aside" }],
  renderHTML: () => ["aside", 0],

  addMenuItems({ buttons, menu }) {
    for (const words of CALLOUTS) {
      menu.defineItem({
        name: `callout:${words}`,
        groups: "callout",
        command: (editor) => addCallout(editor, words),
        enabled: (editor) => editor.can().wrapIn("callout"),
        hidden: (editor) => editor.isActive("callout"),
        button: buttons.text(words, `a box: ${words}`),
      });
    }
    menu.defineItem({
      name: "callout:end",
      groups: "callout",
      command: (editor) => editor.chain().focus().command(takeOut).run(),
      hidden: (editor) => !editor.isActive("callout"),
      button: buttons.text("No box", "take it out of its box"),
    });
  },
});
