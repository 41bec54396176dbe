/** Tells from the head of an answer, and from its first bytes, whether a file comes or something else in its place. */

/** What an answer is good for. */
export type AnswerKind =
  /** All of the file, from its first byte on. */
  | { readonly kind: 'whole' }
  /** What comes after the bytes that are here. */
  | { readonly kind: 'rest' }
  /** Nothing now; the same address may have it a little later. */
  | { readonly kind: 'later'; readonly reason: string }
  /** Nothing, and asking again would not help. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Not this file. `mayStartOver`: asked for the whole, the address may have it. */
  | { readonly kind: 'other'; readonly reason: string; readonly mayStartOver: boolean };

/** Request timeout, too early, too many requests; what the server says of itself comes on top (5xx). */
const passingStatuses: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * @param keptBytes that are here already; where there are any, what comes after them was asked for
 * @param wholeBytes of the file
 */
export function judgeHead({ status, headers }: Pick<Response, 'status' | 'headers'>, keptBytes: number, wholeBytes: number): AnswerKind {
  if (status >= 500 || passingStatuses.has(status)) return { kind: 'later', reason: `status ${status}` };
  // The address has fewer bytes than are here, so one of the two is something else.
  if (status === 416) return { kind: 'other', reason: 'status 416', mayStartOver: true };
  if (status !== 200 && status !== 206) return { kind: 'refused', reason: `status ${status}` };
  if (/^\s*(text\/html|application\/xhtml)/i.test(headers.get('content-type') ?? '')) {
    return { kind: 'other', reason: 'a web page instead of the file', mayStartOver: false };
  }
  return status === 206 ? judgePart(headers.get('content-range'), keptBytes, wholeBytes) : judgeWhole(headers, wholeBytes);
}

function judgePart(contentRange: string | null, keptBytes: number, wholeBytes: number): AnswerKind {
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(contentRange ?? '');
  if (range !== null && range[2] !== '*' && Number(range[2]) !== wholeBytes) {
    return { kind: 'other', reason: `a part of ${range[2]} bytes instead of ${wholeBytes}`, mayStartOver: false };
  }
  if (range !== null && Number(range[1]) === keptBytes) return { kind: 'rest' };
  return { kind: 'other', reason: `content-range ${contentRange ?? 'missing'} for byte ${keptBytes}`, mayStartOver: keptBytes > 0 };
}

/** A length counts the bytes that travel: of a compressed answer it says nothing. */
function judgeWhole(headers: Headers, wholeBytes: number): AnswerKind {
  const length = headers.get('content-length');
  if (length === null || headers.has('content-encoding') || Number(length) === wholeBytes) return { kind: 'whole' };
  return { kind: 'other', reason: `${length} bytes instead of ${wholeBytes}`, mayStartOver: false };
}

/** @param start the first bytes of a body
 *  @returns what it is, where it is known never to be a network */
export function recogniseStranger(start: Uint8Array): string | null {
  const text = Buffer.from(start.subarray(0, 200)).toString('latin1').trimStart().toLowerCase();
  if (text.startsWith('version https://git-lfs')) return 'a Git LFS pointer instead of the file';
  return /^<(!doctype|html|\?xml)/.test(text) ? 'a web page instead of the file' : null;
}
