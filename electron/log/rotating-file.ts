/** A file that is written to at its end and begun anew before it grows large; a few earlier ones are kept. */

import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

export interface RotatingFileOptions {
  readonly folder: string;
  /** Without its extension, such as "kindred". */
  readonly name: string;
  readonly maxBytes: number;
  /** Earlier files that are kept: kindred.1.log is the latest of them. */
  readonly keptFiles: number;
}

export class RotatingFile {
  readonly path: string;
  readonly #options: RotatingFileOptions;
  /** Null until the file is looked at. */
  #bytes: number | null = null;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
    this.path = this.#pathOf(0);
  }

  /** Written before anything else happens: what is told here may be the last before the end.
   *  @throws what the file system throws */
  append(text: string): void {
    const bytes = Buffer.from(text);
    this.#bytes ??= this.#open();
    if (this.#bytes > 0 && this.#bytes + bytes.length > this.#options.maxBytes) this.#rotate();
    appendFileSync(this.path, bytes, { mode: 0o600 });
    this.#bytes += bytes.length;
  }

  #open(): number {
    mkdirSync(this.#options.folder, { recursive: true, mode: 0o700 });
    return statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }

  #rotate(): void {
    rmSync(this.#pathOf(this.#options.keptFiles), { force: true });
    for (let age = this.#options.keptFiles - 1; age >= 0; age--) {
      if (statSync(this.#pathOf(age), { throwIfNoEntry: false }) !== undefined) renameSync(this.#pathOf(age), this.#pathOf(age + 1));
    }
    this.#bytes = 0;
  }

  #pathOf(age: number): string {
    const { folder, name } = this.#options;
    return path.join(folder, age === 0 ? `${name}.log` : `${name}.${age}.log`);
  }
}
