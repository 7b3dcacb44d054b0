// JSON without `JSON.stringify`: old libraries of host pages give strings and arrays a `toJSON` that spoils it.

export type Plain = string | number | boolean | Plain[] | { [key: string]: Plain | undefined };

const quoted = (text: string) =>
  '"' + text.replace(/["\\\u0000-\u001f]/g, (sign) => "\\u" + ("000" + sign.charCodeAt(0).toString(16)).slice(-4)) + '"';

/** Writes a value; what is undefined is left out. */
export const json = (value: Plain): string => {
  if (typeof value === "string") return quoted(value);
  if (typeof value !== "object") return "" + value;
  if (Array.isArray(value)) return "[" + value.map(json).join(",") + "]";
  const parts = Object.keys(value).filter((key) => value[key] !== undefined);
  return "{" + parts.map((key) => quoted(key) + ":" + json(value[key]!)).join(",") + "}";
};
