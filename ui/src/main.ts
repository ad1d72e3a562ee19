import "./app/language";
import "./styles/tokens.css";
import "./styles/base.css";
import { mount } from "svelte";
import App from "./app/App.svelte";
import { showFatal } from "./app/fatal";
import { askingAhead } from "./ipc/ahead";
import { core } from "./ipc/backend";
import { PAGE_ROWS } from "./parts/table/pages.svelte";
import { agreementSort, firstRoute } from "./router.svelte";
import { showLastTheme } from "./session.svelte";

const target = document.getElementById("app");
if (target !== null) {
  try {
    const route = firstRoute();
    const { screen, filter, descending } = route;
    const backend = askingAhead(core, screen === "agreements" ? { filter, sort: agreementSort(route), descending, offset: 0, limit: PAGE_ROWS } : undefined);
    showLastTheme();
    mount(App, { target, props: { backend } });
  } catch (error) {
    showFatal(target, error);
  }
}
