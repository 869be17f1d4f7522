/** A calendar date without a zone, as the API writes it: `2026-11-22`. */
export type Day = string;
/** A month: `2026-11`. */
export type Month = string;

const noon = (day: Day) => new Date(`${day}T12:00:00Z`);
const two = (value: number) => String(value).padStart(2, '0');

/** Today where the person is. */
export function today(now: Date = new Date()): Day {
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

export function monthOf(day: Day): Month {
  return day.slice(0, 7);
}

/** The first and the last day of a month. */
export function daysOf(month: Month): { from: Day; to: Day } {
  const [year, number] = month.split('-').map(Number) as [number, number];
  const last = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return { from: `${month}-01`, to: `${month}-${two(last)}` };
}

export function addMonths(month: Month, by: number): Month {
  const [year, number] = month.split('-').map(Number) as [number, number];
  const moved = new Date(Date.UTC(year, number - 1 + by, 1));
  return `${moved.getUTCFullYear()}-${two(moved.getUTCMonth() + 1)}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, name: string, options: Intl.DateTimeFormatOptions) {
  const key = `${locale}|${name}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, known);
  return known;
}

/** "22 Nov 2026", the month in letters in every language; in UTC at noon, so that no zone can move it. */
export function formatDay(day: Day, locale: string): string {
  return format(locale, 'day', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(noon(day));
}

/** "Sat, 22 Nov", for rows under a heading that says the year. */
export function formatDayShort(day: Day, locale: string): string {
  return format(locale, 'short', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  }).format(noon(day));
}

/** "November 2026". */
export function formatMonth(month: Month, locale: string): string {
  return format(locale, 'month', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    noon(`${month}-15`),
  );
}

/** "12:03", in the person's zone. */
export function formatTime(instant: Date | number, locale: string): string {
  return format(locale, 'time', { timeStyle: 'short' }).format(instant);
}

/** "22 Nov 2026, 12:03", in the person's zone. */
export function formatInstant(instant: string, locale: string): string {
  return format(locale, 'instant', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  }).format(new Date(instant));
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "3 hours ago" below seven days, the date after that. */
export function formatAgo(instant: string, locale: string, now: number = Date.now()): string {
  const seconds = Math.round((now - Date.parse(instant)) / 1000);
  if (seconds >= 7 * 86_400) return formatDay(instant.slice(0, 10), locale);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  for (const [unit, size] of steps) {
    if (seconds >= size) return relative.format(-Math.floor(seconds / size), unit);
  }
  return relative.format(0, 'second');
}
