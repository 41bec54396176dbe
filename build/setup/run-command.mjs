/** Runs other programs for set-up: their words go to a log file, and only a failure quotes them. */

import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { logFolder, projectRoot } from './places.mjs';

/**
 * @typedef {object} Outcome
 * @property {boolean} isDone exit code 0 in time
 * @property {string} output stdout and stderr together
 * @property {string} reason why it failed, in one line; empty when done
 * @property {string} logPath
 */

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ name: string, cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, useShell?: boolean }} options
 *   `name` names the log file
 * @returns {Promise<Outcome>} never rejects: a program that cannot be started is a failed outcome
 */
export function runCommand(command, args, { name, cwd = projectRoot, env = process.env, timeoutMs = 0, useShell = false }) {
  mkdirSync(logFolder, { recursive: true });
  const logPath = join(logFolder, `${name}.log`);
  writeFileSync(logPath, `${command} ${args.join(' ')}\n`);
  return new Promise((resolve) => {
    let output = '';
    let isLate = false;
    // A group of its own, so that a late program is ended together with what it started.
    const isDetached = process.platform !== 'win32';
    const child = spawn(command, args, { cwd, env, shell: useShell, detached: isDetached, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = () => {
      if (child.pid === undefined) return;
      try {
        if (isDetached) process.kill(-child.pid, 'SIGTERM');
        else child.kill();
      } catch {
        // It ended by itself meanwhile.
      }
    };
    const timer = timeoutMs > 0 ? setTimeout(() => ((isLate = true), end()), timeoutMs) : undefined;
    // A signal ends this process without an "exit" by default, and would leave the group behind.
    const leave = () => process.exit(130);
    process.once('exit', end);
    process.once('SIGINT', leave);
    process.once('SIGTERM', leave);
    const take = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString();
      appendFileSync(logPath, chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const finish = (/** @type {boolean} */ isDone, /** @type {string} */ reason) => {
      clearTimeout(timer);
      process.off('exit', end);
      process.off('SIGINT', leave);
      process.off('SIGTERM', leave);
      resolve({ isDone, output, reason, logPath });
    };
    child.once('error', (error) => finish(false, `${command} could not be started (${error.message})`));
    child.once('close', (code, signal) => {
      if (isLate) finish(false, `no answer within ${Math.round(timeoutMs / 1000)} s`);
      else finish(code === 0, code === 0 ? '' : summarizeFailure(output, signal ?? `exit code ${code}`));
    });
  });
}

/**
 * The line of a program's words that says most about its failure.
 * @param {string} output
 * @param {string} end how the program ended, for one that said nothing
 */
export function summarizeFailure(output, end) {
  const lines = output
    .split(/\r?\n/)
    .map((line) => line.replace(/^(npm (error|ERR!)|gyp ERR!|ERROR:|prebuild-install warn install)\s*/i, '').trim())
    .filter((line) => line !== '' && !/^(code|errno|syscall) /.test(line));
  const telling = lines.find((line) => /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENOSPC|EINTEGRITY|E40\d)\b/.test(line))
    ?? lines.find((line) => /\b(error|not found|failed|no space)\b/i.test(line));
  return (telling ?? lines.at(-1) ?? end).slice(0, 200);
}

/**
 * @param {readonly string[]} args
 * @param {Parameters<typeof runCommand>[2]} options
 */
export function runNpm(args, options) {
  const script = findNpmScript();
  if (script !== undefined) return runCommand(process.execPath, [script, ...args], options);
  return runCommand('npm', args, { ...options, useShell: process.platform === 'win32' });
}

/** npm's own script, so that it runs under this very Node, or undefined where only the search path knows it. */
function findNpmScript() {
  const { npm_execpath: fromNpm } = process.env;
  const prefix = dirname(process.execPath);
  const places = [
    fromNpm !== undefined && basename(fromNpm) === 'npm-cli.js' ? fromNpm : '',
    join(prefix, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(prefix, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  return places.find((place) => place !== '' && existsSync(place));
}
