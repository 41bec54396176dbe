/** Tells quickly whether a host answers, so that a blocked one costs seconds instead of a program's own patience. */

import { connect } from 'node:net';

/**
 * @param {string} host
 * @param {number} [timeoutMs]
 * @returns {Promise<boolean>} true too where a proxy is set: only the program that uses it can tell
 */
export function canReach(host, timeoutMs = 5000) {
  const { HTTPS_PROXY, https_proxy: lowerCaseProxy } = process.env;
  if (HTTPS_PROXY || lowerCaseProxy) return Promise.resolve(true);
  return new Promise((resolve) => {
    const socket = connect({ host, port: 443 });
    const finish = (/** @type {boolean} */ isReached) => {
      socket.destroy();
      resolve(isReached);
    };
    socket.setTimeout(timeoutMs, () => finish(false));
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}
