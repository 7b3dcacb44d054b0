// The form before the chat, fetched when a session asks for one. It stands where the messages and the text field stand, and sends what is
// answered by itself; whether that was enough, the next session says.
import { json } from "../api/json";
import type { Bridge } from "../loader/bridge";
import { css } from "./style";
import { texts } from "./texts";

/** Something that is asked for (`types::pre_chat::AskedField`). */
type Asked = {
  field: string;
  kind: "name" | "phone" | "text" | "number" | "date" | "choice";
  label: string;
  required: boolean;
  choices: string[];
};

/** What is asked (`types::pre_chat::VisitorForm`). */
type Form = {
  title: string;
  fields: Asked[];
};

type Input = HTMLInputElement | HTMLSelectElement;

/** What a session says, as far as it matters here. */
type Session = {
  visitor_token: string;
  contact_id: string;
  form?: Form;
};

/** What somebody has typed so far. */
type Kept = {
  contact: string;
  said: Record<string, string>;
};

/** One that is drawn: what it asks of whom, the token that they answer with, what its successor is to say, and taking it away. */
interface Drawn extends Kept {
  asks: string;
  token: string;
  sent: boolean;
  says: string;
  end(): void;
}

const make = <K extends keyof HTMLElementTagNameMap>(tag: K, facts: Record<string, string | undefined>, ...inner: (Node | string)[]) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(facts)) if (value !== undefined) made.setAttribute(name, value);
  made.append(...inner);
  return made;
};

const attempt = <T>(run: () => T): T | undefined => {
  try {
    return run();
  } catch {
    // Storage is blocked.
    return undefined;
  }
};

// What each kind is in a browser: its type, its longest text, and what else helps whoever fills it in.
const inputs: Record<string, [string, number, Record<string, string>]> = {
  name: ["text", 40, { autocomplete: "name" }],
  phone: ["tel", 32, { autocomplete: "tel" }],
  text: ["text", 200, { autocomplete: "off" }],
  // Not of the type `number`, which takes away what it cannot read.
  number: ["text", 17, { autocomplete: "off", inputmode: "decimal" }],
  date: ["date", 10, { max: "9999-12-31" }],
};

