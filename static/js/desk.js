/* The desk's forms work without these; together they see to it that nothing typed is lost. */
import "./focus.js";
import "./signed_out.js";
import "./still_here.js";
import "./typed.js";
