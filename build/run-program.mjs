/** Runs a program in the foreground and ends as it ends. */

import { constants } from 'node:os';

/** @returns {string} where the user stood: npm runs scripts in the project's folder */
export function callerFolder() {
  return process.env.INIT_CWD || process.cwd();
}

/**
 * On a terminal Ctrl-C reaches the program by itself, as both are in its foreground; everything else is passed on.
 * @param {() => import('node:child_process').ChildProcess} start
 * @returns {Promise<number>} its exit code; 128 and the signal's number where a signal ended it
 * @throws Error where it cannot be started
 */
export function runProgram(start) {
  return new Promise((resolve, reject) => {
    const child = start();
    const passOn = () => void child.kill('SIGTERM');
    const interrupt = () => {
      if (!process.stdin.isTTY) child.kill('SIGINT');
    };
    process.on('SIGINT', interrupt);
    process.on('SIGTERM', passOn);
    process.on('SIGHUP', passOn);
    const finish = () => {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', passOn);
      process.off('SIGHUP', passOn);
    };
    child.once('error', (error) => (finish(), reject(error)));
    child.once('close', (code, signal) => {
      finish();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
