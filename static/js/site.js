/* Every page works without these; each module adds one thing where it finds its elements. */
import "./times.js";
import "./hold.js";
import "./copy.js";
import "./contents.js";
import "./forms.js";
import "./zone.js";
import "./countdown.js";
import "./signed_out.js";
