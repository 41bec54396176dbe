/** When a photo was taken: from EXIF, else from the file's name, else from the file's own time. */

import readExif from 'exif-reader';
import type { CaptureTime } from '../api/schemas.ts';

export interface CaptureTimeSources {
  /** The EXIF block as the file holds it. */
  readonly exif: Uint8Array | null;
  readonly fileName: string;
  readonly modifiedNs: bigint;
  /** Minutes east of UTC at an instant; by default those of this machine. */
  readonly offsetMinutesAt?: (epochMs: number) => number;
}

export function resolveCaptureTime(sources: CaptureTimeSources): CaptureTime {
  return (
    (sources.exif === null ? null : readExifCaptureTime(sources.exif)) ??
    readNameCaptureTime(sources.fileName) ??
    readFileCaptureTime(sources.modifiedNs, sources.offsetMinutesAt ?? machineOffsetMinutes)
  );
}

/** DateTimeOriginal, else DateTimeDigitized, with the offset that belongs to it.
 *  @returns null where the block is damaged or names no time: a photo is none the worse for that */
export function readExifCaptureTime(exif: Uint8Array): CaptureTime | null {
  let photo: Record<string, unknown>;
  try {
    photo = readExif(Buffer.from(exif)).Photo ?? {};
  } catch {
    return null;
  }
  for (const [timeTag, offsetTag] of [
    ['DateTimeOriginal', 'OffsetTimeOriginal'],
    ['DateTimeDigitized', 'OffsetTimeDigitized'],
  ] as const) {
    const time = photo[timeTag];
    // exif-reader gives the camera's clock as if it were UTC.
    if (time instanceof Date && isPlausible(time)) {
      return { local: formatUtc(time), offsetMinutes: parseOffset(photo[offsetTag]), source: 'exif' };
    }
  }
  return null;
}

/** Year, month, day, then perhaps hour, minute, second, as phones, cameras and messengers put them into names:
 *  IMG_20190704_153012, PXL_20190704_153012345, 2019-07-04 15.30.12, Screenshot_2019-07-04-15-30-12, IMG-20190704-WA0001. */
const datePattern =
  /(?<!\d)((?:19|20)\d{2})([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?:(?:[-_. T]|\sat\s)?([01]\d|2[0-3])([-_.:]?)([0-5]\d)\6([0-5]\d)(?:\d{3})?)?(?!\d)/;

/** @returns null where the name holds no date; midnight where it holds no time of day */
export function readNameCaptureTime(fileName: string): CaptureTime | null {
  const match = datePattern.exec(fileName);
  if (match === null) return null;
  const [, year, , month, day, hour = '00', , minute = '00', second = '00'] = match;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const time = new Date(`${local}Z`);
  // The 31st of June is not a date.
  if (!isPlausible(time) || formatUtc(time) !== local) return null;
  return { local, offsetMinutes: null, source: 'name' };
}

function readFileCaptureTime(modifiedNs: bigint, offsetMinutesAt: (epochMs: number) => number): CaptureTime {
  const epochMs = Number(modifiedNs / 1_000_000n);
  const offsetMinutes = offsetMinutesAt(epochMs);
  return { local: formatUtc(new Date(epochMs + offsetMinutes * 60_000)), offsetMinutes, source: 'file' };
}

function machineOffsetMinutes(epochMs: number): number {
  return -new Date(epochMs).getTimezoneOffset();
}

/** A clock that was never set writes 0000:00:00 00:00:00, which becomes 30 November 1899, or years such as 1. */
function isPlausible(time: Date): boolean {
  const year = time.getUTCFullYear();
  return year >= 1826 && year <= 9999 && time.getTime() !== Date.UTC(1899, 10, 30);
}

/** @returns YYYY-MM-DDTHH:MM:SS */
function formatUtc(time: Date): string {
  return time.toISOString().slice(0, 19);
}

/** @param value such as "+09:00" */
function parseOffset(value: unknown): number | null {
  const match = typeof value === 'string' ? /^([+-])(\d{2}):?(\d{2})/.exec(value.trim()) : null;
  if (match === null) return null;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}
