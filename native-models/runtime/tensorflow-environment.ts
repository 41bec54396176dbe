/** Settings that TensorFlow's C library reads from the environment when it loads. */

/**
 * What the user has set stays. In a worker thread process.env is a copy that the library does not see: who runs
 * TensorFlow in workers calls this on the main thread before starting them.
 * @param threads inside one operation
 */
export function setTensorFlowEnvironment(threads: number): void {
  process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
  process.env['TF_NUM_INTEROP_THREADS'] ??= '1';
  // Its notes on processor features would land on the user's terminal.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
}
