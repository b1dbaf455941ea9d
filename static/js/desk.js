/* The desk's forms work without these; together they see to it that nothing typed is lost. */
import "./focus.js";
import "./signed_out.js";
import "./still_here.js";
import "./typed.js";

/* What is wrong is read first; the stock script of a new row would begin with its first field. */
addEventListener("load", () => document.querySelector(".faults")?.focus());
import "./working.js";
