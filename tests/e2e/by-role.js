// The first element seen on the page that has this role and this accessible name. Knows the roles
// and the ways of naming that the window uses, which is not all that there are.
const [role, name] = arguments;
const implicit = {
  button: "button, summary, input[type=submit]",
  checkbox: "input[type=checkbox]",
  combobox: "select",
  dialog: "dialog[open]",
  heading: "h1, h2, h3, h4, h5, h6",
  link: "a[href]",
  textbox: "textarea, input:not([type]), input[type=text], input[type=search]",
};
const named = (element) => {
  const label = element.getAttribute("aria-label");
  if (label) return label;
  const ids = element.getAttribute("aria-labelledby");
  if (ids) return ids.split(/\s+/).map((id) => document.getElementById(id)?.textContent).join(" ");
  return element.labels?.[0]?.textContent ?? element.textContent;
};
const candidates = [`[role="${role}"]`, implicit[role]].filter(Boolean).join(", ");
return [...document.querySelectorAll(candidates)].find(
  (element) =>
    (element.getAttribute("role") ?? role) === role &&
    element.getClientRects().length > 0 &&
    named(element)?.trim().replace(/\s+/g, " ") === name,
);
