/** Writes data to stdout and messages to stderr, and keeps the two apart. */

import { cleanText, writeText } from '../terminal/terminal.ts';
import type { TextStream } from '../terminal/terminal.ts';

export interface Output {
  readonly isJson: boolean;
  readonly stderr: TextStream;
  /** A line of data, free of control characters. */
  print(line: string): Promise<void>;
  /** A value of data, as one line. */
  printJson(value: unknown): Promise<void>;
  /** A message for the person. */
  tell(line: string): void;
}

export function createOutput(streams: { stdout: TextStream; stderr: TextStream }, isJson: boolean): Output {
  return {
    isJson,
    stderr: streams.stderr,
    print: (line) => writeText(streams.stdout, `${cleanText(line)}\n`),
    printJson: (value) => writeText(streams.stdout, `${JSON.stringify(value)}\n`),
    tell: (line) => {
      streams.stderr.write(`${cleanText(line)}\n`);
    },
  };
}
