/** Runs a program in the foreground and ends as it ends. */

import { constants } from 'node:os';

/**
 * Ctrl-C reaches the program by itself, as both are in the terminal's foreground; other signals are passed on.
 * @param {() => import('node:child_process').ChildProcess} start
 * @returns {Promise<number>} its exit code; 128 and the signal's number where a signal ended it
 * @throws Error where it cannot be started
 */
export function runProgram(start) {
  return new Promise((resolve, reject) => {
    const child = start();
    const passOn = () => void child.kill('SIGTERM');
    const leaveToProgram = () => {};
    process.on('SIGINT', leaveToProgram);
    process.on('SIGTERM', passOn);
    process.on('SIGHUP', passOn);
    const finish = () => {
      process.off('SIGINT', leaveToProgram);
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
