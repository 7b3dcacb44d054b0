// The few things that the loader needs of a document. No markup strings and no style attributes: a strict CSP forbids the
// one, Trusted Types the other.

/** Sets attributes. Not the reflecting properties: Firefox has those of ARIA only since 119. */
export const set = <T extends Element>(on: T, attributes: Record<string, string>) => {
  for (const key in attributes) on.setAttribute(key, attributes[key]!);
  return on;
};

/** Makes an element with its attributes and children. */
export const element = (name: string, attributes: Record<string, string>, ...children: (Node | string)[]) => {
  const made = set(document.createElement(name), attributes);
  made.append(...children);
  return made;
};

const paths = {
  chat: "M12 4c-5 0-9 3.3-9 7.5 0 2.4 1.3 4.5 3.3 5.9-.1 1-.5 2-1.3 2.8 1.9 0 3.5-.6 4.8-1.5 6.3 1.4 11.2-2.5 11.2-7.2C21 7.3 17 4 12 4Z",
  down: "m6.5 9.5 5.5 5.5 5.5-5.5",
};

/** Draws an icon. */
export const icon = (name: keyof typeof paths) => {
  const draw = (tag: string) => document.createElementNS("http://www.w3.org/2000/svg", tag);
  const svg = set(draw("svg"), { viewBox: "0 0 24 24", "aria-hidden": "true", class: name });
  svg.append(set(draw("path"), { d: paths[name] }));
  return svg;
};

/** Gives a shadow root a style sheet, to be written by what it returns. Constructed sheets need no `style-src` of the page. */
export const adopt = (root: ShadowRoot) => {
  const sheet = new CSSStyleSheet();
  root.adoptedStyleSheets = [sheet];
  return (css: string) => sheet.replaceSync(css);
};
