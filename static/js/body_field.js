/* What the field for bodies has beyond the stock editor: tables with a caption, callouts, links to pages of this site,
   marks of references and pictures, a name, a way out by the keyboard, and pasted texts that come in whole. */
import { BodyField } from "./body_keys.js";
import { BodyLink } from "./body_links.js";
import { BodyMarks } from "./body_marks.js";
import { BodyTable, Callout } from "./body_parts.js";

export { BodyField, BodyLink, BodyMarks, BodyTable, Callout };
