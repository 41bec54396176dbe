/** Runs a program in the foreground and ends as it ends. */

import { constants } from 'node:os';

/** @returns {string} where the user stood: npm runs scripts in the project's folder */
export function callerFolder() {
  return process.env.INIT_CWD || process.cwd();
}

/** What is passed on to the program, which ends by it as it sees fit. */
const passedOn = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Whatever asks this process to end is passed on, as a signal need not have reached both: npm passes its own on to this
 * one alone. Where the terminal has told both, the program takes the two for one.
 * @param {() => import('node:child_process').ChildProcess} start
 * @returns {Promise<number>} its exit code; 128 and the signal's number where a signal ended it
 * @throws Error where it cannot be started
 */
export function runProgram(start) {
  return new Promise((resolve, reject) => {
    const child = start();
    const passOn = (/** @type {NodeJS.Signals} */ signal) => void child.kill(signal);
    for (const signal of passedOn) process.on(signal, passOn);
    const finish = () => {
      for (const signal of passedOn) process.off(signal, passOn);
    };
    child.once('error', (error) => (finish(), reject(error)));
    child.once('close', (code, signal) => {
      finish();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
