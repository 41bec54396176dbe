/** Deals tasks out to workers: each gets the next one when it is done with its last. */

/** @throws what `work` throws first; the others finish what they have */
export async function dealOut<Task, Worker>(
  tasks: Iterable<Task>,
  workers: readonly Worker[],
  work: (task: Task, worker: Worker) => Promise<void>,
): Promise<void> {
  const waiting = tasks[Symbol.iterator]();
  let isStopped = false;
  const serve = async (worker: Worker): Promise<void> => {
    for (let next = waiting.next(); !next.done && !isStopped; next = waiting.next()) {
      try {
        await work(next.value, worker);
      } catch (error) {
        isStopped = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(workers.map(serve));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
