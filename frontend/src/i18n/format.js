// Intl formatters are dear to make and cheap to use: one of each kind and language, kept.
const OPTIONS = {
  time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { month: "numeric", day: "numeric" },
  date: { year: "numeric", month: "numeric", day: "numeric" },
  heading: { month: "long", day: "numeric", weekday: "long" },
  heading_year: { year: "numeric", month: "long", day: "numeric", weekday: "long" },
  full: { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};
const made = new Map();

export function formatTime(lang, kind, millis) {
  const key = lang + kind;
  let formatter = made.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, OPTIONS[kind]);
    made.set(key, formatter);
  }
  return formatter.format(millis);
}

// Whole local days since 1970, so that "yesterday" follows the person's calendar.
export function localDay(millis) {
  const at = new Date(millis);
  return Math.floor(Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) / 86400000);
}

export function localYear(millis) {
  return new Date(millis).getFullYear();
}
