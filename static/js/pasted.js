/* What Word and Google Docs put on the clipboard, as the HTML that it means; what cannot come along is counted. */

const MARKERS = [
  ["footnotes", /^#_?(ftn|edn)/i],
  ["comments", /^#_?(msocom|cmnt)/i],
];
const BACK = /^#_?(ftnref|ednref|ftnt_ref|cmnt_ref|msoanchor)/i;
const NUMBERED = /^\(?([0-9]+|[a-z]|[ivxl]+)[.)]/i;
const LEVEL = /mso-list:\s*l(\d+)\s+level(\d)/i;
const IS_NOT_BOLD = /(^|;)\s*font-weight:\s*(normal|400)/i;
const SPANS = ["colspan", "rowspan"];
const SPAN = /^([2-9]|[12][0-9])$/; // as it is stored; the editor would draw a million columns, or none
const WEB = /^(https?:|mailto:|tel:|\/(?!\/))/i;
const WORDS = {
  footnotes: ["footnote", "footnotes"],
  comments: ["comment", "comments"],
  deletions: ["deleted passage", "deleted passages"],
  pictures: ["picture", "pictures"],
  embedded: ["embedded object", "embedded objects"],
  links: ["link to a file or to a place within the other document", "links to files or to places within the other document"],
};
const HINTS = {
  footnotes: "Write what footnotes cite as references, and marks such as [1].",
  pictures: "Put pictures into the library, and write [picture 12].",
};

export const cleaned = (html) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  const { body } = page;
  mendSpans(body);
  if (body.querySelector("[data-pm-slice]")) return { html: body.innerHTML, dropped: {} }; // copied in this very field
  const dropped = {};
  const drop = (nodes, kind) => {
    const all = [...nodes];
    if (all.length && kind) dropped[kind] = (dropped[kind] ?? 0) + all.length;
    for (const node of all) node.remove();
  };
  dropNotes(body, drop);
  drop(body.querySelectorAll("style, script, xml, title, meta, link, template, noscript"));
  drop(body.querySelectorAll("colgroup, col, br.Apple-interchange-newline"));
  dropPictures(body, drop);
  drop(body.querySelectorAll("iframe, object, embed, video, audio, math"), "embedded");
  dropComments(page);
  mendLinks(body, dropped);
  for (const box of body.querySelectorAll("b[style]")) if (IS_NOT_BOLD.test(styleOf(box))) unwrap(box);
  mendHeadings(body);
  mendWordLists(body);
  mendNestedLists(body);
  mendTables(body);
  for (const node of body.querySelectorAll("o\\:p")) unwrap(node);
  return { html: body.innerHTML, dropped };
};

export const told = (dropped) => {
  const kinds = Object.keys(WORDS).filter((kind) => dropped[kind]);
  if (!kinds.length) return "";
  const counts = kinds.map((kind) => `${dropped[kind]} ${WORDS[kind][dropped[kind] === 1 ? 0 : 1]}`);
  const hints = kinds.map((kind) => HINTS[kind] ?? "").filter(Boolean);
  return [`Of what you pasted this was left out: ${counts.join(", ")}.`, ...hints].join(" ");
};

const unwrap = (node) => node.replaceWith(...node.childNodes);
const styleOf = (node) => node.getAttribute("style") ?? "";

/* The marks within the text count; the lists at the end, which they lead to, go along. */
const dropNotes = (body, drop) => {
  const lists = "[style*='mso-element:footnote'], [style*='mso-element:endnote'], [style*='mso-element:comment']";
  drop(body.querySelectorAll(lists));
  for (const link of body.querySelectorAll("a[href^='#']")) {
    if (BACK.test(link.getAttribute("href"))) drop([link.closest("p, li, div") ?? link]);
  }
  for (const [kind, form] of MARKERS) {
    const links = [...body.querySelectorAll("a[href^='#']")].filter((link) => form.test(link.getAttribute("href")));
    drop(new Set(links.map((link) => link.closest("sup, .MsoCommentReference, .MsoFootnoteReference") ?? link)), kind);
  }
  drop(body.querySelectorAll(".MsoCommentReference, [style*='mso-special-character:comment']"));
  drop(body.querySelectorAll("del"), "deletions");
};

/* A line that held nothing else goes along. */
const dropPictures = (body, drop) => {
  const pictures = [...body.querySelectorAll("img, picture, svg, canvas")];
  const lines = new Set(pictures.map((picture) => picture.closest("p")));
  drop(pictures, "pictures");
  for (const line of lines) if (line && !line.textContent.trim()) line.remove();
};

const dropComments = (page) => {
  const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_COMMENT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  for (const node of found) node.remove();
};

const mendLinks = (body, dropped) => {
  for (const link of body.querySelectorAll("a")) {
    const href = link.getAttribute("href") ?? "";
    const through = /^https?:\/\/(www\.)?google\.[a-z.]+\/url\?/i.test(href) && new URL(href).searchParams;
    const real = through ? (through.get("q") ?? through.get("url") ?? "") : href;
    if (WEB.test(real)) link.setAttribute("href", real);
    else {
      if (href) dropped.links = (dropped.links ?? 0) + 1;
      unwrap(link);
    }
  }
};

/* The highest level that there is becomes a heading of this page, the next one below it; all further ones, too. */
const mendHeadings = (body) => {
  const page = body.ownerDocument;
  for (const title of body.querySelectorAll("p.MsoTitle")) rename(title, "h1", page);
  const all = [...body.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((each) => each.textContent.trim());
  const levels = [...new Set(all.map((each) => Number(each.tagName[1])))].sort();
  const highest = levels[0] >= 3 ? 3 : 2; // a part that was cut out of a page keeps its level
  for (const each of all) rename(each, `h${Math.min(3, highest + levels.indexOf(Number(each.tagName[1])))}`, page);
};

const rename = (node, name, page) => {
  const renamed = page.createElement(name);
  for (const span of SPANS) if (node.hasAttribute(span)) renamed.setAttribute(span, node.getAttribute(span));
  renamed.append(...node.childNodes);
  node.replaceWith(renamed);
};

/* Word writes an item as a paragraph: its level stands in the style, its sign in the text. */
const mendWordLists = (body) => {
  const page = body.ownerDocument;
  let open = []; // the lists that are begun, the outermost first
  let last = null;
  for (const paragraph of [...body.querySelectorAll("p, h2, h3")]) {
    const level = Number(LEVEL.exec(styleOf(paragraph))?.[2] ?? 0);
    if (!level || paragraph.tagName !== "P") continue;
    const [name, start] = takeSign(paragraph);
    const goesOn = last !== null && last === previousElement(paragraph);
    if (!goesOn) open = [];
    open.length = Math.min(open.length, level);
    if (open.length === level && open[level - 1].tagName.toLowerCase() !== name) open.length = level - 1;
    while (open.length < level) {
      const list = page.createElement(name);
      if (start > 1 && open.length === level - 1) list.setAttribute("start", start);
      const host = open.at(-1)?.lastElementChild;
      if (host) host.append(list);
      else paragraph.before(list);
      if (open.length < level - 1) list.append(page.createElement("li"));
      open.push(list);
    }
    const item = page.createElement("li");
    item.append(paragraph);
    paragraph.removeAttribute("style");
    open[level - 1].append(item);
    last = open[0];
  }
};

const previousElement = (node) => {
  const before = node.previousElementSibling;
  return before?.tagName === "P" && !before.textContent.trim() ? before.previousElementSibling : before;
};

const takeSign = (paragraph) => {
  const sign = [...paragraph.querySelectorAll("span")].find((span) => /mso-list:\s*Ignore/i.test(styleOf(span)));
  const words = sign?.textContent.trim() ?? "";
  sign?.remove();
  if (!NUMBERED.test(words)) return ["ul", 1];
  return ["ol", Number(/^[0-9]+/.exec(words)?.[0] ?? 1)];
};

/* Google Docs puts a list into a list, not into its item. */
const mendNestedLists = (body) => {
  for (const list of body.querySelectorAll(":is(ul, ol) > :is(ul, ol)")) {
    const before = list.previousElementSibling;
    if (before?.tagName === "LI") before.append(list);
    else list.replaceWith(wrapped(list, "li"));
  }
};

const wrapped = (node, name) => {
  const box = node.ownerDocument.createElement(name);
  box.append(node.cloneNode(true));
  return box;
};

const mendSpans = (body) => {
  for (const cell of body.querySelectorAll("td, th")) {
    for (const span of SPANS) if (!SPAN.test(cell.getAttribute(span))) cell.removeAttribute(span);
  }
};

/* A first row in bold is what people make for a row of headers. */
const mendTables = (body) => {
  for (const table of body.querySelectorAll("table")) {
    const row = table.querySelector("tr");
    if (!row || table.querySelector("th")) continue;
    const cells = [...row.children];
    if (!row.closest("thead") && !cells.every(isBold)) continue;
    for (const cell of cells) rename(cell, "th", body.ownerDocument);
  }
};

const isBold = (cell) => {
  const texts = cell.ownerDocument.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  let words = 0;
  while (texts.nextNode()) {
    if (!texts.currentNode.data.trim()) continue;
    words += 1;
    const parent = texts.currentNode.parentElement;
    const box = parent.closest("b, strong, [style*='font-weight:700'], [style*='font-weight:bold'], [style*='font-weight: 700']");
    if (!box || !cell.contains(box)) return false;
  }
  return words > 0;
};
