/** Days since 1970-01-01, by which clusterings reckon with the time between photos, and between a photo and a birth. */

const millisecondsPerDay = 86_400_000;

/** A day that nobody knows: before all others. */
export const unknownDay = -0x8000_0000;

/**
 * @param date YYYY, YYYY-MM or YYYY-MM-DD, whatever follows a full date being left aside
 * @returns its first day; null where no calendar has it
 */
export function readDay(date: string): number | null {
  const day = `${date}-01-01`.slice(0, 10);
  const milliseconds = Date.parse(`${day}T00:00:00Z`);
  // What the 31st of February is taken for is another day.
  if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString().slice(0, 10) !== day) return null;
  return milliseconds / millisecondsPerDay;
}
