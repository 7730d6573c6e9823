import "./htmx.js";
import "htmx-ext-sse";
import "idiomorph/dist/idiomorph-ext.esm.js";
import "./dialog.js";
import "./why.js";
import "./tabs.js";
import "./ticking.js";
import "./keys.js";
import "./palette.js";
import "./list.js";
import "./fields.js";
import "./frame.js";
import "./live.js";
import "./desk.js";
import { confirm, openDialog } from "./dialog.js";
import { toast } from "./toast.js";
import { words } from "./words.js";

window.ck = { toast, confirm, openDialog, words };
