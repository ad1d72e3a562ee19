import "./app/language";
import "./styles/tokens.css";
import "./styles/base.css";
import { mount } from "svelte";
import App from "./app/App.svelte";
import { showFatal } from "./app/fatal";
import { core } from "./ipc/backend";
import { showLastTheme } from "./session.svelte";

const target = document.getElementById("app");
if (target !== null) {
  try {
    showLastTheme();
    mount(App, { target, props: { backend: core } });
  } catch (error) {
    showFatal(target, error);
  }
}
