/** What set-up says while it works: one line a step, and on a terminal a line that moves. */

/** @param {number} ms */
export function formatSeconds(ms) {
  if (ms < 950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 90_000) return `${Math.round(ms / 1000)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** @param {number} bytes */
export function formatMegabytes(bytes) {
  const megabytes = bytes / 1e6;
  return `${megabytes < 10 ? megabytes.toFixed(1) : Math.round(megabytes)} MB`;
}

/**
 * @typedef {object} Report
 * @property {(topic: string, text: string) => void} line tells that something was done
 * @property {(topic: string, text: string) => void} detail tells that something was there already; only where asked for
 * @property {(topic: string, text: string) => void} lacking tells what is missing and what happens instead
 * @property {(topic: string, text: string) => void} progress shows what is going on; gone with the next line
 */

/**
 * @param {{ stream?: NodeJS.WriteStream, isVerbose?: boolean }} [options] a quiet report says only what changed or lacks
 * @returns {Report}
 */
export function createReport({ stream = process.stdout, isVerbose = false } = {}) {
  const isTerminal = stream.isTTY === true;
  let hasTitle = false;
  let hasProgress = false;
  const clear = () => {
    if (hasProgress) stream.write('\r\u001B[2K');
    hasProgress = false;
  };
  const write = (/** @type {string} */ topic, /** @type {string} */ text) => {
    clear();
    if (!hasTitle) stream.write('Setting up Kindred\n');
    hasTitle = true;
    stream.write(`  ${topic.padEnd(16)}${text}\n`);
  };
  /** @type {Map<string, string>} */
  const begun = new Map();
  return {
    line: write,
    lacking: write,
    detail(topic, text) {
      if (isVerbose) write(topic, text);
    },
    progress(topic, text) {
      if (!isTerminal) {
        // Without a terminal a long step is named once, when it begins.
        const what = text.replace(/, \d+ %$/, '');
        if (begun.get(topic) !== what) write(topic, what);
        begun.set(topic, what);
        return;
      }
      clear();
      const columns = stream.columns ?? 80;
      stream.write(`  ${topic.padEnd(16)}${text}`.slice(0, columns - 1));
      hasProgress = true;
    },
  };
}
