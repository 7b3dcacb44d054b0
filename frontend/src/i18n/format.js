// Intl formatters are dear to make and cheap to use: one of each kind and language, kept.
const OPTIONS = {
  day: { month: "numeric", day: "numeric" },
  // A day this year where it is not beside a time.
  day_in_words: { month: "numeric", day: "numeric" },
  date: { year: "numeric", month: "numeric", day: "numeric" },
  heading: { month: "long", day: "numeric", weekday: "long" },
  heading_year: { year: "numeric", month: "long", day: "numeric", weekday: "long" },
  full: { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
};
// In English a month in figures is read as a day by half of the world.
const IN_WORDS = { day_in_words: { ...OPTIONS.day, month: "short" }, date: { ...OPTIONS.date, month: "short" }, full: { ...OPTIONS.full, day: "numeric", month: "short" } };
const made = new Map();

export function formatTime(lang, kind, millis) {
  const key = lang + kind;
  let formatter = made.get(key);
  if (!formatter) {
    const english = lang === "en";
    formatter = new Intl.DateTimeFormat(english ? "en-GB" : lang, (english && IN_WORDS[kind]) || OPTIONS[kind]);
    made.set(key, formatter);
  }
  return formatter.format(millis);
}

export function languageName(lang, tag) {
  try {
    return new Intl.DisplayNames(lang, { type: "language" }).of(tag) ?? tag;
  } catch {
    // Whatever a visitor's browser sent that is no language tag.
    return tag;
  }
}

// Whole local days since 1970, so that "yesterday" follows the person's calendar.
export function localDay(millis) {
  const at = new Date(millis);
  return Math.floor(Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) / 86400000);
}

// When a day begins that is so many days after 1 January 1970, by the person's calendar, or when a minute of it does.
export function dayBegins(day, minute = 0) {
  const at = new Date(day * 86400000);
  const local = new Date(0);
  local.setFullYear(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate());
  return local.setHours(0, minute, 0, 0);
}

// The minute of the person's day.
export function localMinute(millis) {
  const at = new Date(millis);
  return at.getHours() * 60 + at.getMinutes();
}

export function localYear(millis) {
  return new Date(millis).getFullYear();
}
