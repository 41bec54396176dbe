/** Reads the benches' options. */

/** @throws Error for anything but a whole number from `min` on */
export function readWholeNumber(name: string, text: string, min = 1): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min) throw new Error(`Expected a whole number from ${min} on for --${name} but received ${text}`);
  return value;
}

/** @param text values separated by commas
 *  @throws Error for what is not among the choices, or nothing at all */
export function readChoices<Choice extends string>(name: string, text: string, choices: readonly Choice[]): Choice[] {
  const isChoice = (value: string): value is Choice => choices.some((choice) => choice === value);
  const values = text.split(',').map((value) => value.trim());
  const chosen = values.filter(isChoice);
  if (chosen.length < values.length) throw new Error(`Expected some of ${choices.join(',')} for --${name} but received ${text}`);
  return [...new Set(chosen)];
}

/** Runs a bench; what it throws is said in one line. */
export async function runBench(bench: (args: readonly string[]) => Promise<void>): Promise<void> {
  try {
    await bench(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
