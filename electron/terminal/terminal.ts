/** What a terminal, a pipe or a test offers to write on, and text that is safe to write there. */

export interface TextStream {
  write(text: string): boolean;
  once(event: 'drain', listener: () => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Waits where the reader is slower than the writer, so that nothing piles up in memory. */
export async function writeText(stream: TextStream, text: string): Promise<void> {
  if (stream.write(text)) return;
  await new Promise<void>((resolve) => stream.once('drain', resolve));
}

/** Names of files and people may hold control characters, which a terminal would obey. */
export function cleanText(text: string): string {
  return text.replace(/\p{Cc}/gu, '\u{fffd}');
}

export function countOf(count: number, singular: string, plural: string = `${singular}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? singular : plural}`;
}
