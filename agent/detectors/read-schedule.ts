// Reads the longest pause between two runs of a cron schedule, for schedules that are the same every day.

const MACROS: Readonly<Record<string, string>> = { "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *" };

const MINUTES_PER_DAY = 24 * 60;

/**
 * The longest time between two starts, in milliseconds; undefined for schedules that depend on the day and for what cannot be read.
 * It does not depend on the time zone.
 */
export function longestPauseMs(schedule: string): number | undefined {
  const fields = (MACROS[schedule.trim()] ?? schedule).trim().split(/\s+/);
  const [minuteField, hourField, ...days] = fields;
  if (fields.length !== 5 || minuteField === undefined || hourField === undefined || days.some((field) => field !== "*" && field !== "?"))
    return undefined;
  const minutes = parseField(minuteField, 59);
  const hours = parseField(hourField, 23);
  if (minutes === undefined || hours === undefined) return undefined;
  const starts = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute));
  const first = starts[0];
  if (first === undefined) return undefined;
  const pauses = starts.map((start, index) => (starts[index + 1] ?? first + MINUTES_PER_DAY) - start);
  return Math.max(...pauses) * 60_000;
}

/** The values of a field such as `*`, `1,15`, `0-10/2` in rising order, undefined when it is none. */
function parseField(field: string, max: number): readonly number[] | undefined {
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const match = /^(?:(\*)|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (match === null) return undefined;
    const step = Number(match[4] ?? 1);
    const from = match[1] === "*" ? 0 : Number(match[2]);
    const to = match[1] === "*" || (match[3] === undefined && match[4] !== undefined) ? max : Number(match[3] ?? match[2]);
    if (step < 1 || to > max || from > to) return undefined;
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}
