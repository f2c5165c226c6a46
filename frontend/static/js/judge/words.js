// @ts-check
// The page's texts for what the script says; they stand in the page, so that every language has one place.

const written = new Map();
for (const word of /** @type {HTMLTemplateElement | null} */ (document.querySelector("#words"))?.content.querySelectorAll("[data-word]") ?? []) {
  written.set(/** @type {HTMLElement} */ (word).dataset.word, word.textContent);
}

export const english = document.documentElement.lang === "en";

/** The text of that name, with `{name}` filled in. */
export const t = (name, values = {}) => (written.get(name) ?? name).replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ""));

/** What the server said of an operation, in the page's language. */
export const told = (op) => (english ? op.detail_en : op.detail) ?? op.code ?? "";

// As the server writes times; a tablet may be set to any zone.
export const ZONE = "Asia/Shanghai";
const clock = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZone: ZONE });
export const at = (moment) => { const time = new Date(moment); return Number.isNaN(time.getTime()) ? "" : clock.format(time); };

/** A drawing of the sprite, as the templates make it. */
export const icon = (name) => {
  const source = /** @type {SVGUseElement} */ (document.querySelector("#words")?.["content"].querySelector(`[data-icon] use`));
  const href = source.getAttribute("href").split("#")[0];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `icon icon--${name}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${href}#${name}`);
  svg.append(use);
  return svg;
};

/** An element with a class, attributes and children; text goes in as text. */
export const make = (tag, className = "", children = [], attributes = {}) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...[children].flat());
  return element;
};

/** How an answer is said: its points, what was measured, what was taken off. */
export const said = (rule, answer) => {
  if (!answer || answer.state === "cleared") return t("nothing");
  if (answer.state === "not_attempted") return t("not_attempted");
  if (rule.kind === "pass_fail") return t(answer.value === "1" ? "pass" : "fail");
  return `${answer.value}${rule.unit ? ` ${rule.unit}` : ""}`;
};
