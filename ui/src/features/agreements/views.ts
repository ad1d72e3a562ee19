import { m } from "../../i18n";
import type { SavedView } from "../../ipc/bindings";

export const VIEW_NAME_LENGTH_MAX = 40;
export const VIEWS_MAX = 30;

/** Views that come with the program; the person's own stand behind them. */
export const builtInViews = (): SavedView[] => [
  { name: m.view_all(), filter: "", sort: "updated", descending: true },
  { name: m.view_renewals(), filter: "status:active ends:<60d", sort: "ends", descending: false },
  { name: m.view_paid_not_set_up(), filter: "is:needs-setup", sort: "setup", descending: false },
  { name: m.view_refused_links(), filter: "link:refused", sort: "updated", descending: true },
];