/** Whether it may be so; the server knows best. */
const wrong = ({ kind }: Asked, input: Input, value: string) =>
  (kind === "phone" && /[^\d+\-#*.() ]|^\D*$/.test(value)) || (kind === "number" && !/^-?\d{1,15}(\.\d{1,6})?$/.test(value)) || (kind === "date" && !input.validity.valid);

const chats = new WeakMap<HTMLElement, Drawn>();
const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

/** Draws the form of a session into the chat, or takes it away; `again` asks for another session. */
export const draw = (bridge: Bridge, chat: HTMLElement, session: Session | undefined, again: () => void): void => {
  const { config, lang, panel, root } = bridge;
  const before = chats.get(chat);
  const form = session?.form;
  const asks = form && json(form);
  // Another tab may have made the visitor somebody else: what was said before is not theirs.
  const mine = before?.contact === session?.contact_id;
  // Every session asks anew, after a lost connection too: what is being typed stays.
  if (before && session && mine && before.asks === asks && !before.sent) return void (before.token = session.visitor_token);
  const focused = root.activeElement;
  const held = focused?.closest("form") ? focused.id : undefined;
  before?.end();
  chats.delete(chat);
  const field = chat.querySelector("textarea")!;
  if (!form) {
    // Whoever has answered goes on writing.
    if (held !== undefined || before?.sent) field.focus();
    return;
  }
  const text = texts[lang === "en" ? "en" : "zh-CN"];
  const slot = `parlor:${config.k}:`;
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];

  // Kept for the next page, as what stands in the text field is.
  const { visitor_token: token, contact_id: contact } = session;
  const kept = before ?? (attempt(() => JSON.parse(sessionStorage.getItem(slot + "form") || "{}")) as Partial<Kept> | undefined);
  const said: Record<string, string> = {};
  if (kept?.contact === contact) Object.assign(said, kept.said);
  else attempt(() => sessionStorage.removeItem(slot + "form"));
  const drawn: Drawn = { asks: asks!, contact, said, token, sent: false, says: "", end: () => {} };

  const title = make("strong", { id: "form-title" }, form.title || text.title);
  const alert = make("p", { role: "alert" }, (mine && before?.says) || "");
  const start = make("button", { type: "button", class: "start" }, text.start);
  const rows = form.fields.map((asked) => {
    const { field, kind, required, choices } = asked;
    const id = "form-" + field;
    const label = asked.label || (kind === "phone" ? text.phone : text.name);
    const facts = { id, "aria-required": "" + required, "aria-describedby": id + "-note" };
    const [type, maxlength, more] = inputs[kind] ?? inputs.text!;
    const input: Input =
      kind === "choice"
        ? make("select", facts, make("option", { value: "" }, text.choose), ...choices.map((choice) => make("option", { value: choice }, choice)))
        : make("input", { type, maxlength: "" + maxlength, ...more, ...facts });
    const value = said[field];
    // A choice may be gone.
    if (value && (kind !== "choice" || choices.includes(value))) input.value = value;
    const note = make("small", { id: id + "-note", role: "alert" });
    const named = make("label", { for: id }, label);
    if (!required) named.append(make("i", {}, text.optional));
    const tell = (words: string) => {
      note.textContent = words;
      if (words) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    };
    input.oninput = () => {
      said[field] = input.value;
      attempt(() => sessionStorage.setItem(slot + "form", json({ contact, said })));
      tell("");
    };
    return { asked, input, tell, row: make("div", {}, named, input, note) };
  });

  const fault = (row: (typeof rows)[number], code: string) => {
    const { kind } = row.asked;
    const words = code === "required" ? (kind === "choice" ? text.choose : text.required) : code === "too_long" ? text.long : kind === "phone" ? text.badPhone : kind === "number" ? text.badNumber : kind === "date" ? text.badDate : text.bad;
    row.tell(words);
  };
  const first = () => rows.find(({ input }) => input.hasAttribute("aria-invalid"))?.input.focus();

  let busy = false;
  const working = (is: boolean) => {
    busy = is;
    // Not `disabled`: it would lose the focus.
    start.setAttribute("aria-disabled", "" + is);
    start.textContent = is ? text.sending : text.start;
  };
  const refused = (status: number, errors: { field: string; code: string }[] | undefined) => {
    if (status === 422 && errors) {
      for (const { field, code } of errors) {
        const row = rows[+(/^answers\[(\d+)]/.exec(field)?.[1] ?? -1)];
        if (row) fault(row, code);
        else alert.textContent = text.changed;
      }
      // It may ask for something else than it did when it was drawn: other choices, another kind, or more. The session says so.
      drawn.says = text.changed;
      again();
      return first();
    }
    alert.textContent = status === 429 ? text.slow : text.failed;
    // The channel may be closed, or the visitor somebody else.
    if (status === 401 || status === 403 || status === 404) again();
  };
  const send = async () => {
    if (busy) return;
    alert.textContent = "";
    for (const row of rows) {
      row.tell("");
      const value = row.input.value.trim();
      if (value ? wrong(row.asked, row.input, value) : !row.input.validity.valid) fault(row, "");
      else if (!value && row.asked.required) fault(row, "required");
    }
    if (rows.some(({ input }) => input.hasAttribute("aria-invalid"))) return first();
    working(true);
    try {
      const answers = rows.map(({ asked, input }) => ({ field: asked.field, value: input.value.trim() }));
      const answer = await fetch(config.o + "/widget/v1/answers", {
        method: "PUT",
        headers: { authorization: "Bearer " + drawn.token, "content-type": "application/json" },
        body: json({ answers }),
        credentials: "omit",
        signal: AbortSignal.timeout?.(15e3),
      });
      if (answer.ok) {
        // It stays as it is until the session says that it was enough.
        drawn.sent = true;
        attempt(() => sessionStorage.removeItem(slot + "form"));
        // The form of other tabs goes, too.
        attempt(() => localStorage.setItem(slot + "form", "" + Date.now()));
        return again();
      }
      working(false);
      const problem = (await answer.json()) as { errors?: { field: string; code: string }[] };
      refused(answer.status, problem.errors);
    } catch {
      working(false);
      alert.textContent = text.offline;
    }
  };
  start.onclick = () => void send();

  const shown = make("form", { "aria-labelledby": title.id, novalidate: "" }, title, ...rows.map(({ row }) => row), alert, start);
  // With one field only, browsers would send it by themselves.
  shown.onsubmit = (event) => event.preventDefault();
  shown.onkeydown = (event) => {
    // An Enter that ends a composition belongs to the input method; 229 is what Safari says of it.
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    void send();
  };
  const elsewhere = ({ key }: StorageEvent) => key === slot + "form" && again();
  addEventListener("storage", elsewhere);
  drawn.end = () => {
    removeEventListener("storage", elsewhere);
    shown.remove();
  };
  chat.querySelector(".foot")!.before(shown);
  chats.set(chat, drawn);

  const stood = held && shown.querySelector<HTMLElement>("#" + CSS.escape(held));
  if (stood) return stood.focus();
  // As the text field: only for who opened the chat by hand, and not on phones.
  const { activeElement: active, body } = document;
  const free = !active || active === body || active === root.host;
  if (held !== undefined || (bridge.asked && bridge.open() && free && panel.offsetHeight && !matchMedia("(pointer:coarse)").matches)) rows[0]?.input.focus();
};
